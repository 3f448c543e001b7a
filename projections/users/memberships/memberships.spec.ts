import { streamName, UserId } from '@bizosaas/schemas'
import { expect, test } from '@jest/globals'
import { client1, recorded, tenantA, uuid } from '../../runner/spec-support/records.ts'
import { memberships } from './memberships.ts'

const userId = UserId.parse(uuid('9', 1))
const stream = streamName('membership', tenantA, userId)
const data = { userId, clientId: client1, roles: ['viewer'], customRoles: ['r'], clients: [client1 as string] }
const assigned = recorded('MembershipAssigned', data, { stream })
const revoked = recorded('MembershipRevoked', { userId }, { stream, revision: 1, position: 105 })

test('a membership is what was assigned last, and says when it was revoked', () => {
  const row = memberships.handle(null, assigned)
  expect(row).toEqual({
    tenant_id: tenantA,
    id: userId,
    client_id: client1,
    roles: ['viewer'],
    custom_roles: ['r'],
    clients: [client1],
    is_revoked: false,
    revision: 0,
    position: 100,
    changed_at: assigned.recordedAt,
  })
  const gone = memberships.handle(row, revoked)
  expect(gone).toEqual({ ...row, is_revoked: true, revision: 1, position: 105 })
  const again = recorded('MembershipAssigned', { ...data, clients: null, roles: ['owner'] }, { stream, revision: 2 })
  expect(memberships.handle(gone, again)).toMatchObject({
    roles: ['owner'],
    clients: null,
    is_revoked: false,
    revision: 2,
  })
})

test('one that was never assigned cannot be revoked', () => {
  expect(() => memberships.handle(null, revoked)).toThrow('never assigned')
})
