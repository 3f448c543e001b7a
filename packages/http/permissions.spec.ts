import { expect, test } from '@jest/globals'
import { Type } from 'typebox'
import { grantable, isAllowed, type Permission, permissions, roles } from './permissions.ts'
import { get } from './route.ts'

const all = Object.keys(permissions) as Permission[]
const allows = (role: (typeof roles)[number], permission: Permission) =>
  isAllowed({ roles: [role], permissions: [] }, permission)
const allowedTo = (role: (typeof roles)[number]) => all.filter((permission) => allows(role, permission))

test('no role, no permission', () => {
  expect(all.filter((permission) => isAllowed({ roles: [], permissions: [] }, permission))).toEqual([])
})

test('an owner may do everything of its tenant, and sees nothing of others', () => {
  const ofOthers = /^(agency:|routePolicy:|system:read$|projection:operate$|invitation:accept$|password:check$)/
  expect(allowedTo('owner')).toEqual(all.filter((permission) => !ofOthers.test(permission)))
})

test.each(['viewer', 'analyst'] as const)('a %s only reads, and edits itself', (role) => {
  const reading = all.filter(
    (permission) =>
      permission.endsWith(':read') &&
      !/^(agency|application|auditTrail|projection|role|routePolicy|session|system|user):/.test(permission),
  )
  expect(allowedTo(role)).toEqual([...reading, 'self:edit'])
})

test('who runs a campaign does not approve it', () => {
  const approving: Permission[] = ['campaign:approve', 'campaign:reject']
  expect(roles.filter((role) => approving.some((permission) => allows(role, permission)))).toEqual([
    'owner',
    'accountManager',
  ])
})

test('money is decided by owner, accountManager and billingAdmin', () => {
  expect(roles.filter((role) => allows(role, 'budget:revise'))).toEqual(['owner', 'accountManager', 'billingAdmin'])
})

test('an operator sees how the system does, works off what is parked, looks after agencies and routes, and sees no figures', () => {
  expect(allowedTo('operator')).toEqual([
    'projection:read',
    'projection:operate',
    'self:read',
    'self:edit',
    'auditTrail:read',
    'agency:read',
    'agency:provision',
    'agency:activate',
    'agency:suspend',
    'agency:offboard',
    'routePolicy:read',
    'routePolicy:draft',
    'routePolicy:revise',
    'routePolicy:publish',
    'routePolicy:retire',
    'system:read',
  ])
})

test("a role of an agency's own carries what it names, and nothing of those who run the system", () => {
  const held = { roles: ['viewer'], permissions: ['budget:revise'] } as const
  expect(all.filter((permission) => isAllowed(held, permission) && !allows('viewer', permission))).toEqual([
    'budget:revise',
  ])
  expect(grantable).toEqual(allowedTo('owner'))
})

test('there is no route without a permission of the table: neither does it compile, nor does its service start', () => {
  const said = { summary: 'Read', answer: Type.Object({}), run: () => ({}) }
  // @ts-expect-error it names no permission
  expect(() => get('/v1/things', said)).toThrow('/v1/things needs a permission')
  // @ts-expect-error the table does not know it
  expect(() => get('/v1/things', { ...said, may: 'thing:read' })).toThrow('/v1/things needs a permission')
  expect(get('/v1/things', { ...said, may: 'campaign:read' }).may).toBe('campaign:read')
})
