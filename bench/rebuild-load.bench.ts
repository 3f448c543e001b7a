/**
 * What a rebuild takes from those who work meanwhile: the same commands and questions at a fixed rate, in turns without and with
 * a read model being built anew all the time. Open loop: latency counts from the time at which each was to be sent.
 */
import { connectEventStore } from '@bizosaas/event-store'
import { calmness } from './lib/calm.ts'
import { appendHistory } from './lib/history.ts'
import { atMost, atMostRatio, type Comparison, publish } from './lib/report.ts'
import { percentile } from './lib/statistics.ts'
import { startSystem } from './lib/system.ts'
import type { Taken } from './load/generate.ts'
import { isAccepted, loadOn } from './load.bench.ts'
import { keepRebuilding, untilCaughtUp } from './rebuild-load/operate.ts'

/** What can be said on the command line. */
type Options = { readonly seconds: number | undefined }

const events = 200_000
const model = 'campaign-list'
const rate = 100
const questions = 100
const warmUpSeconds = 15

export const bench = async (
  print: (line: string) => void,
  rounds: number,
  { seconds = 30 }: Options,
): Promise<string> => {
  const system = await startSystem(print)
  print(`Appending ${events} events, and waiting until the read models show them …`)
  const store = connectEventStore(system.settings.KURRENTDB_URL ?? '')
  await appendHistory(store, {
    events,
    eventsForOneDay: 50,
    rowsOfDay: 20,
    accounts: 400,
    campaignsAtOnce: 20_000,
    streamsAtOnce: 50,
    writers: 4,
  }).finally(() => store.close())
  await untilCaughtUp(system)
  // It counts what is stored from here on.
  const { run } = await loadOn(system)
  print(`Warming up for ${warmUpSeconds} s …`)
  await run({ rate, questions, seconds: warmUpSeconds })

  const surroundings = []
  const figures = new Map<string, { unit: string; values: number[] }>()
  const note = (candidate: string, reading: string, unit: string, value: number): void => {
    const name = `${candidate}/${reading}`
    figures.set(name, { unit, values: [...(figures.get(name)?.values ?? []), value] })
  }
  const noteAll = (candidate: string, taken: Taken): void => {
    for (const [reading, unit, value] of readingsOf(taken)) note(candidate, reading, unit, value)
  }
  for (let round = 1; round <= rounds; round++) {
    surroundings.push(await calmness(10_000)())
    print(`Round ${round} of ${rounds}: ${seconds} s without a rebuild, ${seconds} s with one …`)
    noteAll('without', await run({ rate, questions, seconds }))
    const rebuilding = await keepRebuilding(system, model)
    noteAll('rebuilding', await run({ rate, questions, seconds }))
    note('rebuild', 'rate', 'events/s', await rebuilding.stop())
    await untilCaughtUp(system)
  }
  const samples = [...figures].map(([name, { unit, values }]) => {
    const [candidate = '', reading = ''] = name.split('/')
    return { candidate, reading, unit, values }
  })
  return publish('rebuild-load', { samples, surroundings }, comparisons, [
    `${rate} commands and ${questions} questions a second on a whole system, ${seconds} s at a time; commands as in the bench load, questions: a page of campaigns, a campaign, its timeline, the figures of a month.`,
    `rebuilding: ${model} is built anew from ${events} events and what came since, again and again, by the worker that npm start runs, at its lower priority; rate: events that it dealt with, a second.`,
    'Everything runs on the same cores: stores, broker, registry, services, relay, projections, rebuild worker, and the load. Every accepted command is in the event store, and every answer had what its token stands for.',
  ])
}

const readingsOf = ({ sent, asked }: Taken): (readonly [reading: string, unit: string, value: number])[] => {
  const answered = asked.filter(({ status }) => status === 200)
  return [
    ['failed', 'requests', sent.filter((one) => !isAccepted(one)).length + asked.length - answered.length],
    ['command p50', 'ms', percentile(ofAll(sent), 0.5)],
    ['command p99', 'ms', percentile(ofAll(sent), 0.99)],
    ['question p50', 'ms', percentile(ofAll(asked), 0.5)],
    ['question p99', 'ms', percentile(ofAll(asked), 0.99)],
  ]
}

const ofAll = (those: readonly { readonly ms: number }[]): number[] => those.map(({ ms }) => ms)

const comparisons: Comparison[] = [
  { row: 'without/failed', goal: atMost(0) },
  { row: 'rebuilding/failed', goal: atMost(0) },
  { row: 'rebuilding/command p99', beside: 'without/command p99', goal: atMostRatio(1.5) },
  { row: 'rebuilding/question p99', beside: 'without/question p99' },
]
