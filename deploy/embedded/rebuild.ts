/** `npm run rebuild -- <model>`, see ../reseed/rebuild.ts. */
import { rebuildCommand } from '../reseed/rebuild.ts'
import { runOnSystem } from './find-system.ts'

await runOnSystem(rebuildCommand)
