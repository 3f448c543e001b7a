/** `npm run audit`: holds everything that is stored against everything that was published, now, and writes nothing down. */
import { setTimeout as wait } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { liveGeneration } from '@bizosaas/databases'
import { CannotStart, InvalidSettings, readSettings } from '@bizosaas/runtime'
import { type Audit, auditStep } from './audit.ts'
import { auditSettings, connectAll } from './connect.ts'
import type { Finding } from './finding.ts'
import { type Ledger, ledgerOf } from './ledger.ts'

const help = `Says up to which position event store, Kafka and the relay's ledger agree, and the first event at which they do not.

  npm run audit                       from the first event to the last one published
  npm run audit -- --from <position>  only what comes after this position
  npm run audit -- --watch            goes on with what is published meanwhile, until Ctrl-C

It reads all of it. Beside it the system audits by itself what is new; GET /v1/audit tells how far that is.
Exit codes: 0 all agree, 1 they differ or it could not be found out.
`

const mostEvents = 10_000
const watchEveryMs = 2_000

const readArguments = (args: string[]) => {
  try {
    const options = { from: { type: 'string' }, watch: { type: 'boolean' }, help: { type: 'boolean' } } as const
    const { from = '-1', watch = false, help: asked = false } = parseArgs({ args, options }).values
    if (!/^-1$|^\d{1,15}$/.test(from)) throw new CannotStart(`--from ${from} is no position: a whole number`)
    return { from: Number(from), watch, asked }
  } catch (error) {
    throw new CannotStart(`${(error as Error).message}. See \`npm run audit -- --help\`.`)
  }
}

/** @returns whether all agree */
const auditFrom = async (from: number, watch: boolean): Promise<boolean> => {
  const config = readSettings(auditSettings)
  const { close, db, ...connections } = await connectAll(config)
  try {
    const generation = await liveGeneration(db, config.TOPIC_GENERATION)
    const ledger = ledgerOf(db, generation)
    const partitions = await ledger.partitions()
    if (partitions === null) throw new CannotStart(`Nothing was ever published in ${generation}: start the relay first`)
    return await follow({ ...connections, generation, partitions, ledger }, from, watch)
  } finally {
    await close()
  }
}

const follow = async (audit: Audit, from: number, watch: boolean): Promise<boolean> => {
  let cursor = await audit.ledger.cursorAt(from, audit.partitions)
  let [windows, events, isTold] = [0, 0, false]
  const [began, start] = [Date.now(), cursor.position]
  for (;;) {
    const step = await auditStep(audit, cursor, mostEvents)
    if (step === null) {
      if (!isTold) say(agreement(audit.generation, start, cursor.position, windows, events))
      isTold = true
      if (!watch) return true
      await wait(watchEveryMs)
      continue
    }
    isTold = false
    windows += step.windows
    events += step.events
    cursor = step.cursor
    if (step.finding !== null) {
      say(agreement(audit.generation, start, step.position, windows, events))
      say(difference(step.finding))
      return false
    }
    await draw(audit.ledger, cursor.position, events, (Date.now() - began) / 1_000)
  }
}

const count = (number: number, what: string): string =>
  `${number.toLocaleString('en')} ${what}${number === 1 ? '' : 's'}`

const agreement = (generation: string, start: number, position: number, windows: number, events: number): string => {
  const range = start < 0 ? `up to position ${position}` : `from position ${start} to ${position}`
  if (position < 0) return `Event store, Kafka and the ledger of ${generation} agree on nothing yet.`
  return `Event store, Kafka and the ledger of ${generation} agree ${range}: ${count(events, 'event')} in ${count(windows, 'window')}.`
}

const difference = ({ kind, window, partition, event, detail }: Finding): string => {
  const place = partition === null ? '' : ` in ${partition.topic}[${partition.number}]`
  const what = event === null ? '' : `event ${event.id} at position ${event.position}: `
  return `They differ${place}, window ${window.seq} (after position ${window.after}, up to ${window.upTo}), ${kind}: ${what}${detail}.`
}

const say = (line: string): void => {
  if (process.stderr.isTTY) process.stderr.write('\r\x1b[K')
  process.stdout.write(`${line}\n`)
}

/** On a terminal, how far it is. */
const draw = async (ledger: Ledger, position: number, events: number, seconds: number): Promise<void> => {
  if (!process.stderr.isTTY) return
  const head = await ledger.head()
  const part = head === null ? 1 : Math.min(1, position / head.position)
  const pace = Math.round(events / Math.max(seconds, 0.001)).toLocaleString('en')
  process.stderr.write(`\r\x1b[K${Math.floor(part * 100)} %   ${count(events, 'event')}   ${pace} events/s`)
}

try {
  const { from, watch, asked } = readArguments(process.argv.slice(2))
  if (asked) process.stdout.write(help)
  else if (!(await auditFrom(from, watch))) process.exitCode = 1
} catch (error) {
  const isForThePerson = error instanceof CannotStart || error instanceof InvalidSettings
  process.stderr.write(`${isForThePerson ? error.message : `It could not be found out: ${(error as Error).message}`}\n`)
  process.exitCode = 1
}
