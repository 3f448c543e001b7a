/** npm run rebuild, see arguments.ts. */
import { setTimeout as pause } from 'node:timers/promises'
import { readEnvironment } from '@bizosaas/runtime'
import type { Connection } from '../operator/connection.ts'
import { differencesOf, listRebuilds, newestRebuild, order, type Shown, showRebuild } from './api.ts'
import { help, type RebuildArguments, readArguments } from './arguments.ts'
import { differencesInWords, inWords, outcomeInWords, progressLine, verificationInWords } from './wording.ts'

const lookEveryMs = 1_000
/** Where nobody sees a line being drawn over, a new one is written after so long. */
const lineEveryMs = 5_000

const [done, refused] = [0, 2]

/** The exit code. */
async function run(args: RebuildArguments): Promise<number> {
  const { to, model, verb } = args
  switch (verb) {
    case 'build':
      return build(args)
    case 'list':
      console.log(inWords(await listRebuilds(to, model), model))
      return done
    case 'watch':
      return told(await watch(to, model, args.id ?? (await newestRebuild(to, model))))
    case 'diff':
      console.log(differencesInWords(await differencesOf(to, model, args.id ?? (await newestRebuild(to, model)))))
      return done
    default: {
      const { acceptDifference, reason } = args
      const said = { reason, ...(verb === 'cut-over' && { acceptDifference }) }
      const { settled } = await order(to, model, args.id ?? (await newestRebuild(to, model)), verb, said)
      console.log(outcomeInWords(settled))
      return settled.outcome === 'done' ? done : refused
    }
  }
}

async function build(args: RebuildArguments & { readonly verb: 'build' }): Promise<number> {
  const { to, model, workers, definition, reason, acceptDifference } = args
  const { id, settled } = await order(to, model, null, null, { workers, definition, reason })
  if (settled.outcome === 'refused') {
    console.log(outcomeInWords(settled))
    return refused
  }
  if (!args.watch && !args.cutOver) {
    console.log(`It is being built, as the rebuild ${id}: npm run rebuild -- watch ${model}`)
    return done
  }
  const built = await watch(to, model, id)
  const code = told(built)
  if (!args.cutOver || code !== done) return code
  if ((built.verification?.difference ?? null) !== null && acceptDifference === null) return refused
  const cutOver = await order(to, model, id, 'cut-over', { acceptDifference, reason })
  console.log(outcomeInWords(cutOver.settled))
  return cutOver.settled.outcome === 'done' ? done : refused
}

/** Draws how far it is until it is built and compared, or is not going to be. */
async function watch(to: Connection, model: string, id: string): Promise<Shown> {
  const { stdout } = process
  let writtenAt = 0
  for (;;) {
    const shown = await showRebuild(to, model, id)
    const isOver = shown.state === 'ready' ? shown.verification !== null : !isGoingOn(shown)
    const line = progressLine(shown)
    if (stdout.isTTY) stdout.write(`\r\x1b[K${isOver ? `${line}\n` : line.slice(0, stdout.columns - 1)}`)
    else if (isOver || Date.now() - writtenAt >= lineEveryMs) {
      console.log(line)
      writtenAt = Date.now()
    }
    if (isOver) return shown
    await pause(lookEveryMs)
  }
}

const isGoingOn = ({ state }: Shown): boolean => state === 'ordered' || state === 'building' || state === 'paused'

function told(shown: Shown): number {
  const isBuilt = shown.state === 'ready' || shown.state === 'live'
  if (isBuilt) console.log(verificationInWords(shown))
  return isBuilt ? done : refused
}

try {
  const args = readArguments(process.argv.slice(2), readEnvironment())
  if (args) process.exitCode = await run(args)
  else process.stdout.write(help)
} catch (error) {
  console.error(error instanceof Error ? error.message : error)
  process.exitCode = 1
}
