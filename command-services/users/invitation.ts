/**
 * A secret by which a person joins, once and until it expires. The secret itself is recorded nowhere.
 *
 *   issued → accepted, or withdrawn
 */
import { alreadyDone, type Decider } from '@bizosaas/event-store'
import type {
  ClientId,
  DomainEvent,
  Instant,
  InvitationAccepted,
  InvitationIssued,
  InvitationWithdrawn,
  UserId,
} from '@bizosaas/schemas'

export type InvitationEvent = DomainEvent<'InvitationIssued' | 'InvitationAccepted' | 'InvitationWithdrawn'>
export type InvitationCommand =
  | ({ readonly type: 'issue' } & InvitationIssued)
  | ({ readonly type: 'accept'; readonly now: Instant } & InvitationAccepted)
  | ({ readonly type: 'withdraw' } & InvitationWithdrawn)

export interface Invitation {
  readonly state: 'nothing' | 'issued' | 'accepted' | 'withdrawn'
  readonly userId: UserId | null
  readonly clientId: ClientId | null
  readonly expiresAt: Instant | null
}

export const invitation: Decider<InvitationCommand, InvitationEvent, Invitation> = {
  category: 'invitation',
  initial: { state: 'nothing', userId: null, clientId: null, expiresAt: null },
  clientOf: ({ clientId }) => clientId,

  decide(command, { state, expiresAt }) {
    if (command.type === 'issue') {
      const { type: _, ...data } = command
      return state === 'nothing' ? [{ type: 'InvitationIssued', data }] : alreadyDone
    }
    const { type, invitationId } = command
    if (expiresAt === null) return { refusal: 'not-found', detail: `There is no invitation ${invitationId}.` }
    const target = type === 'accept' ? 'accepted' : 'withdrawn'
    if (state === target) return alreadyDone
    if (state !== 'issued')
      return { refusal: 'illegal-step', detail: `The invitation is ${state} already.`, state, verb: type }
    if (type === 'withdraw') return [{ type: 'InvitationWithdrawn', data: { invitationId } }]
    // Instants are written so that they sort as they follow each other.
    if (command.now > expiresAt)
      return { refusal: 'invitation-expired', detail: `The invitation ended at ${expiresAt}: ask for another one.` }
    return [{ type: 'InvitationAccepted', data: { invitationId } }]
  },

  evolve(invitation, event) {
    switch (event.type) {
      case 'InvitationIssued': {
        const { userId, clientId, expiresAt } = event.data
        return { state: 'issued', userId, clientId, expiresAt }
      }
      case 'InvitationAccepted':
        return { ...invitation, state: 'accepted' }
      case 'InvitationWithdrawn':
        return { ...invitation, state: 'withdrawn' }
    }
  },
}
