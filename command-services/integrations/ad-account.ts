/**
 * A client's account on an ad platform. Once registered nothing about it changes, and no other account of the tenant
 * stands for the same one of the platform: a claim sees to that.
 */
import { alreadyDone, type Decider } from '@bizosaas/event-store'
import type { AdAccountRegistered, DomainEvent } from '@bizosaas/schemas'

export type AdAccountEvent = DomainEvent<'AdAccountRegistered'>
export type AdAccountCommand = { readonly type: 'register' } & AdAccountRegistered
export type AdAccount = AdAccountRegistered | null

export const adAccount: Decider<AdAccountCommand, AdAccountEvent, AdAccount> = {
  category: 'adAccount',
  initial: null,
  clientOf: (account) => account?.clientId ?? null,
  decide: ({ type: _, ...data }, account) => (account === null ? [{ type: 'AdAccountRegistered', data }] : alreadyDone),
  evolve: (_, { data }) => data,
}
