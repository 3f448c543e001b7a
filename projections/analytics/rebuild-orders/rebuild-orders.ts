import type { Instant } from '@bizosaas/schemas'
import { type Owned, type Recorded, rows } from '../../runner/projection.ts'

/** What operators ordered about rebuilds of read models. The runner carries the orders out, and keeps what came of them. */
export type RebuildOrderRow = Owned & {
  readonly rebuild_id: string
  readonly order_id: string
  readonly kind: RebuildOrderKind
  readonly model: string
  /** Of the order that begins a rebuild; null is the newest that the runner knows. */
  readonly definition: number | null
  /** Of the order that begins a rebuild. */
  readonly workers: number | null
  /** Of a cut-over: digest of the difference that was seen and is accepted. */
  readonly accepted_difference: string | null
  readonly reason: string | null
  readonly ordered_by: string
  readonly ordered_at: Instant
  /** Of the order. */
  readonly position: number
}

export type RebuildOrderKind = 'build' | 'pause' | 'resume' | 'cancel' | 'verify' | 'cut-over' | 'roll-back' | 'retire'

type OrderEvent = Recorded<
  | 'RebuildRequested'
  | 'RebuildPaused'
  | 'RebuildResumed'
  | 'RebuildCancelled'
  | 'RebuildVerificationRequested'
  | 'CutOverRequested'
  | 'RollBackRequested'
  | 'RetirementRequested'
>

export const rebuildOrders = rows<RebuildOrderRow>({
  name: 'rebuild-orders',
  version: 1,
  store: 'postgres',
  table: new URL('./table.sql', import.meta.url),
  on: {
    RebuildRequested: (event) => {
      const { definition, workers } = event.data
      return [{ ...order(event, 'build'), definition, workers }]
    },
    RebuildPaused: (event) => [order(event, 'pause')],
    RebuildResumed: (event) => [order(event, 'resume')],
    RebuildCancelled: (event) => [order(event, 'cancel')],
    RebuildVerificationRequested: (event) => [order(event, 'verify')],
    CutOverRequested: (event) => [{ ...order(event, 'cut-over'), accepted_difference: event.data.acceptedDifference }],
    RollBackRequested: (event) => [order(event, 'roll-back')],
    RetirementRequested: (event) => [order(event, 'retire')],
  },
})

function order(event: OrderEvent, kind: RebuildOrderKind): RebuildOrderRow {
  const { data, tenantId, clientId, actor, recordedAt, position, stream } = event
  const { rebuildId, orderId, model, reason } = data
  if (!stream.endsWith(`.${rebuildId}`))
    throw new Error(`An order about the rebuild ${rebuildId} stands in the stream ${stream}.`)
  return {
    tenant_id: tenantId,
    rebuild_id: rebuildId,
    order_id: orderId,
    client_id: clientId,
    kind,
    model,
    definition: null,
    workers: null,
    accepted_difference: null,
    reason,
    ordered_by: actor,
    ordered_at: recordedAt,
    position,
  }
}
