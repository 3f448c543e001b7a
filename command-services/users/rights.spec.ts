import { grantable, type Permission, permissions } from '@bizosaas/http'
import { RoleId } from '@bizosaas/schemas'
import { expect, test } from '@jest/globals'
import fc from 'fast-check'
import { carriedBy } from './rights.ts'

const all = Object.keys(permissions) as Permission[]
const aRole = fc.record({
  roleId: fc.constant(RoleId.parse('019ab000-0000-4000-8000-0000000000a1')),
  name: fc.string(),
  permissions: fc.array(fc.oneof(fc.constantFrom(...all), fc.string())),
  isRetired: fc.boolean(),
})

test("the agency's own roles carry what those name that are not retired, as far as an agency can give it", () => {
  fc.assert(
    fc.property(fc.array(fc.option(aRole)), (roles) => {
      const carried = carriedBy(roles)
      for (const permission of all) {
        const isNamed = roles.some((role) => role && !role.isRetired && role.permissions.includes(permission))
        expect(carried.includes(permission)).toBe(isNamed && grantable.includes(permission))
      }
    }),
  )
})
