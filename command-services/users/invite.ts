import { type Accepted, type CommandContext, derivedId, isRefusal } from '@bizosaas/event-store'
import { answerCommand, Instant as InstantShape, Problem, Uuid } from '@bizosaas/http'
import { ClientId, Instant, InvitationId, instantOf, streamName, UserId } from '@bizosaas/schemas'
import { Type } from 'typebox'
import { Name } from '../shapes.ts'
import { emailClaim } from './email.ts'
import type { Invitation, InvitationEvent } from './invitation.ts'
import { type MembershipCommand, membership } from './membership.ts'
import { accepted, type People, part, secretOf } from './people.ts'
import { Email } from './shapes.ts'

const validForMs = 7 * 24 * 60 * 60 * 1000

export const Person = Type.Object({ email: Email, givenName: Name, familyName: Name }, { title: 'Person' })

export const Invited = Type.Object(
  {
    userId: Uuid,
    invitationId: Uuid,
    secret: Type.String({ description: 'To be handed to the person, and to nobody else' }),
    expiresAt: InstantShape,
  },
  { title: 'Invited' },
)

interface Invite {
  readonly email: string
  readonly givenName: string
  readonly familyName: string
  readonly clientId: string | null
  readonly roles: readonly string[]
  readonly customRoles: readonly string[]
  readonly clients: readonly string[] | null
  readonly byOwner: boolean
}

type Outcome = Accepted<InvitationEvent, Invitation>

/**
 * Three streams, one after the other: who it is, what they may do, the invitation. Sent again with the same
 * Idempotency-Key it goes on where it was cut off.
 */
export async function inviteUser(people: People, context: CommandContext, asked: Invite): Promise<Outcome> {
  const { email, givenName, familyName, roles, customRoles, clients, byOwner } = asked
  const userId = UserId.parse(derivedId(context.commandId, 'user'))
  const clientId = asked.clientId === null ? null : ClientId.parse(asked.clientId)
  const assign: MembershipCommand = { type: 'assign', userId, clientId, roles, customRoles, clients, byOwner }
  const refused = membership.decide(assign, membership.initial)
  if (isRefusal(refused)) throw new Problem(refused.refusal, refused.detail)

  const { tenantId } = context
  const sealed = await people.seal(userId, { email, givenName: givenName.trim(), familyName: familyName.trim() })
  const invite = { type: 'invite', userId, clientId, emailDigest: people.digest(tenantId, email), ...sealed } as const
  const claims = [emailClaim(people, tenantId, email)]
  accepted(await people.user({ id: userId, command: invite, context, claims }))
  accepted(await people.membership({ id: userId, command: assign, context: part(context, 'membership') }))

  const invitationId = InvitationId.parse(derivedId(context.commandId, 'invitation'))
  const expiresAt = instantOf(new Date(Date.parse(context.now) + validForMs))
  const issue = { type: 'issue', invitationId, userId, clientId, expiresAt } as const
  return accepted(await people.invitation({ id: invitationId, command: issue, context: part(context, 'invitation') }))
}

/** 201 with the secret: it is told here, and stored nowhere. */
export function invitedOf<Body>(
  people: People,
  context: CommandContext,
  outcome: Outcome,
  body: (invited: { userId: string; invitationId: string; secret: string; expiresAt: string }) => Body,
) {
  const { tenantId } = context
  const invitationId = derivedId(context.commandId, 'invitation')
  const { userId, expiresAt } = outcome.state
  const told = {
    userId: userId ?? '',
    invitationId,
    secret: secretOf(people, tenantId, invitationId),
    expiresAt: Instant.parse(expiresAt),
  }
  const token = people.tokenOf(streamName('invitation', tenantId, invitationId))
  return { ...answerCommand(outcome, { body: () => body(told), token }), status: 201 }
}
