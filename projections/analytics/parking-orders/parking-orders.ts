import { type Instant, parkedStreamId, parseStreamName } from '@bizosaas/schemas'
import { type Owned, type Recorded, rows } from '../../runner/projection.ts'

/** What operators ordered about parked streams. The runner carries the orders out, and keeps what came of them. */
export type ParkingOrderRow = Owned & {
  readonly parked_stream_id: string
  readonly order_id: string
  readonly kind: 'redrive' | 'skip'
  readonly model: string
  readonly version: number
  readonly stream: string
  /** Of the event to be skipped; null for a redrive. */
  readonly skip_position: number | null
  readonly reason: string | null
  readonly ordered_by: string
  readonly ordered_at: Instant
  /** Of the order. */
  readonly position: number
}

type OrderEvent = Recorded<'ParkedStreamRedriveRequested' | 'ParkedEventSkipRequested'>

export const parkingOrders = rows<ParkingOrderRow>({
  name: 'parking-orders',
  version: 1,
  store: 'postgres',
  table: new URL('./table.sql', import.meta.url),
  on: {
    ParkedStreamRedriveRequested: (event) => [{ ...common(event), kind: 'redrive', skip_position: null }],
    ParkedEventSkipRequested: (event) => [{ ...common(event), kind: 'skip', skip_position: event.data.position }],
  },
})

function common(event: OrderEvent): Omit<ParkingOrderRow, 'kind' | 'skip_position'> {
  const { data, tenantId, clientId, actor, recordedAt, position } = event
  const { orderId, model, version, stream, reason } = data
  const parked_stream_id = parkedStreamId(data)
  if (!event.stream.endsWith(`.${parked_stream_id}`))
    throw new Error(`An order about ${stream} stands in the stream ${event.stream}.`)
  if (parseStreamName(stream)?.tenantId !== tenantId)
    throw new Error(`An order about ${stream}, which is not of the tenant ${tenantId}.`)
  return {
    tenant_id: tenantId,
    parked_stream_id,
    order_id: orderId,
    client_id: clientId,
    model,
    version,
    stream,
    reason,
    ordered_by: actor,
    ordered_at: recordedAt,
    position,
  }
}
