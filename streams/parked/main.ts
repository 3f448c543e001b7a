/**
 * npm run parked -- list | show <id> | redrive <id> | skip <id> --position <p> --reason "..."
 *
 * A client of the public API like any other: asks the query API, and gives its orders to the analytics service.
 */
import { readEnvironment } from '@bizosaas/runtime'
import { listParked, order, showParked } from './api.ts'
import { help, type ParkedArguments, readArguments } from './arguments.ts'
import { detailsInWords, inWords, outcomeInWords } from './wording.ts'

/** The exit code. */
async function run(args: ParkedArguments): Promise<number> {
  switch (args.verb) {
    case 'list':
      console.log(inWords(await listParked(args.to)))
      return 0
    case 'show':
      console.log(detailsInWords(await showParked(args.to, args.id)))
      return 0
    default: {
      const { verb, id, reason } = args
      const said = verb === 'skip' ? { reason, position: args.position } : { reason }
      const settled = await order(args.to, verb, id, said)
      console.log(outcomeInWords(settled))
      return settled.outcome === 'applied' ? 0 : 2
    }
  }
}

try {
  const args = readArguments(process.argv.slice(2), readEnvironment())
  if (args) process.exitCode = await run(args)
  else process.stdout.write(help)
} catch (error) {
  console.error(error instanceof Error ? error.message : error)
  process.exitCode = 1
}
