import type { Postgres } from '@bizosaas/databases'
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
 * writes only where `moved` has a row, whose `n` is the number of the step in the statement, from 1. One statement is one
 * transaction and one round trip.
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

/**
 * Steps over batches of several partitions, none beyond where it is held: what is dealt with is counted, and what is parked
 * set aside. Each step is taken or not by itself. Checkpoints are locked in the order of their partitions, as by everybody
 * who locks several, so that nobody waits for one who waits for him.
 */
export const moveCheckpoints: Statement = {
  parameters: 28,
  text: `
  WITH step AS (
    SELECT s.* FROM unnest($3::text[], $4::int[], $5::bigint[], $6::bigint[], $7::bigint[], $8::bigint[], $9::bigint[],
      $10::timestamptz[], $11::bigint[], $12::bigint[], $13::bigint[], $14::bigint[]) WITH ORDINALITY
      AS s (topic, partition, position, record_offset, orders, to_position, to_offset, recorded_at, applied, not_applicable,
        repeated, parked, n)
    JOIN read_model.checkpoint c USING (topic, partition)
    WHERE c.model = $1 AND c.version = $2
    ORDER BY topic, partition FOR UPDATE OF c
  ), moved AS (
    UPDATE read_model.checkpoint c
    SET position = s.to_position, record_offset = s.to_offset, recorded_at = coalesce(s.recorded_at, c.recorded_at),
        applied = c.applied + s.applied, not_applicable = c.not_applicable + s.not_applicable,
        repeated = c.repeated + s.repeated, parked = c.parked + s.parked, halted = NULL, updated_at = now()
    FROM step s
    WHERE c.model = $1 AND c.version = $2 AND c.topic = s.topic AND c.partition = s.partition
      AND c.position = s.position AND c.record_offset = s.record_offset AND c.orders = s.orders
      AND (c.hold_at IS NULL OR c.hold_at >= s.to_position OR c.held_until <= now())
    RETURNING s.n
  ), parked AS (
    INSERT INTO read_model.parked (model, version, topic, partition, position, record_offset, stream, revision, event_id,
      tenant_id, client_id, type, schema_version, bytes, metadata, error, stack)
    SELECT $1, $2, s.topic, s.partition, r.position, r.record_offset, r.stream, r.revision, r.event_id, r.tenant_id,
      r.client_id, r.type, r.schema_version, r.bytes, r.metadata, r.error, r.stack
    FROM moved JOIN step s USING (n) JOIN unnest($15::bigint[], $16::bigint[], $17::bigint[], $18::text[], $19::bigint[],
      $20::uuid[], $21::uuid[], $22::uuid[], $23::text[], $24::int[], $25::bytea[], $26::jsonb[], $27::text[],
      $28::text[]) AS r (n, position, record_offset, stream, revision, event_id, tenant_id, client_id, type, schema_version,
      bytes, metadata, error, stack) USING (n)
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

export function batchMove({ name, version }: Projection, from: Checkpoint, dealt: Dealt): Move {
  const { to, recordedAt, applied, notApplicable, repeated, parked } = dealt
  const place = [from.topic, from.partition, from.position, from.offset, from.orders]
  const step = [...place, to.position, to.offset, recordedAt, applied, notApplicable, repeated, parked.length]
  const records = parked.map(({ record }) => record)
  const values = [
    ...[name, version, ...step.map((value) => [value])],
    records.map(() => 1),
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
  return { from, to, statement: moveCheckpoints, values }
}

/** Takes steps, and what belongs to them. @param rest of the statement, with what its parameters are. @returns whether each was taken */
export async function takeSteps(
  postgres: Postgres,
  moves: readonly Move[],
  rest = '',
  values: readonly unknown[] = [],
): Promise<boolean[]> {
  const statement = moves[0]?.statement ?? moveCheckpoints
  const send = statement === moveCheckpoints ? postgres.prepared : postgres.query
  const taken = await send<{ n: number }>(`${statement.text}${rest} SELECT n FROM moved`, [...joined(moves), ...values])
  const numbers = new Set(taken.map(({ n }) => n))
  return moves.map((_, index) => numbers.has(index + 1))
}

/** The parameter that names the step of each parked record. */
const stepOfParked = 14

/** The values of `moveCheckpoints` for steps of one model that are taken together, in this order. */
function joined(moves: readonly Move[]): readonly unknown[] {
  const [first, ...others] = moves
  if (first === undefined || others.length === 0) return first?.values ?? []
  return first.values.map((value, parameter) =>
    Array.isArray(value)
      ? moves.flatMap(({ values }, index) => {
          const own = values[parameter] as readonly unknown[]
          return parameter === stepOfParked ? own.map(() => index + 1) : own
        })
      : value,
  )
}

/** Postgres takes any text but this character. */
export function storable(text: string | null): string | null {
  return text?.replaceAll('\0', '') ?? null
}

function tenantOf({ metadata, stream }: TopicRecord): string | null {
  return metadata?.tenantId ?? parseStreamName(stream)?.tenantId ?? null
}
