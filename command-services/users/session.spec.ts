import { UserId } from '@bizosaas/schemas'
import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { testDeciderLaws } from '../testing/decider-laws.ts'
import { live } from '../testing/history.ts'
import { type SessionCommand, session } from './session.ts'

const sessionId = '019ab000-0000-4000-8000-000000000001'
const sealed = { subject: sessionId, keyVersion: 1, bytes: 'AAAA' }
const start: SessionCommand = {
  type: 'start',
  sessionId,
  userId: UserId.parse(sessionId),
  applicationId: sessionId,
  device: sealed,
  address: sealed,
  methods: ['pwd'],
}
const reuse: SessionCommand = { type: 'detectReuse', sessionId }
const signOut: SessionCommand = { type: 'signOut', sessionId }
const after = (...commands: SessionCommand[]) => live(session, commands).at(-1)?.after ?? session.initial

describe('a session', () => {
  test('ends once, by a sign-out or because a token came again', () => {
    expect(after(start)).toMatchObject({ state: 'active' })
    expect(after(start, reuse, signOut)).toMatchObject({ state: 'reuseDetected' })
    expect(after(start, signOut, reuse, start)).toMatchObject({ state: 'signedOut' })
    expect(session.clientOf(after(start))).toBeNull()
  })

  test('that never started is not there', () => {
    for (const command of [reuse, signOut])
      expect(session.decide(command, null)).toMatchObject({ refusal: 'not-found' })
    for (const type of ['SessionSignedOut', 'SessionReuseDetected'] as const)
      expect(session.evolve(null, { type, data: { sessionId } })).toBeNull()
  })

  testDeciderLaws(session, fc.constantFrom(start, reuse, signOut))
})
