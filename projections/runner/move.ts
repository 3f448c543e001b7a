import type { TopicRecord } from '@bizosaas/kafka'
import { parseStreamName } from '@bizosaas/schemas'
import type { Checkpoint } from './checkpoint.ts'
import type { Projection } from './projection.ts'
import type { Parked } from './unparked.ts'

/** One step of a checkpoint, as the statement that takes it. A sink adds to it what writes the rows. */
export type Move = {
  readonly from: Checkpoint
  readonly to: Checkpoint
  readonly statement: Statement
  /** Of the statement's parameters. */
  readonly values: readonly unknown[]
}

/**
 * The start of a statement that does all of a step, or nothing if somebody else has moved the checkpoint: what follows
 * writes only where `moved` has a row. One statement is one transaction and one round trip.
 */
export type Statement = {
  readonly text: string
  /** How many parameters the text has. */
  readonly parameters: number
}

/** Where the checkpoint must still be: parameters $1 to $7, of `placeOf`. */
export const unmoved = `
      model = $1 AND version = $2 AND topic = $3 AND partition = $4
      AND position = $5 AND record_offset = $6 AND orders = $7`

export function placeOf({ name, version }: Projection, from: Checkpoint): unknown[] {
  return [name, version, from.topic, from.partition, from.position, from.offset, from.orders]
}

/** A step over a batch, not beyond where it is held: what is dealt with is counted, and what is parked set aside. */
export const moveCheckpoint: Statement = {
  parameters: 26,
  text: `
  WITH moved AS (
    UPDATE read_model.checkpoint
    SET position = $8, record_offset = $9, recorded_at = coalesce($10, recorded_at), applied = applied + $11,
        not_applicable = not_applicable + $12, repeated = repeated + $13, parked = parked + cardinality($14::bigint[]),
        halted = NULL, updated_at = now()
    WHERE ${unmoved} AND (hold_at IS NULL OR hold_at >= $8 OR held_until <= now())
    RETURNING position
  ), parked AS (
    INSERT INTO read_model.parked (model, version, topic, partition, position, record_offset, stream, revision, event_id,
      tenant_id, client_id, type, schema_version, bytes, metadata, error, stack)
    SELECT $1, $2, $3, $4::int, record.* FROM moved, unnest($14::bigint[], $15::bigint[], $16::text[], $17::bigint[],
      $18::uuid[], $19::uuid[], $20::uuid[], $21::text[], $22::int[], $23::bytea[], $24::jsonb[], $25::text[],
      $26::text[]) AS record
  )`,
}

/** What became of a batch, in numbers, and what of it is set aside. */
export type Dealt = {
  readonly to: Checkpoint
  /** When the last event was recorded, if that is known. */
  readonly recordedAt: string | null
  readonly applied: number
  readonly notApplicable: number
  readonly repeated: number
  readonly parked: readonly Parked[]
}

export function batchMove(projection: Projection, from: Checkpoint, dealt: Dealt): Move {
  const { to, parked } = dealt
  const records = parked.map(({ record }) => record)
  const values = [
    ...placeOf(projection, from),
    ...[to.position, to.offset, dealt.recordedAt, dealt.applied, dealt.notApplicable, dealt.repeated],
    records.map((record) => record.position),
    records.map((record) => record.offset),
    records.map((record) => record.stream),
    records.map((record) => record.revision),
    records.map((record) => record.eventId),
    records.map(tenantOf),
    records.map((record) => record.metadata?.clientId ?? null),
    records.map((record) => record.type),
    records.map((record) => record.version),
    records.map((record) => record.bytes),
    records.map((record) => record.metadata && JSON.stringify(record.metadata)),
    parked.map(({ error }) => storable(error)),
    parked.map(({ stack }) => storable(stack)),
  ]
  return { from, to, statement: moveCheckpoint, values }
}

/** Postgres takes any text but this character. */
export function storable(text: string | null): string | null {
  return text?.replaceAll('\0', '') ?? null
}

function tenantOf({ metadata, stream }: TopicRecord): string | null {
  return metadata?.tenantId ?? parseStreamName(stream)?.tenantId ?? null
}
