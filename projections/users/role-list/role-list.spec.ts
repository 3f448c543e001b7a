import { type EventData, type EventType, RoleId, streamName } from '@bizosaas/schemas'
import { expect, test } from '@jest/globals'
import type { Recorded, Row } from '../../runner/projection.ts'
import { recorded, tenantA, uuid } from '../../runner/spec-support/records.ts'
import { roleList } from './role-list.ts'

const roleId = RoleId.parse(uuid('8', 1))
const facts = { stream: streamName('role', tenantA, roleId), clientId: null }
const said = <T extends EventType>(type: T, data: Omit<EventData[T], 'roleId'>) =>
  recorded(type, { roleId, ...data } as unknown as EventData[T], facts as object) as Recorded
const defined = said('RoleDefined', { name: 'Planner', permissions: ['campaign:create'] })
const revised = said('RoleRevised', { name: 'Reader', permissions: ['campaign:read', 'metrics:read'] })
const retired = said('RoleRetired', {})

/** The row after these events, each recorded a second after the one before. */
const rowAfter = (...events: Recorded[]) =>
  events.reduce<Row | null>((row, event, n) => {
    const recordedAt = `2026-11-22T00:00:0${n}.000000Z`
    return roleList.handle(row, { ...event, revision: n, position: 100 + n, recordedAt } as Recorded)
  }, null)

test('a role is what was said of it last, and says when it is retired', () => {
  expect(rowAfter(defined, revised)).toEqual({
    tenant_id: tenantA,
    id: roleId,
    client_id: null,
    name: 'Reader',
    permissions: ['campaign:read', 'metrics:read'],
    is_retired: false,
    revision: 1,
    position: 101,
    created_at: '2026-11-22T00:00:00.000000Z',
    changed_at: '2026-11-22T00:00:01.000000Z',
  })
  expect(rowAfter(defined, retired)).toMatchObject({ name: 'Planner', is_retired: true, revision: 1 })
})

test('refuses events of a role that was never defined, or that stand with another one', () => {
  expect(() => rowAfter(retired)).toThrow('never defined')
  const elsewhere = { ...defined, stream: streamName('role', tenantA, uuid('8', 2)) } as Recorded
  expect(() => roleList.id(elsewhere)).toThrow('stands in the stream')
})
