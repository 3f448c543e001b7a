/** What roles of the agency's own carry, and how far people may hand on what they have. */
import {
  grantable,
  isAllowed,
  notFound,
  type Permission,
  type Role as Preset,
  type Principal,
  Problem,
} from '@bizosaas/http'
import { streamName, type TenantId } from '@bizosaas/schemas'
import type { People } from './people.ts'
import type { Role } from './role.ts'

/** What the agency's own roles carry together; those that are retired carry nothing. */
export async function permissionsOf(
  people: Pick<People, 'roles'>,
  tenantId: TenantId,
  roleIds: readonly string[],
): Promise<Permission[]> {
  return carriedBy(await rolesOf(people, tenantId, roleIds))
}

export function carriedBy(roles: readonly Role[]): Permission[] {
  const held = new Set(roles.flatMap((role) => (role === null || role.isRetired ? [] : role.permissions)))
  return grantable.filter((permission) => held.has(permission))
}

/**
 * Nobody gives to others what they do not hold themselves.
 *
 * @throws Problem not-found for a role of the agency's own that is not there, or retired; forbidden
 */
export async function requireGrantable(
  people: Pick<People, 'roles'>,
  sender: Principal,
  given: { readonly roles: readonly Preset[]; readonly customRoles: readonly string[] },
): Promise<void> {
  const own = await rolesOf(people, sender.tenantId, given.customRoles)
  const missing = given.customRoles.find((_, n) => own[n] == null || own[n].isRetired)
  if (missing !== undefined) throw notFound(`There is no role ${missing}.`)
  const rights = { roles: given.roles, permissions: carriedBy(own) }
  const beyond = grantable.find((permission) => isAllowed(rights, permission) && !isAllowed(sender, permission))
  if (beyond !== undefined)
    throw new Problem('forbidden', `Nobody gives what they do not hold: this gives ${beyond}, which you do not have.`)
}

async function rolesOf({ roles }: Pick<People, 'roles'>, tenantId: TenantId, ids: readonly string[]): Promise<Role[]> {
  const found = ids.map((id) => roles.refresh(streamName('role', tenantId, id)))
  return (await Promise.all(found)).map(({ state }) => state)
}
