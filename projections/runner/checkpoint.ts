import type { Postgres } from '@bizosaas/databases'
import { nothingBefore, type TopicPartition } from '@bizosaas/kafka'
import type { Projection } from './projection.ts'

/**
 * How far one version of a model is in one partition: a row of `read_model.checkpoint`, for the tables in ClickHouse, too.
 * It is moved by compare-and-set on its old position (see move.ts), which fences a second runner that believes it
 * still owns the partition.
 *
 * What `GET /v1/projections` needs is all in that row and in the relay's ledger. With the newest ledger row of the topic's
 * generation, whose `tails` hold the last offset and position of each partition:
 *
 *   lag in events    tail's offset - record_offset   (a few too many where the relay has repeated itself)
 *   lag in seconds   0 if position >= the tail's position, else the ledger row's instant - recorded_at
 *   halted           the reason, or null; a halted partition waits for a person
 *   parked           of the checkpoint: all tenants; count(*) of read_model.parked as role query: the tenant's own
 *
 * A partition without a row was never assigned to a runner: nothing is applied there.
 */
export type Checkpoint = TopicPartition & {
  /** Position of the last event that was dealt with, or `nothingBefore`. */
  readonly position: number
  /** Its offset, or -1. */
  readonly offset: number
  /** Streams whose events are set aside. */
  readonly parkedStreams: ReadonlySet<string>
}

type Model = Pick<Projection, 'name' | 'version'>

/** The checkpoints of these partitions, in this order; one that is not there yet is made at the beginning. */
export async function readCheckpoints(
  postgres: Postgres,
  { name, version }: Model,
  partitions: readonly TopicPartition[],
): Promise<Checkpoint[]> {
  const places = [name, version, partitions.map((place) => place.topic), partitions.map((place) => place.partition)]
  await postgres.query(
    `INSERT INTO read_model.checkpoint (model, version, topic, partition, position, record_offset)
     SELECT $1, $2, topic, partition, ${nothingBefore}, -1 FROM unnest($3::text[], $4::int[]) AS place (topic, partition)
     ON CONFLICT DO NOTHING`,
    places,
  )
  const rows = await postgres.query<{ position: number; record_offset: number; streams: string[] }>(
    `SELECT position, record_offset, array(
       SELECT DISTINCT stream FROM read_model.parked
       WHERE (model, version, topic, partition) = (c.model, c.version, c.topic, c.partition)
     ) AS streams
     FROM unnest($3::text[], $4::int[]) WITH ORDINALITY AS place (topic, partition, n)
     JOIN read_model.checkpoint c USING (topic, partition)
     WHERE model = $1 AND version = $2
     ORDER BY n`,
    places,
  )
  return partitions.map((place, index) => {
    const row = rows[index]
    if (row === undefined) throw new Error(`${place.topic}[${place.partition}] has no checkpoint of ${name}.`)
    return {
      ...place,
      position: row.position,
      offset: row.record_offset,
      parkedStreams: new Set(row.streams),
    }
  })
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
