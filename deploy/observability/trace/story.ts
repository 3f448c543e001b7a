import type { Postgres, Queryable } from '@bizosaas/databases'
import type { StoredEvent } from '@bizosaas/event-store'
import { partitioner, type TopicPartition } from '@bizosaas/kafka'
import { projections } from '@bizosaas/projections/all.ts'
import { type Instant, parseStreamName, partitionKeyOf, TenantId, topicName, topicOf } from '@bizosaas/schemas'

/** How far an event has come, from what the relay's ledger and the checkpoints say. */
export type Way = {
  readonly event: StoredEvent
  readonly place: TopicPartition
  /** Null while it is not in Kafka. `at` is null of batches noted before the ledger kept the time. */
  readonly published: { readonly seq: number; readonly epoch: number; readonly at: Instant | null } | null
  readonly models: readonly ModelState[]
}

export type ModelState = {
  readonly model: string
  readonly version: number
  readonly serves: boolean
  readonly state: 'applied' | 'waiting' | 'parked' | 'halted' | 'not applicable'
  /** Of what was applied, when at the latest: the checkpoint tells of its last move alone. */
  readonly at: Instant | null
  /** Whether that move was the one over this event. */
  readonly exact: boolean
  readonly reason: string | null
}

/** @throws StoreUnavailable */
export async function wayOf(db: Postgres, generation: string, event: StoredEvent): Promise<Way> {
  const place = placeIn(generation, await partitionsOf(db, generation), event.stream)
  const [published] = await db.query<NonNullable<Way['published']>>(
    `SELECT seq, epoch, written_at AS at FROM relay.ledger
     WHERE generation = $1 AND position >= $2 ORDER BY position LIMIT 1`,
    [generation, event.position],
  )
  return { event, place, published: published ?? null, models: await modelsOf(db, place, event) }
}

function placeIn(generation: string, partitions: number, stream: string): TopicPartition {
  const name = parseStreamName(stream)
  const partition = partitioner(partitions)(name === null ? stream : partitionKeyOf(name))
  return { topic: topicName(name === null ? 'events' : topicOf(name.category), generation), partition }
}

async function partitionsOf(db: Queryable, generation: string): Promise<number> {
  const [row] = await db.query<{ partitions: number }>(
    'SELECT partitions FROM relay.generation WHERE generation = $1',
    [generation],
  )
  return row?.partitions ?? 1
}

type CheckpointRow = {
  readonly model: string
  readonly version: number
  readonly serves: boolean
  readonly position: number
  readonly halted: string | null
  readonly updated_at: Instant
}

async function modelsOf(db: Postgres, { topic, partition }: TopicPartition, event: StoredEvent): Promise<ModelState[]> {
  const checkpoints = await db.query<CheckpointRow>(
    `SELECT c.model, c.version, coalesce(l.version = c.version, false) AS serves, position, halted, updated_at
     FROM read_model.checkpoint c LEFT JOIN read_model.live_version l USING (model)
     WHERE topic = $1 AND partition = $2 ORDER BY c.model, c.version`,
    [topic, partition],
  )
  const parked = await parkedOf(db, event)
  return checkpoints.map((row) => {
    const { model, version, serves, position, updated_at: moved } = row
    const reason = parked.get(`${model} ${version}`)
    const handles = projections.find(({ name }) => name === model)?.types.has(event.type) ?? true
    const state =
      reason !== undefined ? 'parked' : position >= event.position ? 'applied' : row.halted ? 'halted' : 'waiting'
    const at = position >= event.position ? moved : null
    return {
      model,
      version,
      serves,
      state: handles || state === 'parked' ? state : 'not applicable',
      at,
      exact: position === event.position,
      reason: state === 'halted' ? row.halted : (reason ?? null),
    }
  })
}

/** By model and version: why it is set aside there. As the event's own tenant, who alone may see it. */
function parkedOf(db: Postgres, event: StoredEvent): Promise<Map<string, string>> {
  const tenantId = parseStreamName(event.stream)?.tenantId
  if (tenantId === undefined) return Promise.resolve(new Map())
  return db.asTenant({ tenantId: TenantId.parse(tenantId), clientIds: null }, async (tx) => {
    const rows = await tx.query<{ model: string; version: number; error: string | null }>(
      'SELECT model, version, error FROM read_model.parked WHERE event_id = $1',
      [event.id],
    )
    const behind = 'behind an earlier event of its stream'
    return new Map(rows.map(({ model, version, error }) => [`${model} ${version}`, error ?? behind]))
  })
}
