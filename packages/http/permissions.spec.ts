import { expect, test } from '@jest/globals'
import { isAllowed, type Permission, permissions, roles } from './permissions.ts'

const all = Object.keys(permissions) as Permission[]
const allowedTo = (role: (typeof roles)[number]) => all.filter((permission) => isAllowed([role], permission))

test('no role, no permission', () => {
  expect(all.filter((permission) => isAllowed([], permission))).toEqual([])
})

test('an owner may do everything of its tenant, and sees nothing of others', () => {
  expect(allowedTo('owner')).toEqual(
    all.filter((permission) => permission !== 'system:read' && permission !== 'projection:operate'),
  )
})

test.each(['viewer', 'analyst'] as const)('a %s only reads', (role) => {
  expect(allowedTo(role)).toEqual(
    all.filter((permission) => permission.endsWith(':read') && !/^(projection|system):/.test(permission)),
  )
})

test('who runs a campaign does not approve it', () => {
  const approving: Permission[] = ['campaign:approve', 'campaign:reject']
  expect(roles.filter((role) => approving.some((permission) => isAllowed([role], permission)))).toEqual([
    'owner',
    'accountManager',
  ])
})

test('money is decided by owner, accountManager and billingAdmin', () => {
  expect(roles.filter((role) => isAllowed([role], 'budget:revise'))).toEqual([
    'owner',
    'accountManager',
    'billingAdmin',
  ])
})

test('an operator sees how the system does, works off what is parked, and sees no figures', () => {
  expect(allowedTo('operator')).toEqual(['projection:read', 'projection:operate', 'system:read'])
})
