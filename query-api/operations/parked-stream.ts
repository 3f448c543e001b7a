/** What is known of a stream that a version of a model has set aside: its events that wait, and what was ordered about it. */
import type { Queryable } from '@bizosaas/databases'
import { Instant, Uuid } from '@bizosaas/http'
import type { ParkingOrderRow } from '@bizosaas/projections/analytics/parking-orders/parking-orders.ts'
import { decode, type Metadata, type ParkedStream, parkedStreamId } from '@bizosaas/schemas'
import { type Static, Type } from 'typebox'
import { Nullable } from '../nullable.ts'

/** Which stream of which model it is; sent back with an order. */
const place = {
  id: Uuid,
  model: Type.String(),
  version: Type.Integer(),
  serves: Type.Boolean({ description: 'Whether this version of the model answers questions' }),
  stream: Type.String(),
}
const event = { position: Type.Integer(), revision: Type.Integer(), type: Type.String(), eventId: Uuid }
const error = Type.Optional(Type.String({ description: 'Why it cannot be applied. For operators only' }))

export const ParkedStreamEntry = Type.Object(
  {
    ...place,
    ...event,
    since: Instant,
    behind: Type.Integer({ description: 'Events of the stream that wait behind this one' }),
    error,
  },
  { title: 'ParkedStream', description: 'A stream, and the first of its events that cannot be applied' },
)
export type ParkedStreamEntry = Static<typeof ParkedStreamEntry>

const Waiting = Type.Object({ ...event, recordedAt: Nullable(Instant) })

const FirstEvent = Type.Object({
  ...Waiting.properties,
  since: Instant,
  error,
  stack: Type.Optional(
    Nullable(Type.String({ description: 'Where the handler failed; null if a database refused. For operators only' })),
  ),
  data: Type.Optional(Type.Unknown({ description: 'What the event says. For operators only' })),
  bytes: Type.Optional(
    Type.String({ description: 'In place of `data` where it cannot be read: Base64. For operators only' }),
  ),
})

const Order = Type.Object({
  orderId: Uuid,
  kind: Type.Enum(['redrive', 'skip']),
  position: Nullable(Type.Integer({ description: 'Of the event to be skipped' })),
  reason: Nullable(Type.String()),
  by: Type.String(),
  at: Instant,
  outcome: Type.Enum(['pending', 'applied', 'parked', 'refused'], {
    description:
      'pending: not carried out yet. applied: nothing waits any more. parked: something still cannot be applied. refused: it did not fit, nothing changed',
  }),
  applied: Type.Integer({ description: 'Events that were applied by it' }),
  detail: Type.Optional(Nullable(Type.String({ description: 'Why it was refused; else for operators only' }))),
  carriedOutAt: Nullable(Instant),
})

export const ParkedStreamDetails = {
  ...place,
  first: Nullable(FirstEvent),
  waiting: Type.Array(Waiting, { description: 'The events behind it, at most 100' }),
  behind: Type.Integer({ description: 'How many there are' }),
  orders: Type.Array(Order, { description: 'The last 20, the newest first' }),
}
const DetailsObject = Type.Object(ParkedStreamDetails)
export type ParkedStreamDetails = Static<typeof DetailsObject>

const [mostWaiting, mostOrders] = [100, 20]

interface ParkedRow extends ParkedStream {
  readonly serves: boolean
  readonly position: number
  readonly revision: number
  readonly type: string
  readonly event_id: string
  readonly parked_at: string
  readonly behind: number
  readonly error: string
}

export type Cursor = readonly [position: number, model: string, version: number]

/** The first event of every parked stream, in the order of history: it alone has an error. */
export async function listParked(
  tx: Queryable,
  after: Cursor | null,
  limit: number,
  seesAll: boolean,
): Promise<ParkedStreamEntry[]> {
  const rows = await tx.query<ParkedRow>(
    `SELECT p.model, p.version, p.stream, p.position, p.revision, p.type, p.event_id, p.parked_at, p.error,
       coalesce(l.version = p.version, false) AS serves,
       (SELECT count(*) FROM read_model.parked b
        WHERE (b.model, b.version, b.stream) = (p.model, p.version, p.stream) AND b.position > p.position) AS behind
     FROM read_model.parked p LEFT JOIN read_model.live_version l ON l.model = p.model
     WHERE p.error IS NOT NULL AND ($1::bigint IS NULL OR (p.position, p.model, p.version) > ($1, $2, $3))
     ORDER BY p.position, p.model, p.version
     LIMIT $4`,
    [...(after ?? [null, null, null]), limit],
  )
  return rows.map((row) => ({
    ...placeOf(row),
    serves: row.serves,
    position: row.position,
    revision: row.revision,
    type: row.type,
    eventId: row.event_id,
    since: row.parked_at,
    behind: row.behind,
    ...(seesAll && { error: row.error }),
  }))
}

