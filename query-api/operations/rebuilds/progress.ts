/** How far the version of a rebuild is, how fast, and how long it will take. */
import { type ClickHouse, liveGeneration, type Queryable } from '@bizosaas/databases'
import { projections } from '@bizosaas/projections/all.ts'
import { tableName } from '@bizosaas/projections/runner/projection.ts'
import { type Instant, topicName, topics } from '@bizosaas/schemas'
import { type Static, Type } from 'typebox'
import { ledgerHead } from '../../ledger.ts'
import { Nullable } from '../../nullable.ts'
import { type CheckpointRow, checkpointsSql, ProjectionState, stateOf } from '../projection-state.ts'
import { type Pace, type Pacer, secondsLeft } from './pace.ts'
import type { RebuildEntry } from './rebuild.ts'

export const Progress = Type.Object(
  {
    position: ProjectionState.properties.position,
    events: Type.Object({
      done: Type.Integer({ description: 'Events that it has dealt with' }),
      todo: Type.Integer({ description: 'Events that are published and not dealt with' }),
    }),
    eventsPerSecond: Nullable(Type.Integer({ description: 'Lately; null while it is not known' })),
    rowsPerSecond: Nullable(Type.Integer({ description: 'Rows that are written' })),
    secondsLeft: Nullable(Type.Integer({ description: 'At this pace; null while it is not known' })),
    parked: Type.Integer({ description: 'Events of yours that are set aside because of an error' }),
    parkedOfAll: ProjectionState.properties.parkedOfAll,
    halted: ProjectionState.properties.halted,
  },
  { title: 'RebuildProgress' },
)
export type Progress = Static<typeof Progress>

export interface Looking {
  readonly clickhouse: ClickHouse
  readonly pacer: Pacer
  /** The generation of topics at which the line begins whose end is live. */
  readonly first: string
  readonly now: Instant
  readonly seesAll: boolean
}

/** Null where there is no version, or no more. */
export async function progressOf(tx: Queryable, entry: RebuildEntry, looking: Looking): Promise<Progress | null> {
  const { model, version, state } = entry
  const { pacer, now, seesAll } = looking
  if (version === null || state === 'cancelled' || state === 'retired') return null
  const generation = await liveGeneration(tx, looking.first)
  const head = await ledgerHead(tx, generation)
  const names = topics.map((kind) => topicName(kind, generation))
  const checkpoints = (await tx.query<CheckpointRow>(checkpointsSql, [names])).filter(
    (row) => row.model === model && row.version === version,
  )
  const definition = entry.definition ?? version
  const of = {
    model,
    version,
    definition,
    state: state === 'live' ? 'ready' : state,
    live: state === 'live' ? version : null,
  }
  const { position, lag, parked, parkedOfAll, halted } = await stateOf(tx, generation, head, of, checkpoints, {
    now,
    seesAll,
  })
  const done = checkpoints.reduce((sum, { record_offset }) => sum + record_offset + 1, 0)
  const pace = state === 'building' ? await paceOf(tx, entry, done, looking) : null
  if (state !== 'building') pacer.forget(entry.id)
  return {
    position,
    events: { done, todo: lag.events },
    eventsPerSecond: pace?.eventsPerSecond ?? null,
    rowsPerSecond: pace?.rowsPerSecond ?? null,
    secondsLeft: secondsLeft(lag.events, pace),
    parked,
    ...(parkedOfAll !== undefined && { parkedOfAll }),
    halted,
  }
}

async function paceOf(
  tx: Queryable,
  { id, model, version, startedAt }: RebuildEntry,
  done: number,
  { pacer, clickhouse, now }: Looking,
): Promise<Pace | null> {
  const rows = await rowsWritten(tx, clickhouse, model, tableName({ name: model, version: version ?? 0 }))
  const atMs = Date.parse(now)
  const lately = pacer.look(id, { atMs, events: done, rows })
  const seconds = (atMs - Date.parse(startedAt ?? now)) / 1000
  if (lately !== null || seconds <= 0) return lately
  // Nobody has looked before, so it is told since its beginning.
  return { eventsPerSecond: Math.round(done / seconds), rowsPerSecond: Math.round(rows / seconds) }
}

/** As the databases count them; a row that is replaced was written twice. */
async function rowsWritten(tx: Queryable, clickhouse: ClickHouse, model: string, table: string): Promise<number> {
  if (projections.find(({ name }) => name === model)?.store === 'clickhouse') {
    const [found] = await clickhouse.query<{ rows: string | null }>(
      'SELECT toString(total_rows) AS rows FROM system.tables WHERE database = currentDatabase() AND name = {table: String}',
      { table },
    )
    return Number(found?.rows ?? 0)
  }
  const [found] = await tx.query<{ rows: number }>(
    `SELECT n_tup_ins + n_tup_upd AS rows FROM pg_stat_user_tables WHERE schemaname = 'read_model' AND relname = $1`,
    [table],
  )
  return found?.rows ?? 0
}
