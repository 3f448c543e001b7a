/**
 * How fast read models are rebuilt from a long history that the relay has published, in Postgres and in ClickHouse; beside what
 * it takes to read and decode that history, what the databases take of the same rows, and what others' rebuilds do.
 */
import { workerFlags } from '@bizosaas/projections/rebuild/keeper/worker-flags.ts'
import { topicName } from '@bizosaas/schemas'
import { atLeast, atLeastRatio, atMost, type Comparison, publish } from './lib/report.ts'
import { type Candidate, takeTurns } from './lib/rounds.ts'
import { startWorker } from './lib/worker.ts'
import { type ModelName, models } from './projections/models.ts'
import { openTables } from './projections/tables.ts'
import type { BareTask, Written } from './rebuild/bare.ts'
import { openHistory, partitions, rowsOfPage } from './rebuild/history.ts'
import { startPeers } from './rebuild/peers.ts'
import { openVersions } from './rebuild/versions.ts'

/** What can be said on the command line. */
type Asked = { readonly events: number }

/** What is made of so many has results of its own. */
const usualEvents = 1_000_000
/** From so many on a tenth of them is long enough to be measured alone. */
const manyEvents = 10_000_000

export const bench = async (print: (line: string) => void, rounds: number, { events }: Asked): Promise<string> => {
  const { settings, history } = await openHistory(events, print)
  const { generation } = history
  const env = { ...settings, TOPIC_GENERATION: generation }
  const tables = openTables(settings, Object.values(models))
  const versions = openVersions(settings)
  const program = <Task, Result>(name: string, flags?: readonly string[]) =>
    startWorker<Task, Result>(new URL(`./rebuild/${name}.ts`, import.meta.url), env, flags)
  const workers = [1, 2].map(() => program<boolean, number>('worker', workerFlags))
  const consumer = program<string, number>('consume', workerFlags)
  const bare = program<BareTask, Written>('bare', workerFlags)
  const peers = await startPeers(settings, env, print)
  const sums = new Map<ModelName, string>()

  const expected = (model: ModelName) => {
    const { campaigns, campaignEvents, metricsEvents, metricRows } = history
    if (model === 'ad metrics') return { topic: 'observations', events: metricsEvents, rows: metricRows } as const
    return {
      topic: 'events',
      events: campaignEvents,
      rows: model === 'campaign list' ? campaigns : campaignEvents,
    } as const
  }
  const topicOf = (model: ModelName): string => topicName(expected(model).topic, generation)
  const mustBeRight = async (model: ModelName): Promise<void> => {
    const { rows, sum } = await tables.contents(models[model])
    if (rows !== expected(model).rows) throw new Error(`${model} has ${rows} rows instead of ${expected(model).rows}`)
    if ((sums.get(model) ?? sum) !== sum) throw new Error(`${model} has other rows than it had before`)
    sums.set(model, sum)
  }

  const rebuilding = (model: ModelName, count: 1 | 2): Candidate => ({
    name: `${model}, ${count} ${count === 1 ? 'worker' : 'workers'}`,
    units: { rate: 'events/s', rows: 'rows/s', whole: 's', slowdown: 'ratio', growth: 'ratio', memory: 'MiB' },
    run: async () => {
      const used = workers.slice(0, count)
      const { events: many, rows } = expected(model)
      await tables.remove(models[model])
      await Promise.all(used.map((worker) => worker.run(true)))
      const { rate, seconds, slowdown, growth } = await versions.rebuild(models[model], many)
      const memory = Math.max(...(await Promise.all(used.map((worker) => worker.run(false)))))
      await mustBeRight(model)
      return { rate, rows: (rate * rows) / many, whole: seconds, slowdown, growth, memory }
    },
  })
  const reading = (topic: 'events' | 'observations'): Candidate => ({
    name: `reading ${topic}`,
    units: { rate: 'events/s' },
    run: async () => ({ rate: await consumer.run(topicName(topic, generation)) }),
  })
  const writing = (model: ModelName): Candidate => ({
    name: `${model}, bare`,
    units: { rate: 'events/s', rows: 'rows/s' },
    run: async () => {
      const { events: many, rows, seconds } = await bare.run({ model, topic: topicOf(model) })
      return { rate: many / seconds, rows: rows / seconds }
    },
  })

  const names = Object.keys(models) as ModelName[]
  const candidates: Candidate[] = [
    reading('events'),
    reading('observations'),
    ...names.flatMap((model) => [rebuilding(model, 1), rebuilding(model, 2), writing(model)]),
    peers.naive(topicOf('campaign list')),
    peers.emmett(topicOf('campaign list')),
  ]
  const measured = await takeTurns(candidates, rounds, print)
  const name = events === usualEvents ? 'rebuild' : `rebuild-${events}`
  return publish(name, measured, comparisonsFor(events), [
    `${history.events} events by concurrent writers, streams interleaved, published by the relay into ${partitions} partitions a topic, made once and kept: ${history.campaignEvents} of ${history.campaigns} campaigns, 20,000 of them living at a time, and ${history.metricsEvents} pages of ad metrics of ${rowsOfPage} rows each (${history.metricRows} rows).`,
    'n workers: rebuild workers as they are shipped, a process each, that run already when the version is ordered. rate: from when a fifth of the events is done until all are. whole: from the order until the version is ready, with joining the group, making the indexes and analysing. slowdown: what an event cost in the second half of the measured part beside the first. growth: what it cost in the last nine tenths of the events beside the first tenth, of which the first fifth does not count. memory: the most that one of the workers ever had resident.',
    'After each rebuild the table has as many rows as the event store says, and the rows are those of the rebuild before.',
    'reading: one process fetches the whole topic by the same consumer in the same batches and decodes every event; nothing is done with them.',
    'bare: one process writes final rows of 10,000 events of each partition, laid out by the same code, 20,000 rows a batch in Postgres and 40,000 in ClickHouse, two batches at once: COPY into the same table with its primary key, Native inserts with an fsync each; nothing is read, folded or checkpointed. Counted as the events that the rows come from.',
    ...peers.notes,
    'Kafka, the databases and what is measured share the cores.',
  ])
}

const comparisonsFor = (events: number): Comparison[] => [
  ...(['campaign list', 'campaign timeline', 'ad metrics'] as const).flatMap((model): Comparison[] => {
    const read = `reading ${model === 'ad metrics' ? 'observations' : 'events'}/rate`
    return [
      { row: `${model}, 1 worker/rate`, beside: [read, `${model}, bare/rate`], goal: atLeastRatio(0.5) },
      { row: `${model}, 2 workers/rate`, goal: atLeast(50_000) },
      { row: `${model}, 2 workers/slowdown`, goal: atMost(1.1) },
      ...(events < manyEvents ? [] : [{ row: `${model}, 2 workers/growth`, goal: atMost(1.1) }]),
    ]
  }),
  { row: 'campaign list, 2 workers/rate', beside: 'Emmett/rate', goal: atLeastRatio(20) },
  { row: 'campaign list, 2 workers/rate', beside: 'naive projector/rate' },
]
