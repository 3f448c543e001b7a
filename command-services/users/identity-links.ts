/** By which accounts at outside providers a person signs in: each claimed for one person of the tenant, and free again after that. */
import { type Claim, type CommandContext, claimOf, digestOf, standingOf } from '@bizosaas/event-store'
import { type TenantId, UserId } from '@bizosaas/schemas'
import type { People } from './people.ts'

/** An account is what its provider calls it, whatever address or name it goes by. */
export interface OutsideAccount {
  readonly issuer: string
  readonly subject: string
}

const identityClaim = (
  { claim }: Pick<People, 'claim'>,
  tenantId: TenantId,
  { issuer, subject }: OutsideAccount,
): Claim => claim(tenantId, 'identity', [issuer, subject])

/** Who signs in by the account; null for nobody. */
export async function holderOfIdentity(
  people: Pick<People, 'claim' | 'store'>,
  tenantId: TenantId,
  account: OutsideAccount,
) {
  const { holder } = await standingOf(people.store, identityClaim(people, tenantId, account))
  return holder === null ? null : UserId.parse(holder)
}

/** What lets nobody else in lets the person in from now on. */
export function linkIdentity(people: People, context: CommandContext, userId: UserId, account: OutsideAccount) {
  const claim = identityClaim(people, context.tenantId, account)
  const command = { type: 'link', userId, issuer: account.issuer, identity: digestOf(claim) } as const
  return people.identityLink({ id: userId, command, context, claims: [claim] })
}

export function unlinkIdentity(people: People, context: CommandContext, userId: UserId, identity: string) {
  const command = { type: 'unlink', userId, identity } as const
  const releases = [claimOf(context.tenantId, 'identity', identity)]
  return people.identityLink({ id: userId, command, context, releases })
}
