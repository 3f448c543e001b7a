import { randomUUID } from 'node:crypto'
import type { Postgres } from '@bizosaas/databases'
import type { TopicRecord } from '@bizosaas/kafka'
import { parkedStreamId } from '@bizosaas/schemas'
import { type ParkingOrderRow, parkingOrders } from '../../analytics/parking-orders/parking-orders.ts'
import { type Order, pendingOrders } from '../orders.ts'
import type { Projection } from '../projection.ts'
import { ensurePostgresTable } from '../tables.ts'

/** What an operator orders, as a row of parking-orders says it: about the stream of a record. */
export async function giveOrder(
  postgres: Postgres,
  { name, version }: Projection,
  { stream, metadata }: TopicRecord,
  skipPosition: number | null = null,
): Promise<string> {
  const table = await ensurePostgresTable(postgres, parkingOrders)
  const [last] = await postgres.query<{ position: number }>(
    `SELECT coalesce(max(position), 0) AS position FROM ${table.name}`,
  )
  const row: Omit<ParkingOrderRow, 'tenant_id'> & { tenant_id: string | undefined } = {
    tenant_id: metadata?.tenantId,
    client_id: null,
    parked_stream_id: parkedStreamId({ model: name, version, stream }),
    order_id: randomUUID(),
    kind: skipPosition === null ? 'redrive' : 'skip',
    model: name,
    version,
    stream,
    skip_position: skipPosition,
    reason: null,
    ordered_by: 'user:olga',
    ordered_at: metadata?.recordedAt as ParkingOrderRow['ordered_at'],
    position: (last?.position ?? 0) + 1,
  }
  const columns = Object.keys(row)
  const places = columns.map((_, index) => `$${index + 1}`)
  await postgres.query(
    `INSERT INTO ${table.name} (${columns.join(', ')}) VALUES (${places.join(', ')})`,
    Object.values(row),
  )
  return row.order_id
}

/** As the runner finds it. */
export async function orderOf(postgres: Postgres, projection: Projection, orderId: string): Promise<Order> {
  const table = await ensurePostgresTable(postgres, parkingOrders)
  const order = (await pendingOrders(postgres, table.name, projection)).find((each) => each.orderId === orderId)
  if (order === undefined) throw new Error(`The order ${orderId} is not pending.`)
  return order
}

export type Settled = {
  readonly outcome: string
  readonly applied: number
  readonly waiting: number
  readonly reason: string | null
}

/** What came of an order; null while it is pending. */
export async function outcomeOf(postgres: Postgres, orderId: string): Promise<Settled | null> {
  const [row] = await postgres.query<Settled>(
    'SELECT outcome, applied, waiting, reason FROM read_model.parking_outcome WHERE order_id = $1',
    [orderId],
  )
  return row ?? null
}
