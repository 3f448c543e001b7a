import type { Postgres, Queryable } from '@bizosaas/databases'
import type { RebuildOrderKind } from '../../analytics/rebuild-orders/rebuild-orders.ts'
import { isLockTimeout } from '../lock-timeout.ts'

/** So long an order waits for what else is done with its model; then those about other models have their turn. */
const locksWithinMs = 1_000

/** What an operator ordered about a rebuild; see projections/analytics/rebuild-orders. */
export type RebuildOrder = {
  readonly orderId: string
  readonly tenantId: string
  readonly rebuildId: string
  readonly kind: RebuildOrderKind
  readonly model: string
  readonly definition: number | null
  readonly workers: number
  readonly acceptedDifference: string | null
  /** How long ago it was given, in seconds. */
  readonly age: number
}

/** The orders that nothing has come of yet, in the order in which they were given. */
export function pendingRebuildOrders(db: Queryable, orders: string): Promise<RebuildOrder[]> {
  return db.query<RebuildOrder>(
    `SELECT order_id AS "orderId", tenant_id AS "tenantId", rebuild_id AS "rebuildId", kind, model, definition,
       coalesce(workers, 1) AS workers, accepted_difference AS "acceptedDifference",
       extract(epoch FROM now() - ordered_at)::float8 AS age
     FROM ${orders} o
     WHERE NOT EXISTS (SELECT FROM read_model.rebuild_outcome s WHERE s.order_id = o.order_id)
     ORDER BY position`,
  )
}

/** It does not fit what is found, so nothing is changed; the message says why, to the person who gave it. */
export class Refused extends Error {
  override readonly name = 'Refused'
}

/** It may fit a little later: it stays pending, and is tried again. */
export class NotYet extends Error {
  override readonly name = 'NotYet'
}

/** What an order changes, in one transaction with its outcome. @throws Refused, NotYet */
export type Step = (tx: Queryable, order: RebuildOrder) => Promise<void>

/**
 * Carries an order out, with its outcome in the same transaction; an order that has an outcome changes nothing. Orders about one
 * model are carried out one after the other, however many runners try.
 *
 * @returns why it was refused; null when it is done, by whomever
 * @throws NotYet
 */
export async function carryOut(postgres: Postgres, order: RebuildOrder, step: Step): Promise<string | null> {
  try {
    await postgres.transaction(async (tx) => {
      await tx.query(`SET LOCAL lock_timeout = ${locksWithinMs}`)
      await tx.query('SELECT pg_advisory_xact_lock(hashtextextended($1, 0))', [`rebuild ${order.model}`])
      if (!(await settle(tx, order, null))) return
      await step(tx, order)
    })
    return null
  } catch (error) {
    if (isLockTimeout(error))
      throw new NotYet(
        `Rows of ${order.model} are being written just now, or indexes made, or another order carried out.`,
      )
    if (!(error instanceof Refused)) throw error
    await settle(postgres, order, error.message)
    return error.message
  }
}

export async function isSettled(db: Queryable, { orderId }: RebuildOrder): Promise<boolean> {
  return (await db.query('SELECT FROM read_model.rebuild_outcome WHERE order_id = $1', [orderId])).length > 0
}

/** @returns false if that was done before */
async function settle(db: Queryable, { orderId, tenantId }: RebuildOrder, reason: string | null): Promise<boolean> {
  const settled = await db.query(
    `INSERT INTO read_model.rebuild_outcome (order_id, tenant_id, outcome, reason) VALUES ($1, $2, $3, $4)
     ON CONFLICT DO NOTHING RETURNING order_id`,
    [orderId, tenantId, reason === null ? 'done' : 'refused', reason],
  )
  return settled.length > 0
}
