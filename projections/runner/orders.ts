import type { Postgres } from '@bizosaas/databases'
import type { TopicPartition } from '@bizosaas/kafka'
import type { Projection } from './projection.ts'

/** What an operator ordered about a parked stream; see projections/analytics/parking-orders. */
export type Order = {
  readonly orderId: string
  readonly tenantId: string
  readonly kind: 'redrive' | 'skip'
  readonly stream: string
  /** Of the event to be skipped. */
  readonly skipPosition: number | null
  /** Where the stream is parked; null when nothing of it is. */
  readonly place: TopicPartition | null
}

type OrderRow = {
  readonly order_id: string
  readonly tenant_id: string
  readonly kind: Order['kind']
  readonly stream: string
  readonly skip_position: number | null
  readonly topic: string | null
  readonly partition: number | null
}

/** The orders about a projection that nothing has come of yet, in the order in which they were given. */
export async function pendingOrders(
  postgres: Postgres,
  orders: string,
  { name, version }: Projection,
): Promise<Order[]> {
  const rows = await postgres.query<OrderRow>(
    `SELECT o.order_id, o.tenant_id, o.kind, o.stream, o.skip_position, p.topic, p.partition
     FROM ${orders} o
     LEFT JOIN LATERAL (
       SELECT topic, partition FROM read_model.parked
       WHERE (model, version, stream) = (o.model, o.version, o.stream) AND tenant_id = o.tenant_id
       ORDER BY position LIMIT 1
     ) p ON true
     WHERE o.model = $1 AND o.version = $2
       AND NOT EXISTS (SELECT FROM read_model.parking_outcome s WHERE s.order_id = o.order_id)
     ORDER BY o.position`,
    [name, version],
  )
  return rows.map(({ order_id, tenant_id, kind, stream, skip_position, topic, partition }) => ({
    orderId: order_id,
    tenantId: tenant_id,
    kind,
    stream,
    skipPosition: skip_position,
    place: topic === null || partition === null ? null : { topic, partition },
  }))
}

export const nothingParked = 'Nothing of the stream is parked.'

/** Settles an order without a change. One that was carried out meanwhile stays as it is. */
export async function refuseOrder(postgres: Postgres, { orderId, tenantId }: Order, reason: string): Promise<void> {
  await postgres.query(
    `INSERT INTO read_model.parking_outcome (order_id, tenant_id, outcome, reason) VALUES ($1, $2, 'refused', $3)
     ON CONFLICT DO NOTHING`,
    [orderId, tenantId, reason],
  )
}
