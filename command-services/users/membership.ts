/**
 * What a person may do, by roles, and for whom: all clients of the agency, or some. There is one of a person, with the person's id.
 * Who belongs to a client works for that one alone, and only an owner makes or unmakes an owner.
 */
import { alreadyDone, type Decider, type Refusal } from '@bizosaas/event-store'
import type { ClientId, DomainEvent, MembershipAssigned, MembershipRevoked } from '@bizosaas/schemas'

/** The presets, which follow LinkedIn's roles on ad accounts. What each may do stands in packages/http/permissions.ts. */
export const presets = [
  'owner',
  'accountManager',
  'campaignManager',
  'creativeManager',
  'billingAdmin',
  'analyst',
  'viewer',
] as const

export type MembershipEvent = DomainEvent<'MembershipAssigned' | 'MembershipRevoked'>

/** `byOwner`: whether it is an owner who says so. */
export type MembershipCommand = { readonly byOwner: boolean } & (
  | ({ readonly type: 'assign' } & MembershipAssigned)
  | ({ readonly type: 'revoke' } & MembershipRevoked)
)

/** Null before the first assignment. */
export type Membership = (MembershipAssigned & { readonly isRevoked: boolean }) | null

export const membership: Decider<MembershipCommand, MembershipEvent, Membership> = {
  category: 'membership',
  initial: null,
  clientOf: (membership) => membership?.clientId ?? null,

  decide(command, membership) {
    const isOwner = membership?.isRevoked === false && membership.roles.includes('owner')
    if (command.type === 'revoke') {
      const { userId } = command
      if (membership === null) return { refusal: 'not-found', detail: `The user ${userId} has no membership.` }
      if (membership.isRevoked) return alreadyDone
      return isOwner && !command.byOwner ? onlyOwners : [{ type: 'MembershipRevoked', data: { userId } }]
    }
    const { type: _, byOwner, ...asked } = command
    const data = {
      ...asked,
      roles: ordered(asked.roles),
      customRoles: ordered(asked.customRoles),
      clients: asked.clients && ordered(asked.clients),
    }
    if (data.roles.length + data.customRoles.length === 0)
      return { refusal: 'invalid', detail: 'A membership needs at least one role; revoke it to take all away.' }
    if (data.clientId !== null && !isAlone(data.clientId, data.clients))
      return {
        refusal: 'invalid',
        detail: `The person belongs to the client ${data.clientId} and can work for no other.`,
      }
    if (membership?.isRevoked === false && isSame(data, membership)) return alreadyDone
    if ((isOwner || data.roles.includes('owner')) && !byOwner) return onlyOwners
    return [{ type: 'MembershipAssigned', data }]
  },

  evolve(membership, event) {
    if (event.type === 'MembershipAssigned') return { ...event.data, isRevoked: false }
    return membership && { ...membership, isRevoked: true }
  },
}

const onlyOwners: Refusal = { refusal: 'forbidden', detail: 'Only an owner makes or unmakes an owner.' }

const ordered = (words: readonly string[]) => [...new Set(words)].sort()

const isAlone = (clientId: ClientId, clients: readonly string[] | null) =>
  clients?.length === 1 && clients[0] === clientId

function isSame(one: MembershipAssigned, other: MembershipAssigned): boolean {
  const said = ({ roles, customRoles, clients }: MembershipAssigned) => JSON.stringify([roles, customRoles, clients])
  return said(one) === said(other)
}
