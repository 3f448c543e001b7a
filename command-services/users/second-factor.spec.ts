import { UserId } from '@bizosaas/schemas'
import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { testDeciderLaws } from '../testing/decider-laws.ts'
import { live } from '../testing/history.ts'
import { type SecondFactorCommand, secondFactor } from './second-factor.ts'

const userId = UserId.parse('019ab000-0000-4000-8000-000000000001')
const secret = { subject: userId, keyVersion: 1, bytes: 'AAAA' }
const enrol = (enrolmentId = 'one'): SecondFactorCommand => ({ type: 'enrol', userId, enrolmentId, secret })
const confirm = (enrolmentId = 'one'): SecondFactorCommand => ({ type: 'confirm', userId, enrolmentId })
const use = (number: number, enrolmentId = 'one'): SecondFactorCommand => ({
  type: 'useRecoveryCode',
  userId,
  enrolmentId,
  number,
})
const remove: SecondFactorCommand = { type: 'remove', userId }
const after = (...commands: SecondFactorCommand[]) => live(secondFactor, commands).at(-1)?.after ?? secondFactor.initial

describe('a second factor', () => {
  test('counts once it is confirmed, until it is removed, and then its secret is forgotten', () => {
    expect(after(enrol())).toMatchObject({ state: 'enrolled', secret })
    expect(after(enrol(), confirm())).toMatchObject({ state: 'confirmed', secret })
    expect(after(enrol(), confirm(), remove)).toMatchObject({ state: 'removed', secret: null })
    expect(secondFactor.clientOf(after(enrol()))).toBeNull()
  })

  test('that nobody confirmed gives way to the next, and one that counts does not', () => {
    expect(after(enrol('one'), enrol('two'))).toMatchObject({ state: 'enrolled', enrolmentId: 'two' })
    expect(secondFactor.decide(confirm('one'), after(enrol('one'), enrol('two')))).toMatchObject({
      refusal: 'not-found',
    })
    expect(secondFactor.decide(enrol('two'), after(enrol('one'), confirm('one')))).toMatchObject({
      refusal: 'illegal-step',
      state: 'confirmed',
    })
    expect(after(enrol(), confirm(), use(3), remove, enrol('two'))).toMatchObject({ state: 'enrolled', used: [] })
  })

  test('is stood in for by a recovery code once, and by none of another enrolment', () => {
    const confirmed = after(enrol(), confirm())
    expect(secondFactor.decide(use(3), confirmed)).toHaveLength(1)
    expect(secondFactor.decide(use(3), after(enrol(), confirm(), use(3)))).toEqual([])
    expect(secondFactor.decide(use(3, 'two'), confirmed)).toMatchObject({ refusal: 'not-found' })
    for (const factor of [after(enrol()), after(enrol(), confirm(), remove)])
      expect(secondFactor.decide(use(3), factor)).toMatchObject({ refusal: 'illegal-step' })
  })

  test('that is removed is not confirmed, and one that never was is not there', () => {
    expect(secondFactor.decide(confirm(), after(enrol(), remove))).toMatchObject({ refusal: 'illegal-step' })
    for (const command of [remove, confirm(), use(0)])
      expect(secondFactor.decide(command, secondFactor.initial)).toMatchObject({ refusal: 'not-found' })
  })

  testDeciderLaws(
    secondFactor,
    fc.oneof(
      fc.constant(remove),
      fc
        .tuple(fc.constantFrom('one', 'two'), fc.integer({ min: 0, max: 2 }), fc.integer({ min: 0, max: 2 }))
        .map(([id, which, number]) => [enrol(id), confirm(id), use(number, id)][which] as SecondFactorCommand),
    ),
  )
})
