import type { CommandContext } from '@bizosaas/event-store'
import { notFound } from '@bizosaas/http'
import { InvitationId, streamName, UserId } from '@bizosaas/schemas'
import { accepted, isSecretOf, type People, part } from './people.ts'

/**
 * Takes an invitation up for whoever has its secret, and lets them sign in by the password, if there is one.
 *
 * @throws Problem
 */
export async function acceptInvitation(
  people: People,
  context: CommandContext,
  id: string,
  secret: string,
  password: string | undefined,
) {
  const { tenantId } = context
  const invitationId = InvitationId.parse(id)
  // A wrong secret is told nothing about whether there is such an invitation.
  if (!isSecretOf(people, tenantId, invitationId, secret))
    throw notFound('There is no such invitation, or its secret is another one.')
  const command = { type: 'accept', invitationId, now: context.now } as const
  const taken = accepted(await people.invitation({ id: invitationId, command, context: part(context, 'invitation') }))
  const userId = UserId.parse(taken.state.userId)
  const { state: person } = await people.users.refresh(streamName('user', tenantId, userId))
  // Only while they are invited: whoever still has the secret later sets nobody's password.
  if (password !== undefined && person.state === 'invited') await people.passwords.set(userId, password)
  return { userId, outcome: await people.user({ id: userId, command: { type: 'activate', userId }, context }) }
}
