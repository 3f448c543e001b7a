/** A role of the agency's own: a name for a set of permissions. Retired, it is given to nobody any more. */
import { alreadyDone, type Decider } from '@bizosaas/event-store'
import type { DomainEvent, RoleDefined, RoleRetired } from '@bizosaas/schemas'

export type RoleEvent = DomainEvent<'RoleDefined' | 'RoleRevised' | 'RoleRetired'>
export type RoleCommand =
  | ({ readonly type: 'define' | 'revise' } & RoleDefined)
  | ({ readonly type: 'retire' } & RoleRetired)

/** Null before it is defined. */
export type Role = (RoleDefined & { readonly isRetired: boolean }) | null

export const role: Decider<RoleCommand, RoleEvent, Role> = {
  category: 'role',
  initial: null,
  clientOf: () => null,

  decide(command, role) {
    const { roleId } = command
    if (command.type === 'define') return role === null ? [{ type: 'RoleDefined', data: dataOf(command) }] : alreadyDone
    if (role === null) return { refusal: 'not-found', detail: `There is no role ${roleId}.` }
    if (command.type === 'retire') return role.isRetired ? alreadyDone : [{ type: 'RoleRetired', data: { roleId } }]
    const data = dataOf(command)
    if (JSON.stringify([data.name, data.permissions]) === JSON.stringify([role.name, role.permissions]))
      return alreadyDone
    if (role.isRetired)
      return {
        refusal: 'illegal-step',
        detail: 'The role is retired: define another one.',
        state: 'retired',
        verb: 'revise',
      }
    return [{ type: 'RoleRevised', data }]
  },

  evolve(role, event) {
    if (event.type === 'RoleRetired') return role && { ...role, isRetired: true }
    return { ...event.data, isRetired: false }
  },
}

const dataOf = ({ roleId, name, permissions }: RoleDefined): RoleDefined => ({
  roleId,
  name,
  permissions: [...new Set(permissions)].sort(),
})
