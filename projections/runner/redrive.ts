import type { Postgres } from '@bizosaas/databases'
import { applyItems } from './apply-items.ts'
import type { Checkpoint } from './checkpoint.ts'
import type { Outcome } from './fold.ts'
import { itemsOf } from './items.ts'
import { type Move, placeOf, type Statement, storable, unmoved } from './move.ts'
import { nothingParked, type Order, refuseOrder } from './orders.ts'
import { waitingEvents } from './parked-events.ts'
import type { Projection, Recorded } from './projection.ts'
import type { Sink } from './sink.ts'

/**
 * Carries out an operator's order about a parked stream, between two batches of its partition: applies the events that wait,
 * in their order, until one fails again; that one stays parked with its new error, and the later ones behind it. A skip
 * leaves the named event out before, if it is the first.
 *
 * Rows, what is parked, the counts and the order's outcome change in one statement, fenced as a batch is: it changes nothing
 * when the checkpoint is not where it was read, or the order was carried out. In ClickHouse rows are written before it, and
 * come out the same when they are written again. So an order takes effect once, wherever a runner is killed, and however
 * many runners try.
 *
 *   moved    done; the checkpoint stands where it was, one order further
 *   lost     another runner was there: what is known of the partition is stale
 *   refused  the order does not fit what is parked, and is settled without a change
 */
export type Redriven =
  | { readonly type: 'moved'; readonly to: Checkpoint; readonly applied: readonly Recorded[]; readonly waiting: number }
  | { readonly type: 'lost' }
  | { readonly type: 'refused'; readonly reason: string }

export async function redrive(
  projection: Projection,
  sink: Sink,
  postgres: Postgres,
  from: Checkpoint,
  order: Order,
): Promise<Redriven> {
  const waiting = await waitingEvents(postgres, projection, from, order.stream)
  const [first] = waiting
  const misfit = misfitOf(order, first?.position ?? null)
  if (misfit !== null) {
    await refuseOrder(postgres, order, misfit)
    return { type: 'refused', reason: misfit }
  }
  const tried = order.kind === 'skip' ? waiting.slice(1) : waiting
  const items = itemsOf(projection, tried)
  const rows = await sink.load(items, from)
  return applyItems(projection, sink, rows, items, new Set(), async (outcome): Promise<Redriven> => {
    const { applied, parked } = outcome
    const parkedStreams = new Set(from.parkedStreams)
    if (parked.length === 0) parkedStreams.delete(order.stream)
    const to: Checkpoint = { ...from, orders: from.orders + 1, parkedStreams }
    const still = new Set(parked.map(({ record }) => record.position))
    const gone = waiting.map(({ position }) => position).filter((position) => !still.has(position))
    const counts = { applied: applied.length, skipped: waiting.length - tried.length, gone }
    const move: Move = {
      from,
      to,
      statement: carryOut,
      values: [...placeOf(projection, from), ...valuesOf(order, counts, outcome)],
    }
    if (!(await sink.write(outcome, move))) return { type: 'lost' }
    return { type: 'moved', to, applied, waiting: parked.length }
  })
}

/** Why the order cannot be carried out on what is parked; null if it can. */
function misfitOf({ kind, skipPosition }: Order, first: number | null): string | null {
  if (first === null) return nothingParked
  if (kind === 'redrive' || skipPosition === first) return null
  return `The first event of the stream that is parked is at position ${first}, not ${skipPosition}.`
}

/** The step of an order: see `moveCheckpoints` for that of a batch. */
const carryOut: Statement = {
  parameters: 18,
  text: `
  WITH moved AS (
    UPDATE read_model.checkpoint
    SET orders = orders + 1, applied = applied + $8::bigint, skipped = skipped + $9::bigint,
        not_applicable = not_applicable + cardinality($10::bigint[]) - $8::bigint - $9::bigint,
        parked = parked - cardinality($10::bigint[]), updated_at = now()
    WHERE ${unmoved}
      AND NOT EXISTS (SELECT FROM read_model.parking_outcome WHERE order_id = $14::uuid)
    RETURNING 1::bigint AS n
  ), unparked AS (
    DELETE FROM read_model.parked p USING moved
    WHERE (p.model, p.version, p.topic, p.partition) = ($1, $2, $3, $4) AND p.position = ANY ($10::bigint[])
  ), failed AS (
    UPDATE read_model.parked p SET error = $12::text, stack = $13::text FROM moved
    WHERE (p.model, p.version, p.topic, p.partition) = ($1, $2, $3, $4) AND p.position = $11::bigint
  ), settled AS (
    INSERT INTO read_model.parking_outcome (order_id, tenant_id, outcome, applied, waiting, reason)
    SELECT $14::uuid, $15::uuid, $16::text, $17::bigint, $18::bigint, $12::text FROM moved
  )`,
}

function valuesOf(
  { orderId, tenantId }: Order,
  counts: { readonly applied: number; readonly skipped: number; readonly gone: readonly number[] },
  { parked }: Outcome,
): unknown[] {
  const { applied, skipped, gone } = counts
  const [first] = parked
  const failed = [first?.record.position ?? null, storable(first?.error ?? null), storable(first?.stack ?? null)]
  const outcome = first === undefined ? 'applied' : 'parked'
  return [applied, skipped, gone, ...failed, orderId, tenantId, outcome, applied, parked.length]
}
