/**
 * The load of load.bench.ts on a whole system, of which one part after the other is held still (SIGSTOP): it keeps its
 * connections and answers nothing, which is worse than being gone. What is refused meanwhile, and how long it takes after
 * the part goes on until everything is as before, without anybody doing anything.
 */
import { setTimeout as pause } from 'node:timers/promises'
import { calmness } from './lib/calm.ts'
import { atMost, type Comparison, publish } from './lib/report.ts'
import type { Sample } from './lib/rounds.ts'
import { startSystem } from './lib/system.ts'
import type { Taken } from './load/generate.ts'
import { isAccepted, loadOn, type Options } from './load.bench.ts'

/** Before a part is held, and after it goes on. */
const beforeSeconds = 5
const afterSeconds = 25
/** A command that a reader sees later than this counts as part of the backlog. */
const promptMs = 1_000

export const bench = async (
  print: (line: string) => void,
  _rounds: number,
  { rate, seconds = 60, parts: named }: Options,
): Promise<string> => {
  const system = await startSystem(print)
  const unknown = named.filter((part) => !system.parts().includes(part))
  if (unknown.length) throw new Error(`There is no part ${unknown.join(', ')}; there are ${system.parts().join(', ')}.`)
  const { run } = await loadOn(system)
  const surroundings = [await calmness(10_000)()]
  const samples: Sample[] = []
  for (const part of named.length > 0 ? named : system.parts()) {
    print(`${part} is held for ${seconds} s …`)
    const load = run({ rate, seconds: beforeSeconds + seconds + afterSeconds })
    await pause(beforeSeconds * 1_000)
    const release = system.hold(part)
    await pause(seconds * 1_000)
    release()
    const figures = figuresOf(await load, (beforeSeconds + seconds) * 1_000)
    for (const [reading, unit, value] of figures) samples.push({ candidate: part, reading, unit, values: [value] })
    print(figures.map(([reading, unit, value]) => `${reading} ${Math.round(value * 10) / 10} ${unit}`).join(', '))
  }
  return publish('outage', { samples, surroundings }, goalsOf(samples), [
    `The load of the bench load, ${rate} commands/s, while one part after the other is held still for ${seconds} s by SIGSTOP.`,
    'refused: commands answered 503 or 429; unanswered: none within 10 s, or a connection that ended; failed: answered 5xx otherwise.',
    `Commands as before: from when the part goes on until the last command was sent that was not accepted. Drained: from then until every command followed is visible, and those sent later within ${promptMs / 1_000} s of their time; 0 when none was late.`,
    'Every accepted command is in the event store.',
  ])
}

type Figure = readonly [reading: string, unit: string, value: number]

const figuresOf = ({ sent, seen }: Taken, endMs: number): Figure[] => {
  const count = (isMeant: (status: number) => boolean) => sent.filter(({ status }) => isMeant(status)).length
  const secondsAfter = (times: number[]) => times.reduce((last, time) => Math.max(last, time - endMs), 0) / 1_000
  const drained = (store: 'postgres' | 'clickhouse') =>
    secondsAfter(
      seen
        .filter((one) => one.store === store && (one.ms === null || one.ms > promptMs))
        .map(({ at, ms }) => (ms === null ? Number.POSITIVE_INFINITY : at + ms)),
    )
  return [
    ['accepted', 'commands', sent.filter(isAccepted).length],
    ['refused', 'commands', count((status) => status === 503 || status === 429)],
    ['unanswered', 'commands', count((status) => status === 0)],
    ['failed', 'commands', count((status) => status >= 400 && status !== 503 && status !== 429)],
    ['commands as before', 's', secondsAfter(sent.filter((one) => !isAccepted(one)).map(({ at }) => at))],
    ['drained, Postgres', 's', drained('postgres')],
    ['drained, ClickHouse', 's', drained('clickhouse')],
  ]
}

const goalsOf = (samples: readonly Sample[]): Comparison[] =>
  samples
    .filter(({ reading }) => reading === 'failed')
    .map(({ candidate, reading }) => ({ row: `${candidate}/${reading}`, goal: atMost(0) }))
