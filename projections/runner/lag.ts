import { readFileSync } from 'node:fs'
import type { Queryable } from '@bizosaas/databases'
import { log, metrics, sharedCollect } from '@bizosaas/runtime'
import { topicName, topics } from '@bizosaas/schemas'
import { Gauge } from 'prom-client'
import { messageOf, topicsOf } from './items.ts'
import type { Projection } from './projection.ts'

/**
 * What a projection has still to do, and what it has set aside, as the databases say: read whenever somebody collects the
 * metrics. So it grows while a runner waits or is stuck, and covers partitions that no runner has. While Postgres is away
 * there are no figures, and an alert says so.
 */
const registers = [metrics]
const collect = sharedCollect(() => refresh())
const model = ['model', 'version'] as const

const lagSeconds = new Gauge({
  name: 'projection_lag_seconds',
  help: 'Age of the oldest event that is published and not applied; 0 when there is none',
  labelNames: [...model, 'topic', 'partition'] as const,
  registers,
  collect,
})

const lagEvents = new Gauge({
  name: 'projection_lag_events',
  help: 'Events that are published and not applied; a few too many where the relay has repeated itself',
  labelNames: [...model, 'topic', 'partition'] as const,
  registers,
  collect,
})

const parkedEvents = new Gauge({
  name: 'projection_parked_events',
  help: 'Events that are set aside because they, or an earlier one of their stream, could not be applied',
  labelNames: model,
  registers,
  collect,
})

const parkedStreams = new Gauge({
  name: 'projection_parked_streams',
  help: 'Streams that have events set aside',
  labelNames: model,
  registers,
  collect,
})

const gauges = [lagSeconds, lagEvents, parkedEvents, parkedStreams]

export type Lag = {
  readonly model: string
  readonly version: number
  readonly topic: string
  readonly partition: number
  readonly events: number
  readonly seconds: number
}

export type Parked = Pick<Lag, 'model' | 'version'> & { readonly events: number; readonly streams: number }

const lagSql = readFileSync(new URL('./lag.sql', import.meta.url), 'utf8')

/** The lag of each model in each partition of the topics that it reads; none before the first event is published. */
export function readLag(db: Queryable, models: readonly Projection[], generation: string): Promise<Lag[]> {
  const reads = models.flatMap((projection) => {
    const names = topicsOf(projection, generation)
    const kinds = topics.filter((kind) => names.includes(topicName(kind, generation)))
    return kinds.map((kind) => ({ projection, kind, topic: topicName(kind, generation) }))
  })
  return db.query<Lag>(lagSql, [
    generation,
    reads.map(({ projection }) => projection.name),
    reads.map(({ projection }) => projection.version),
    reads.map(({ kind }) => kind),
    reads.map(({ topic }) => topic),
  ])
}

export function readParked(db: Queryable, models: readonly Projection[]): Promise<Parked[]> {
  return db.query<Parked>(
    `SELECT model, version, count(event_id) AS events, count(DISTINCT stream) AS streams
     FROM unnest($1::text[], $2::int[]) AS ours (model, version) LEFT JOIN read_model.parked USING (model, version)
     GROUP BY model, version`,
    [models.map(({ name }) => name), models.map(({ version }) => version)],
  )
}

let source: (() => Promise<readonly [Lag[], Parked[]]>) | null = null

/** Lets `/metrics` tell the lag of these models, whichever they are when it is asked. @returns how to end that */
export function exposeLag(db: Queryable, models: () => readonly Projection[], generation: string): () => void {
  const own = () => Promise.all([readLag(db, models(), generation), readParked(db, models())])
  source = own
  return () => {
    if (source === own) source = null
  }
}

async function refresh(): Promise<void> {
  const found = await source?.().catch((error) => {
    log.debug({ unit: 'projections', reason: messageOf(error) }, 'the lag cannot be read')
    return null
  })
  for (const gauge of gauges) gauge.reset()
  const [lags, parked] = found ?? [[], []]
  for (const { events, seconds, ...place } of lags) {
    lagEvents.set({ ...place }, events)
    lagSeconds.set({ ...place }, seconds)
  }
  for (const { events, streams, ...of } of parked) {
    parkedEvents.set({ ...of }, events)
    parkedStreams.set({ ...of }, streams)
  }
}
