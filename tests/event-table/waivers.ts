/** Events that no projection, reaction or partner topic reads, and why that is right. */
import type { EventType } from '@bizosaas/schemas'

const invitations = 'its decider alone needs it: what follows from it is told by the events of the user'
const signIns = 'who needs it folds the stream, which is short: no list of it is asked for'

export const waivers: { readonly [T in EventType]?: string } = {
  AdAccountRegistered:
    'its decider alone needs it: what is observed about an account repeats its platform and currency',
  PersonalDataRead: 'it is for the audit trail, which has a row of every fact',
  IdentityLinked: signIns,
  IdentityUnlinked: signIns,
  RecoveryCodeUsed: signIns,
  SecondFactorConfirmed: signIns,
  SecondFactorEnrolled: signIns,
  SecondFactorRemoved: signIns,
  ValueReleased: 'the fact itself is told by another event, as that of ValueClaimed',
  ValueClaimed: 'its stream is the guard that keeps a value unique; the fact itself is told by another event',
  Unreadable: 'stands for an event that could not be published; every projection that handles that event parks it',
  InvitationAccepted: invitations,
  InvitationIssued: invitations,
  InvitationWithdrawn: invitations,
}
