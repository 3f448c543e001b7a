import { ClientId, UserId } from '@bizosaas/schemas'
import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { testDeciderLaws } from '../testing/decider-laws.ts'
import { eventsOf, live } from '../testing/history.ts'
import { type MembershipCommand, membership, presets } from './membership.ts'

const userId = UserId.parse('019ab000-0000-4000-8000-000000000001')
const [c1, c2] = ['019ab000-0000-4000-8000-0000000000c1', '019ab000-0000-4000-8000-0000000000c2'].map(
  ClientId.parse,
) as [ClientId, ClientId]
type Assign = Extract<MembershipCommand, { type: 'assign' }>
const assign = (changes: Partial<Assign> = {}): MembershipCommand => ({
  type: 'assign',
  userId,
  clientId: null,
  roles: ['analyst'],
  customRoles: [],
  clients: null,
  byOwner: false,
  ...changes,
})
const revoke = (byOwner: boolean): MembershipCommand => ({ type: 'revoke', userId, byOwner })
const after = (...commands: MembershipCommand[]) => live(membership, commands).at(-1)?.after ?? membership.initial

describe('a membership', () => {
  test('says roles and clients in one order, each once, so that the same said otherwise changes nothing', () => {
    const one = assign({ roles: ['viewer', 'analyst', 'viewer'], customRoles: ['b', 'a'], clients: [c2, c1] })
    expect(eventsOf(membership.decide(one, null))).toMatchObject([
      { data: { roles: ['analyst', 'viewer'], customRoles: ['a', 'b'], clients: [c1, c2] } },
    ])
    const other = assign({ roles: ['analyst', 'viewer'], customRoles: ['a', 'b'], clients: [c1, c2, c1] })
    expect(membership.decide(other, after(one))).toEqual([])
    expect(membership.decide(assign({ clients: [c1] }), after(assign({ clients: null })))).toHaveLength(1)
  })

  test('of a person of a client is for that client alone', () => {
    const of = (clients: ClientId[] | null) => membership.decide(assign({ clientId: c1, clients }), null)
    for (const clients of [null, [], [c2], [c1, c2]]) expect(of(clients)).toMatchObject({ refusal: 'invalid' })
    expect(of([c1])).toHaveLength(1)
    expect(membership.clientOf(after(assign({ clientId: c1, clients: [c1] })))).toBe(c1)
    expect(membership.clientOf(null)).toBeNull()
  })

  test('makes or unmakes an owner only if an owner says so', () => {
    const owner = assign({ roles: ['owner'], byOwner: true })
    expect(membership.decide(assign({ roles: ['owner'] }), null)).toMatchObject({ refusal: 'forbidden' })
    expect(membership.decide(owner, null)).toHaveLength(1)
    for (const command of [assign(), revoke(false)])
      expect(membership.decide(command, after(owner))).toMatchObject({ refusal: 'forbidden' })
    for (const command of [assign({ byOwner: true }), revoke(true)])
      expect(membership.decide(command, after(owner))).toHaveLength(1)
    // Who is an owner no more is like anybody else.
    expect(membership.decide(assign(), after(owner, revoke(true)))).toHaveLength(1)
  })

  test('without a role is refused; taken away it can be given again', () => {
    expect(membership.decide(assign({ roles: [] }), null)).toMatchObject({ refusal: 'invalid' })
    expect(membership.decide(assign({ roles: [], customRoles: ['a'] }), null)).toHaveLength(1)
    expect(membership.decide(revoke(false), null)).toMatchObject({ refusal: 'not-found' })
    const revoked = after(assign(), revoke(false))
    expect(membership.decide(revoke(false), revoked)).toEqual([])
    expect(membership.decide(assign(), revoked)).toHaveLength(1)
  })

  testDeciderLaws(
    membership,
    fc.oneof(
      fc.boolean().map(revoke),
      fc
        .record({
          roles: fc.subarray([...presets]),
          customRoles: fc.subarray(['a', 'b']),
          clients: fc.option(fc.subarray([c1, c2])),
          clientId: fc.constantFrom(null, c1),
          byOwner: fc.boolean(),
        })
        .map(assign),
    ),
  )
})
