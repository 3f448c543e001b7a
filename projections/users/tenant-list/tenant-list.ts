import { ClientId, type EventType, type Instant, type TenantId } from '@bizosaas/schemas'
import { type FoldHandlers, fold, type Owned, type Recorded } from '../../runner/projection.ts'

/** An agency or a client of one, as it is now. */
export type TenantRow = Owned & {
  /** The agency's, which is its `tenant_id` as well, or the client's, which is its `client_id`. */
  readonly id: TenantId
  /** Null for an agency. */
  readonly agency_id: string | null
  readonly name: string
  readonly state: 'provisioning' | 'active' | 'suspended' | 'offboarding'
  /** Why it is suspended; null in every other state. */
  readonly reason: string | null
  readonly revision: number
  readonly position: number
  readonly created_at: Instant
  readonly changed_at: Instant
}

type TenantEventType = Extract<EventType, `Tenant${string}`>
type TenantEvent = Recorded<TenantEventType>

const on: Required<Pick<FoldHandlers<TenantRow>, TenantEventType>> = {
  TenantProvisioned: (_, event) => {
    const { tenantId, agencyId, name } = event.data
    return {
      tenant_id: event.tenantId,
      id: tenantId,
      client_id: agencyId === null ? null : ClientId.parse(tenantId),
      agency_id: agencyId,
      name,
      state: 'provisioning',
      reason: null,
      revision: event.revision,
      position: event.position,
      created_at: event.recordedAt,
      changed_at: event.recordedAt,
    }
  },
  TenantRenamed: (row, event) => changed(row, event, { name: event.data.name }),
  TenantActivated: (row, event) => changed(row, event, { state: 'active', reason: null }),
  TenantSuspended: (row, event) => changed(row, event, { state: 'suspended', reason: event.data.reason }),
  TenantOffboarded: (row, event) => changed(row, event, { state: 'offboarding', reason: null }),
}

export const tenantList = fold<TenantRow>({
  name: 'tenant-list',
  version: 1,
  table: new URL('./table.sql', import.meta.url),
  id: idOf,
  on,
})

function changed(row: TenantRow | null, event: TenantEvent, fields: Partial<TenantRow>): TenantRow {
  if (row === null) throw new Error(`${event.type} of an agency or client that was never set up.`)
  return { ...row, ...fields, revision: event.revision, position: event.position, changed_at: event.recordedAt }
}

/** @throws if its stream is another one's: a row has one writer stream */
function idOf(event: Recorded): string {
  const { tenantId } = (event as TenantEvent).data
  if (!event.stream.endsWith(`.${tenantId}`))
    throw new Error(`An event of agency or client ${tenantId} stands in the stream ${event.stream}.`)
  return tenantId
}
