/** `npm run replay`, see ../replay/arguments.ts. */
import { replayCommand } from '../replay/replay.ts'
import { runOnSystem } from './find-system.ts'

await runOnSystem(replayCommand)
