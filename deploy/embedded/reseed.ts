/** `npm run reseed`, see ../reseed/arguments.ts. */
import { reseedCommand } from '../reseed/reseed.ts'
import { runOnSystem } from './find-system.ts'

await runOnSystem(reseedCommand)
