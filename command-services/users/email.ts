/** By which address a person signs in: claimed for one person of the tenant, and free again once they left it or were erased. */
import {
  type Claim,
  type CommandContext,
  claimOf,
  type EventStore,
  releaseClaim,
  standingOf,
} from '@bizosaas/event-store'
import { streamName, type TenantId, type UserId } from '@bizosaas/schemas'
import { foldEmail } from '@bizosaas/sealed'
import type { People } from './people.ts'

export const emailClaim = ({ claim }: Pick<People, 'claim'>, tenantId: TenantId, email: string): Claim =>
  claim(tenantId, 'email', [foldEmail(email)])

/** Who holds the address; null for nobody. */
export async function holderOfEmail(
  people: Pick<People, 'claim' | 'store'>,
  tenantId: TenantId,
  email: string,
): Promise<string | null> {
  return (await standingOf(people.store, emailClaim(people, tenantId, email))).holder
}

/** Null once nobody can open it any more. */
export async function emailOf(
  { users, open }: Pick<People, 'users' | 'open'>,
  tenantId: TenantId,
  userId: string,
): Promise<string | null> {
  const { state } = await users.refresh(streamName('user', tenantId, userId))
  if (state.email === null) return null
  const [text = null] = await open([{ field: 'email', sealed: state.email }])
  return text
}

/** Changes the address: the new one is taken and the old one let go of in one append. */
export async function changeEmail(people: People, context: CommandContext, userId: UserId, email: string) {
  const { tenantId } = context
  const before = await emailOf(people, tenantId, userId)
  const [from, to] = [
    before === null ? null : emailClaim(people, tenantId, before),
    emailClaim(people, tenantId, email),
  ]
  // In another spelling it is the same address.
  const moves = from?.stream !== to.stream
  const sealed = await people.seal(userId, { email })
  const command = { type: 'changeEmail', userId, emailDigest: people.digest(tenantId, email), ...sealed } as const
  const claims = moves ? { claims: [to], releases: from === null ? [] : [from] } : {}
  return people.user({ id: userId, command, context, ...claims })
}

/** Lets go of all that a person holds, while their address can still be read. It may be done again. */
export async function releaseAllOf(
  people: Pick<People, 'users' | 'open' | 'claim' | 'identityLinks'>,
  store: EventStore,
  context: CommandContext,
  userId: string,
): Promise<void> {
  const { tenantId } = context
  const email = await emailOf(people, tenantId, userId)
  const { state: links } = await people.identityLinks.refresh(streamName('identityLink', tenantId, userId))
  const { state: user } = await people.users.refresh(streamName('user', tenantId, userId))
  const held = [
    ...(email === null ? [] : [emailClaim(people, tenantId, email)]),
    ...links.map(({ identity }) => claimOf(tenantId, 'identity', identity)),
  ]
  for (const claim of held) await releaseClaim(store, context, user.clientId, claim, userId)
}