/** @param orders the table of the orders  @returns null if the tenant has no such stream, parked or ordered about */
export async function readParked(
  tx: Queryable,
  orders: string,
  id: string,
  seesAll: boolean,
): Promise<ParkedStreamDetails | null> {
  const given = await tx.query<OrderRow>(
    `SELECT o.*, s.outcome, s.applied, s.reason AS detail, s.at
     FROM ${orders} o LEFT JOIN read_model.parking_outcome s ON s.order_id = o.order_id
     WHERE o.parked_stream_id = $1 ORDER BY o.position DESC LIMIT ${mostOrders}`,
    [id],
  )
  const stream = given[0] ?? (await findParked(tx, id))
  if (stream === null) return null
  const { model, version } = stream
  const [live] = await tx.query<{ version: number }>('SELECT version FROM read_model.live_version WHERE model = $1', [
    model,
  ])
  const events = await tx.query<EventRow>(
    `SELECT position, revision, type, event_id, parked_at, metadata, error, stack, schema_version, bytes
     FROM read_model.parked WHERE (model, version, stream) = ($1, $2, $3) ORDER BY position LIMIT ${mostWaiting + 1}`,
    [model, version, stream.stream],
  )
  const [count] = await tx.query<{ count: number }>(
    'SELECT count(*) AS count FROM read_model.parked WHERE (model, version, stream) = ($1, $2, $3)',
    [model, version, stream.stream],
  )
  const [first, ...waiting] = events
  return {
    ...placeOf(stream),
    serves: live?.version === version,
    first: first === undefined ? null : firstOf(first, seesAll),
    waiting: waiting.map(waitingOf),
    behind: Math.max(0, (count?.count ?? 0) - 1),
    orders: given.map((order) => orderOf(order, seesAll)),
  }
}

/** Ids are not stored: a tenant's parked streams are few, or something else is the matter. */
async function findParked(tx: Queryable, id: string): Promise<ParkedStream | null> {
  const streams = await tx.query<ParkedStream>(
    'SELECT model, version, stream FROM read_model.parked WHERE error IS NOT NULL',
  )
  return streams.find((stream) => parkedStreamId(stream) === id) ?? null
}

interface EventRow {
  readonly position: number
  readonly revision: number
  readonly type: string
  readonly event_id: string
  readonly parked_at: string
  readonly metadata: Metadata | null
  readonly error: string | null
  readonly stack: string | null
  readonly schema_version: number
  readonly bytes: Buffer
}

interface OrderRow extends ParkingOrderRow {
  readonly outcome: 'applied' | 'parked' | 'refused' | null
  readonly applied: number | null
  readonly detail: string | null
  readonly at: string | null
}

function placeOf({ model, version, stream }: ParkedStream) {
  return { id: parkedStreamId({ model, version, stream }), model, version, stream }
}

function waitingOf({ position, revision, type, event_id: eventId, metadata }: EventRow): Static<typeof Waiting> {
  return { position, revision, type, eventId, recordedAt: metadata?.recordedAt ?? null }
}

function firstOf(row: EventRow, seesAll: boolean): Static<typeof FirstEvent> {
  const facts = { ...waitingOf(row), since: row.parked_at }
  return seesAll ? { ...facts, error: row.error ?? '', stack: row.stack, ...contentOf(row) } : facts
}

function contentOf({ type, schema_version, bytes }: EventRow): { data: unknown } | { bytes: string } {
  try {
    return { data: decode(type, schema_version, bytes).data }
  } catch {
    return { bytes: bytes.toString('base64') }
  }
}

function orderOf(row: OrderRow, seesAll: boolean): Static<typeof Order> {
  return {
    orderId: row.order_id,
    kind: row.kind,
    position: row.skip_position,
    reason: row.reason,
    by: row.ordered_by,
    at: row.ordered_at,
    outcome: row.outcome ?? 'pending',
    applied: row.applied ?? 0,
    ...((seesAll || row.outcome === 'refused') && { detail: row.detail }),
    carriedOutAt: row.at,
  }
}
