/**
 * The accounts at outside providers that let a person in. Which account it is stands in events as an HMAC only; that it lets in
 * one person of the tenant alone is kept by a claim over the same HMAC.
 */
import { alreadyDone, type Decider } from '@bizosaas/event-store'
import type { DomainEvent, IdentityLinked, IdentityUnlinked } from '@bizosaas/schemas'

export type IdentityLinkEvent = DomainEvent<'IdentityLinked' | 'IdentityUnlinked'>
export type IdentityLinkCommand =
  | ({ readonly type: 'link' } & IdentityLinked)
  | ({ readonly type: 'unlink' } & IdentityUnlinked)

/** Those that let the person in now. */
export type IdentityLinks = readonly Pick<IdentityLinked, 'issuer' | 'identity'>[]

const most = 20

export const identityLink: Decider<IdentityLinkCommand, IdentityLinkEvent, IdentityLinks> = {
  category: 'identityLink',
  initial: [],
  clientOf: () => null,

  decide(command, links) {
    const { type, ...data } = command
    const isLinked = links.some(({ identity }) => identity === data.identity)
    if (type === 'unlink') return isLinked ? [{ type: 'IdentityUnlinked', data } as IdentityLinkEvent] : alreadyDone
    if (isLinked) return alreadyDone
    if (links.length >= most)
      return {
        refusal: 'conflict',
        detail: `A person signs in with ${most} accounts at most: unlink another one first.`,
      }
    return [{ type: 'IdentityLinked', data } as IdentityLinkEvent]
  },

  evolve(links, event) {
    switch (event.type) {
      case 'IdentityLinked': {
        const { issuer, identity } = event.data
        return [...links, { issuer, identity }]
      }
      case 'IdentityUnlinked':
        return links.filter(({ identity }) => identity !== event.data.identity)
    }
  },
}
