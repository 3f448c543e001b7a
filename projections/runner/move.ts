import type { TopicRecord } from '@bizosaas/kafka'
import { parseStreamName } from '@bizosaas/schemas'
import type { Checkpoint } from './checkpoint.ts'
import type { Projection } from './projection.ts'
import type { Parked } from './unparked.ts'

/** One step of a checkpoint: what was dealt with, and where that leaves the partition. */
export type Move = {
  readonly from: Checkpoint
  /** The last event that was dealt with. */
  readonly to: TopicRecord
  readonly applied: number
  readonly notApplicable: number
  readonly parked: readonly Parked[]
}

/**
 * The start of a statement that does all of a step, or nothing if somebody else has moved the checkpoint: what follows
 * writes only where `moved` has a row. One statement is one transaction and one round trip. Parameters $1 to $22.
 */
export const moveCheckpoint = `
  WITH moved AS (
    UPDATE read_model.checkpoint
    SET position = $6, record_offset = $7, recorded_at = coalesce($8, recorded_at), applied = applied + $9,
        not_applicable = not_applicable + $10, parked = parked + cardinality($11::bigint[]), halted = NULL, updated_at = now()
    WHERE model = $1 AND version = $2 AND topic = $3 AND partition = $4 AND position = $5
    RETURNING position
  ), parked AS (
    INSERT INTO read_model.parked (model, version, topic, partition, position, record_offset, stream, revision, event_id,
      tenant_id, client_id, type, schema_version, bytes, metadata, error)
    SELECT $1, $2, $3, $4::int, record.* FROM moved, unnest($11::bigint[], $12::bigint[], $13::text[], $14::bigint[],
      $15::uuid[], $16::uuid[], $17::uuid[], $18::text[], $19::int[], $20::bytea[], $21::jsonb[], $22::text[]) AS record
  )`

/** How many parameters `moveCheckpoint` takes. */
export const moveParameters = 22

/** The values of those parameters. */
export function valuesOf({ name, version }: Projection, move: Move): unknown[] {
  const { from, to, parked } = move
  const records = parked.map(({ record }) => record)
  return [
    ...[name, version, from.topic, from.partition, from.position],
    ...[to.position, to.offset, to.metadata?.recordedAt ?? null, move.applied, move.notApplicable],
    records.map((record) => record.position),
    records.map((record) => record.offset),
    records.map((record) => record.stream),
    records.map((record) => record.revision),
    records.map((record) => record.eventId),
    records.map((record) => record.metadata?.tenantId ?? parseStreamName(record.stream)?.tenantId ?? null),
    records.map((record) => record.metadata?.clientId ?? null),
    records.map((record) => record.type),
    records.map((record) => record.version),
    records.map((record) => record.bytes),
    records.map((record) => record.metadata && JSON.stringify(record.metadata)),
    // Postgres takes any text but this character.
    parked.map(({ error }) => error?.replaceAll('\0', '') ?? null),
  ]
}
