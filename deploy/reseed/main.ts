/** Where the parts run by themselves: `node deploy/reseed/main.ts`, with the settings of the environment. */
import { CannotStart, InvalidSettings, readEnvironment } from '@bizosaas/runtime'
import { reseedCommand } from './reseed.ts'

try {
  await reseedCommand(process.argv.slice(2), readEnvironment())
  process.exit(0)
} catch (error) {
  const isForThePerson = error instanceof CannotStart || error instanceof InvalidSettings
  console.error(isForThePerson ? error.message : error)
  process.exit(1)
}
