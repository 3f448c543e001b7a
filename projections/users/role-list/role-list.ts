import type { EventType, Instant } from '@bizosaas/schemas'
import { type FoldHandlers, fold, type Owned, type Recorded } from '../../runner/projection.ts'

/** A role of an agency's own, as it is now. */
export type RoleRow = Owned & {
  readonly id: string
  readonly name: string
  readonly permissions: readonly string[]
  readonly is_retired: boolean
  readonly revision: number
  readonly position: number
  readonly created_at: Instant
  readonly changed_at: Instant
}

type RoleEventType = Extract<EventType, `Role${string}`>
type RoleEvent = Recorded<RoleEventType>

const on: Required<Pick<FoldHandlers<RoleRow>, RoleEventType>> = {
  RoleDefined: (_, event) => ({
    tenant_id: event.tenantId,
    id: event.data.roleId,
    client_id: event.clientId,
    name: event.data.name,
    permissions: event.data.permissions,
    is_retired: false,
    revision: event.revision,
    position: event.position,
    created_at: event.recordedAt,
    changed_at: event.recordedAt,
  }),
  RoleRevised: (row, event) => changed(row, event, { name: event.data.name, permissions: event.data.permissions }),
  RoleRetired: (row, event) => changed(row, event, { is_retired: true }),
}

export const roleList = fold<RoleRow>({
  name: 'role-list',
  version: 1,
  table: new URL('./table.sql', import.meta.url),
  id: idOf,
  on,
})

function changed(row: RoleRow | null, event: RoleEvent, fields: Partial<RoleRow>): RoleRow {
  if (row === null) throw new Error(`${event.type} of a role that was never defined.`)
  return { ...row, ...fields, revision: event.revision, position: event.position, changed_at: event.recordedAt }
}

/** @throws if its stream is another role's: a row has one writer stream */
function idOf(event: Recorded): string {
  const { roleId } = (event as RoleEvent).data
  if (!event.stream.endsWith(`.${roleId}`))
    throw new Error(`An event of role ${roleId} stands in the stream ${event.stream}.`)
  return roleId
}
