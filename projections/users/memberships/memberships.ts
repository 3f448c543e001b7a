import type { Instant, UserId } from '@bizosaas/schemas'
import { fold, type Owned } from '../../runner/projection.ts'
import { type MembershipFold, userIdOf } from '../events.ts'

/** What a person may do, and for whom. */
export type MembershipRow = Owned & {
  /** The person's. */
  readonly id: UserId
  readonly roles: readonly string[]
  readonly custom_roles: readonly string[]
  /** Null for all of the agency. */
  readonly clients: readonly string[] | null
  readonly is_revoked: boolean
  readonly revision: number
  readonly position: number
  readonly changed_at: Instant
}

const on: MembershipFold<MembershipRow> = {
  MembershipAssigned: (_, event) => ({
    tenant_id: event.tenantId,
    id: event.data.userId,
    client_id: event.data.clientId,
    roles: event.data.roles,
    custom_roles: event.data.customRoles,
    clients: event.data.clients,
    is_revoked: false,
    revision: event.revision,
    position: event.position,
    changed_at: event.recordedAt,
  }),
  MembershipRevoked: (row, event) => {
    if (row === null) throw new Error('A membership was revoked that was never assigned.')
    const { revision, position, recordedAt } = event
    return { ...row, is_revoked: true, revision, position, changed_at: recordedAt }
  },
}

export const memberships = fold<MembershipRow>({
  name: 'memberships',
  version: 1,
  table: new URL('./table.sql', import.meta.url),
  id: userIdOf,
  on,
})
