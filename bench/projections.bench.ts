/**
 * How fast the runner fills read models in Postgres and ClickHouse from what the relay has published in Kafka, beside what
 * the databases take of the very same rows in the very same batches. Each is a process of its own.
 */
import { openGenerations } from './lib/generations.ts'
import { type History, makeHistory, rowsOfDay } from './lib/history.ts'
import { openParts } from './lib/parts.ts'
import { atLeastRatio, type Comparison, publish } from './lib/report.ts'
import { type Candidate, takeTurns } from './lib/rounds.ts'
import { startWorker } from './lib/worker.ts'
import type { BareTask, Written } from './projections/bare.ts'
import { type ModelName, models } from './projections/models.ts'
import type { RunnerTask } from './projections/runner.ts'
import { openTables } from './projections/tables.ts'

const partitions = 12

export const bench = async (print: (line: string) => void, rounds: number): Promise<string> => {
  const parts = await openParts(print)
  await parts.start('kurrentdb', 'kafka', 'schema-registry', 'postgres', 'clickhouse', 'valkey')
  await parts.migrate()
  const settings = { ...parts.settings, TOPIC_PARTITIONS: String(partitions) }
  const history = await makeHistory(parts.settings.KURRENTDB_URL ?? '', print)

  const generations = openGenerations(settings)
  const generation = generations.next()
  const relay = startWorker<string | null, number>(new URL('./relay/relay.ts', import.meta.url), settings)
  await relay.run(generation)
  await generations.published(generation, history.lastPosition)
  await relay.run(null)
  await relay.stop()
  await parts.stop('kurrentdb')

  const tables = openTables(settings, Object.values(models))
  const notes: string[] = []

  const candidatesOf = async (model: ModelName): Promise<Candidate<'rate'>[]> => {
    const projection = models[model]
    const expected = expectedOf(model, history)
    const events = await generations.records(generation, [expected.topic])
    const runners = [1, 2].map(() =>
      startWorker<RunnerTask, void>(new URL('./projections/runner.ts', import.meta.url), settings),
    )
    const bare = startWorker<BareTask, Written>(new URL('./projections/bare.ts', import.meta.url), settings)
    const sums = new Set<string>()

    const mustBeRight = async (): Promise<void> => {
      const { rows, sum } = await tables.contents(projection)
      if (rows !== expected.rows) throw new Error(`${model} has ${rows} rows instead of ${expected.rows}`)
      if (sums.add(sum).size > 1) throw new Error(`${model} has other rows than it had before`)
    }
    const filled = async (): Promise<number> => {
      const { applied, parked, notApplicable, rate } = await tables.filled(projection, events)
      if (applied !== expected.applied || parked !== 0 || applied + notApplicable !== events)
        throw new Error(
          `${model}: of ${events} events ${applied} applied, ${parked} parked, ${notApplicable} for others`,
        )
      return rate
    }
    const learn = async (): Promise<void> => {
      await tables.remove(projection)
      await bare.run({ type: 'learn', model, generation })
      await filled()
      const { batches } = await bare.run({ type: 'learnt', model, generation })
      await mustBeRight()
      notes.push(
        `${model}: ${expected.applied} events applied, ${events - expected.applied} for others, ${expected.rows} rows, ${batches} batches.`,
      )
    }
    const isInPostgres = projection.store === 'postgres'
    const measured = isInPostgres ? expected.applied : expected.rows
    const units = { rate: isInPostgres ? 'events/s' : 'rows/s' }
    const filling = (name: string, used: typeof runners): Candidate<'rate'> => ({
      name,
      units,
      run: async () => {
        await tables.remove(projection)
        await Promise.all(used.map((runner) => runner.run({ model, generation })))
        const rate = await filled()
        await Promise.all(used.map((runner) => runner.run(null)))
        await mustBeRight()
        return { rate: rate * (measured / events) }
      },
    })
    return [
      filling(`${model}, 1 runner`, runners.slice(0, 1)),
      filling(`${model}, 2 runners`, runners),
      {
        name: `${model}, bare`,
        units,
        run: async (round) => {
          if (round === 0) await learn()
          await tables.remove(projection)
          const { seconds } = await bare.run({ type: 'write', model, generation })
          await mustBeRight()
          return { rate: measured / seconds }
        },
      },
    ]
  }

  const names = Object.keys(models) as ModelName[]
  const candidates = (await Promise.all(names.map(candidatesOf))).flat()
  const measured = await takeTurns(candidates, rounds, print)
  return publish('projections', measured, comparisons, [
    `${history.events} events by concurrent writers, streams interleaved, published by the relay into ${partitions} partitions a topic: ${history.campaignEvents} of ${history.campaigns} campaigns, ${history.metricsEvents} with ${rowsOfDay} rows of ad metrics each.`,
    ...notes,
    'A runner: its own `start` with that one read model, no table and no checkpoint before; measured from when a quarter of the events is done (the group has shared out the partitions by then) until all are. It is one process, so one core; two of them share the partitions. Postgres: events applied a second; ClickHouse: rows a second.',
    'bare: the very rows that the runner wrote in a run before, in the same batches: arrays of columns upserted through `unnest`, objects inserted in Native format; laid out by the same clients. The same table with its indexes and row-level security, the same client and role, four at once as two runners have four partitions in hand, so that the database has both cores; nothing is read, decoded, folded or checkpointed. Counted as the events (Postgres) or rows (ClickHouse) that they come from.',
    'After each run: applied + not applicable are all events and none is parked, the table has as many rows as the event store says, and the rows are those of the run before.',
    'Kafka, the databases and what is measured share the cores; all of them run warm.',
  ])
}

const expectedOf = (model: ModelName, history: History) => {
  const { campaigns, campaignEvents, metricsEvents, metricRows } = history
  switch (model) {
    case 'campaign list':
      return { topic: 'events', applied: campaignEvents, rows: campaigns } as const
    case 'campaign timeline':
      return { topic: 'events', applied: campaignEvents, rows: campaignEvents } as const
    case 'ad metrics':
      return { topic: 'observations', applied: metricsEvents, rows: metricRows } as const
  }
}

const comparisons: Comparison[] = (Object.keys(models) as ModelName[]).flatMap((model) => [
  { row: `${model}, 1 runner/rate`, beside: `${model}, bare/rate` },
  { row: `${model}, 2 runners/rate`, beside: `${model}, bare/rate`, goal: atLeastRatio(0.5) },
])
