import { ClientId, Instant, InvitationId, UserId } from '@bizosaas/schemas'
import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { testDeciderLaws } from '../testing/decider-laws.ts'
import { live } from '../testing/history.ts'
import { type InvitationCommand, invitation } from './invitation.ts'

const invitationId = InvitationId.parse('019ab000-0000-4000-8000-000000000001')
const userId = UserId.parse('019ab000-0000-4000-8000-000000000002')
const clientId = ClientId.parse('019ab000-0000-4000-8000-0000000000c1')
const at = (second: number) => Instant.parse(`2026-11-26T17:00:0${second}.000000Z`)
const issue: InvitationCommand = { type: 'issue', invitationId, userId, clientId, expiresAt: at(5) }
const accept = (second: number): InvitationCommand => ({ type: 'accept', invitationId, now: at(second) })
const withdraw: InvitationCommand = { type: 'withdraw', invitationId }
const after = (...commands: InvitationCommand[]) => live(invitation, commands).at(-1)?.after ?? invitation.initial

describe('an invitation', () => {
  test('is taken up once, by the last moment of its life', () => {
    expect(after(issue)).toMatchObject({ state: 'issued', userId })
    expect(invitation.decide(accept(5), after(issue))).toEqual([{ type: 'InvitationAccepted', data: { invitationId } }])
    expect(invitation.decide(accept(6), after(issue))).toMatchObject({ refusal: 'invitation-expired' })
    expect(invitation.decide(accept(6), after(issue, accept(1)))).toEqual([])
    expect(invitation.clientOf(after(issue))).toBe(clientId)
  })

  test('that was withdrawn is worth nothing, and one that was taken up cannot be withdrawn', () => {
    expect(invitation.decide(accept(1), after(issue, withdraw))).toMatchObject({
      refusal: 'illegal-step',
      state: 'withdrawn',
    })
    expect(invitation.decide(withdraw, after(issue, accept(1)))).toMatchObject({
      refusal: 'illegal-step',
      state: 'accepted',
    })
    expect(invitation.decide(withdraw, after(issue, withdraw))).toEqual([])
  })

  test('that was never issued is not there', () => {
    for (const command of [accept(1), withdraw])
      expect(invitation.decide(command, invitation.initial)).toMatchObject({ refusal: 'not-found' })
  })

  testDeciderLaws(invitation, fc.oneof(fc.constantFrom(issue, withdraw), fc.integer({ min: 0, max: 9 }).map(accept)))
})
