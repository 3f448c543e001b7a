import type { Postgres } from '@bizosaas/databases'
import { nothingBefore, type TopicPartition } from '@bizosaas/kafka'
import type { Projection } from './projection.ts'

/**
 * How far one version of a model is in one partition: a row of `read_model.checkpoint`, for the tables in ClickHouse, too.
 * It is moved by compare-and-set on where it was (see move.ts), which fences a second runner that believes it
 * still owns the partition: on position and offset, and on the orders of operators, which move rows and not the position.
 * Nor does it move beyond `hold_at`, which may be set at any time and binds a runner that has not heard of it, too, until
 * `held_until` where that is set.
 *
 * What `GET /v1/projections` needs is all in that row and in the relay's ledger. With the newest ledger row of the topic's
 * generation, whose `tails` hold the last offset and position of each partition:
 *
 *   lag in events    tail's offset - record_offset   (a few too many where the relay has repeated itself)
 *   lag in seconds   0 if position >= the tail's position, else the ledger row's instant - recorded_at
 *   halted           the reason, or null; a halted partition waits for a person
 *   parked           of the checkpoint: all tenants; count(*) of read_model.parked as role query: the tenant's own
 *
 * The rows of all partitions are made together with the table; one that is missing later was lost (open-table.ts).
 */
export type Checkpoint = TopicPartition & {
  /** Position of the last event that was dealt with, or `nothingBefore`. */
  readonly position: number
  /** Its offset, or -1. */
  readonly offset: number
  /** How many orders of operators were carried out here: each may have changed rows, and what is parked. */
  readonly orders: number
  /** It must not move beyond this position; null: no bound. So two versions are brought to one place, to be compared. */
  readonly holdAt: number | null
  /** Streams whose events are set aside. */
  readonly parkedStreams: ReadonlySet<string>
}

type Model = Pick<Projection, 'name' | 'version'>

/** Makes those that are not there yet, at the beginning: together with the table, see open-table.ts. */
export async function makeCheckpoints(
  postgres: Postgres,
  model: Model,
  partitions: readonly TopicPartition[],
): Promise<void> {
  await postgres.query(
    `INSERT INTO read_model.checkpoint (model, version, topic, partition, position, record_offset)
     SELECT $1, $2, topic, partition, ${nothingBefore}, -1 FROM unnest($3::text[], $4::int[]) AS place (topic, partition)
     ON CONFLICT DO NOTHING`,
    valuesOf(model, partitions),
  )
}

/**
 * The checkpoints of these partitions, in this order.
 * @throws when one is gone: it is never made a second time by itself, for then everything would be applied a second time
 */
export async function readCheckpoints(
  postgres: Postgres,
  model: Model,
  partitions: readonly TopicPartition[],
): Promise<Checkpoint[]> {
  const rows = await postgres.query<{
    n: number
    position: number
    record_offset: number
    orders: number
    hold_at: number | null
    streams: string[]
  }>(
    `SELECT n, position, record_offset, orders, CASE WHEN held_until <= now() THEN NULL ELSE hold_at END AS hold_at,
     array(
       SELECT DISTINCT stream FROM read_model.parked
       WHERE (model, version, topic, partition) = (c.model, c.version, c.topic, c.partition)
     ) AS streams
     FROM unnest($3::text[], $4::int[]) WITH ORDINALITY AS place (topic, partition, n)
     JOIN read_model.checkpoint c USING (topic, partition)
     WHERE model = $1 AND version = $2`,
    valuesOf(model, partitions),
  )
  const byNumber = new Map(rows.map((row) => [row.n, row]))
  return partitions.map((place, index) => {
    const row = byNumber.get(index + 1)
    if (row === undefined)
      throw new Error(`The checkpoint of ${model.name} in ${place.topic}[${place.partition}] is gone`)
    return {
      ...place,
      position: row.position,
      offset: row.record_offset,
      orders: row.orders,
      holdAt: row.hold_at,
      parkedStreams: new Set(row.streams),
    }
  })
}

/**
 * To be joined by an update of all checkpoints of a version (of model $1): it locks them in the order of their partitions, as a
 * step over several of them does (move.ts), so that nobody waits for one who waits for him.
 * @param version the parameter that names it
 */
export function inTurn(version: '$2' | '$3'): string {
  return `(SELECT topic, partition FROM read_model.checkpoint WHERE model = $1 AND version = ${version}
    ORDER BY topic, partition FOR UPDATE) AS turn (topic, partition)`
}

function valuesOf({ name, version }: Model, partitions: readonly TopicPartition[]): unknown[] {
  return [name, version, partitions.map(({ topic }) => topic), partitions.map(({ partition }) => partition)]
}

/** Leaves word that a partition is not going on. The next batch that is written takes it back. */
export async function recordHalt(
  postgres: Postgres,
  { name, version }: Model,
  { topic, partition }: TopicPartition,
  reason: string,
): Promise<void> {
  await postgres.query(
    `UPDATE read_model.checkpoint SET halted = $5, updated_at = now()
     WHERE model = $1 AND version = $2 AND topic = $3 AND partition = $4`,
    [name, version, topic, partition, reason.replaceAll('\0', '')],
  )
}
