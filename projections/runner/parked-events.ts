import type { Queryable } from '@bizosaas/databases'
import { nothingBefore, type TopicPartition, type TopicRecord } from '@bizosaas/kafka'
import type { Projection } from './projection.ts'

type ParkedRow = {
  readonly position: number
  readonly record_offset: number
  readonly stream: string
  readonly revision: number
  readonly event_id: string
  readonly type: string
  readonly schema_version: number
  readonly bytes: Buffer
  readonly metadata: TopicRecord['metadata']
}

/** The events of a stream that are set aside, in their order, as they stood in the topic. */
export async function waitingEvents(
  postgres: Queryable,
  { name, version }: Projection,
  { topic, partition }: TopicPartition,
  stream: string,
): Promise<TopicRecord[]> {
  const rows = await postgres.query<ParkedRow>(
    `SELECT position, record_offset, stream, revision, event_id, type, schema_version, bytes, metadata
     FROM read_model.parked
     WHERE model = $1 AND version = $2 AND topic = $3 AND partition = $4 AND stream = $5
     ORDER BY position`,
    [name, version, topic, partition, stream],
  )
  return rows.map((row) => ({
    topic,
    partition,
    offset: row.record_offset,
    position: row.position,
    // Which event came before it in the partition was settled when it was parked, and is not kept.
    prev: nothingBefore,
    revision: row.revision,
    eventId: row.event_id,
    stream: row.stream,
    metadata: row.metadata,
    type: row.type,
    version: row.schema_version,
    bytes: row.bytes,
  }))
}
