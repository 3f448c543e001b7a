import { expect, test } from '@jest/globals'
import type { AvroField, Definition } from './load.ts'
import { unsealed } from './personal-data.ts'

const event = (...fields: AvroField[]): Definition => ({
  file: 'users/UserInvited.avsc',
  folder: 'users',
  name: 'UserInvited',
  version: 1,
  fullName: 'bizosaas.users.v1.UserInvited',
  schema: { type: 'record', name: 'UserInvited', namespace: 'bizosaas.users.v1', doc: 'x', category: 'user', fields },
})
const sealed = 'bizosaas.common.v1.Sealed'

test.each(['email', 'workEmail', 'phoneNumber', 'name', 'familyName', 'ip', 'ipAddress', 'postal_address'])(
  'a field called %s is refused unless it is sealed',
  (name) => {
    for (const type of ['string', ['null', 'string'], { type: 'map', values: 'string' }] as const)
      expect(unsealed([event({ name, type })], {})).toEqual([expect.stringContaining(`UserInvited.avsc ${name}:`)])
    for (const type of [sealed, ['null', sealed], { type: 'array', items: sealed }] as const)
      expect(unsealed([event({ name, type })], {})).toEqual([])
  },
)

test.each(['description', 'zip', 'recipient', 'tenantId', 'rename', 'shipped'])('%s is no personal word', (name) => {
  expect(unsealed([event({ name, type: 'string' })], {})).toEqual([])
})

test('a waiver lets its field pass, and is complained about once it fits none', () => {
  const named = event({ name: 'name', type: 'string' })
  expect(unsealed([named], { UserInvited: ['name'] })).toEqual([])
  expect(unsealed([event()], { UserInvited: ['name'] })).toEqual([expect.stringContaining('needs no waiver')])
})
