/**
 * A sign-in of a person with an application: all tokens that follow from it are one family, which ends as a whole.
 *
 *   active → reuseDetected, when a token that was used up comes again
 *   active → signedOut
 */
import { alreadyDone, type Decider } from '@bizosaas/event-store'
import type { DomainEvent, SessionReuseDetected, SessionSignedOut, SessionStarted } from '@bizosaas/schemas'

export type SessionEvent = DomainEvent<'SessionStarted' | 'SessionReuseDetected' | 'SessionSignedOut'>
export type SessionCommand =
  | ({ readonly type: 'start' } & SessionStarted)
  | ({ readonly type: 'detectReuse' } & SessionReuseDetected)
  | ({ readonly type: 'signOut' } & SessionSignedOut)

/** Null before it started. */
export type Session = (SessionStarted & { readonly state: 'active' | 'reuseDetected' | 'signedOut' }) | null

export const session: Decider<SessionCommand, SessionEvent, Session> = {
  category: 'session',
  initial: null,
  clientOf: () => null,

  decide(command, session) {
    if (command.type === 'start') {
      const { type: _, ...data } = command
      return session === null ? [{ type: 'SessionStarted', data }] : alreadyDone
    }
    const { sessionId } = command
    if (session === null) return { refusal: 'not-found', detail: `There is no session ${sessionId}.` }
    // What has ended stays ended, whatever comes again.
    if (session.state !== 'active') return alreadyDone
    return [{ type: command.type === 'signOut' ? 'SessionSignedOut' : 'SessionReuseDetected', data: { sessionId } }]
  },

  evolve(session, event) {
    switch (event.type) {
      case 'SessionStarted':
        return { ...event.data, state: 'active' }
      case 'SessionReuseDetected':
        return session && { ...session, state: 'reuseDetected' }
      case 'SessionSignedOut':
        return session && { ...session, state: 'signedOut' }
    }
  },
}
