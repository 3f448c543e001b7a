import { RoleId } from '@bizosaas/schemas'
import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { testDeciderLaws } from '../testing/decider-laws.ts'
import { eventsOf, live } from '../testing/history.ts'
import { type RoleCommand, role } from './role.ts'

const roleId = RoleId.parse('019ab000-0000-4000-8000-000000000001')
const say = (type: 'define' | 'revise', name: string, ...permissions: string[]): RoleCommand => ({
  type,
  roleId,
  name,
  permissions,
})
const retire: RoleCommand = { type: 'retire', roleId }
const after = (...commands: RoleCommand[]) => live(role, commands).at(-1)?.after ?? role.initial

describe('a role of an agency', () => {
  test('is a set of permissions, in one order', () => {
    const [defined] = eventsOf(
      role.decide(say('define', 'Buyer', 'metrics:read', 'campaign:read', 'metrics:read'), null),
    )
    expect(defined).toMatchObject({ type: 'RoleDefined', data: { permissions: ['campaign:read', 'metrics:read'] } })
    const there = after(say('define', 'Buyer', 'metrics:read', 'campaign:read'))
    expect(role.decide(say('revise', 'Buyer', 'campaign:read', 'metrics:read'), there)).toEqual([])
    expect(role.decide(say('revise', 'Buyer', 'campaign:read'), there)).toHaveLength(1)
    expect(role.decide(say('revise', 'Planner', 'campaign:read', 'metrics:read'), there)).toHaveLength(1)
    expect(role.clientOf(there)).toBeNull()
  })

  test('that is retired changes no more, and one that was never defined is not there', () => {
    const retired = after(say('define', 'Buyer', 'metrics:read'), retire)
    expect(role.decide(retire, retired)).toEqual([])
    expect(role.decide(say('revise', 'Planner', 'metrics:read'), retired)).toMatchObject({ refusal: 'illegal-step' })
    for (const command of [retire, say('revise', 'x', 'y')])
      expect(role.decide(command, null)).toMatchObject({ refusal: 'not-found' })
  })

  testDeciderLaws(
    role,
    fc.oneof(
      fc.constant(retire),
      fc
        .tuple(
          fc.constantFrom('define' as const, 'revise' as const),
          fc.constantFrom('A', 'B'),
          fc.subarray(['p', 'q', 'r']),
        )
        .map(([type, name, permissions]) => say(type, name, ...permissions)),
    ),
  )
})
