import { ClientId, Instant, type Sealed, UserId } from '@bizosaas/schemas'
import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { testDeciderLaws } from '../testing/decider-laws.ts'
import { live } from '../testing/history.ts'
import { type User, type UserCommand, user, userSteps } from './user.ts'

const userId = UserId.parse('019ab000-0000-4000-8000-000000000001')
const clientId = ClientId.parse('019ab000-0000-4000-8000-0000000000c1')
const sealed = (text: string): Sealed => ({
  subject: userId,
  keyVersion: 1,
  bytes: Buffer.from(`sealed ${text}`).toString('base64'),
})
const names = { givenName: sealed('Ann'), familyName: sealed('Lee') }
const invite: UserCommand = {
  type: 'invite',
  userId,
  clientId,
  email: sealed('ann@example.org'),
  emailDigest: 'd1',
  ...names,
}
const profile = (phone: string | null): UserCommand => ({
  type: 'changeProfile',
  userId,
  ...names,
  phone: phone === null ? null : sealed(phone),
})
const preferences = (locale: string, email: boolean): UserCommand => ({
  type: 'setPreferences',
  userId,
  locale,
  timeZone: 'Europe/Zurich',
  notifications: { email, push: true },
})
const changeEmail = (address: string): UserCommand => ({
  type: 'changeEmail',
  userId,
  email: sealed(address),
  emailDigest: address,
})
const certify: UserCommand = {
  type: 'certify',
  userId,
  keyVersions: [1, 2],
  destroyedAt: Instant.parse('2026-11-26T17:00:00.000000Z'),
  destroyedBy: 'olga',
}
const step = (type: keyof typeof userSteps): UserCommand => ({ type, userId })

const after = (...commands: UserCommand[]): User => live(user, commands).at(-1)?.after ?? user.initial
/** A person in each of the states. */
const people: Readonly<Record<string, User>> = {
  invited: after(invite),
  active: after(invite, step('activate')),
  locked: after(invite, step('activate'), step('lock')),
  deactivated: after(invite, step('deactivate')),
  erased: after(invite, step('erase')),
}

describe('a person', () => {
  test.each(Object.entries(userSteps))(
    'takes the step %s from the states that the table names, and no others',
    (verb, way) => {
      for (const [state, person] of Object.entries(people)) {
        expect(person.state).toBe(state)
        const decision = user.decide(step(verb as keyof typeof userSteps), person)
        if (way.from.some((from) => from === state)) expect(decision).toEqual([{ type: way.event, data: { userId } }])
        else if (state === way.to && person.lastStep === way.event) expect(decision).toEqual([])
        else expect(decision).toMatchObject({ refusal: 'illegal-step', state, verb })
      }
    },
  )

  test('is of the client that invited them', () => {
    expect(user.clientOf(after(invite))).toBe(clientId)
    expect(user.clientOf(user.initial)).toBeNull()
  })

  test('changes name, telephone and preferences while active, and not when nothing would change', () => {
    for (const command of [profile('+41 1'), profile(null), preferences('de-CH', true)]) {
      const [event] = user.decide(command, people.active as User) as [never]
      expect(user.decide(command, user.evolve(people.active as User, event))).toEqual([])
      for (const state of ['invited', 'locked', 'deactivated', 'erased'])
        expect(user.decide(command, people[state] as User)).toMatchObject({ refusal: 'illegal-step', state })
    }
    const set = after(invite, step('activate'), preferences('de-CH', true))
    expect(user.decide(preferences('de-CH', false), set)).toHaveLength(1)
    expect(user.decide(preferences('fr-CH', true), set)).toHaveLength(1)
  })

  test('is reached at another address, which they have not shown to be theirs, from when it changed', () => {
    expect(people.active).toMatchObject({ email: sealed('ann@example.org'), isEmailVerified: true })
    const moved = after(invite, step('activate'), changeEmail('new'))
    expect(moved).toMatchObject({ state: 'active', email: sealed('new'), isEmailVerified: false })
    expect(user.decide(changeEmail('new'), moved)).toEqual([])
    for (const state of ['invited', 'locked', 'deactivated', 'erased'])
      expect(user.decide(changeEmail('new'), people[state] as User)).toMatchObject({ refusal: 'illegal-step', state })
  })

  test('once erased is never anything else, and gets one certificate', () => {
    const gone = after(invite, step('erase'), certify)
    expect(gone).toMatchObject({ state: 'erased', isCertified: true })
    expect(user.decide(certify, gone)).toEqual([])
    expect(user.decide({ ...certify, destroyedBy: 'bob' }, gone)).toEqual([])
    for (const command of [step('activate'), step('unlock'), step('lock'), profile(null)])
      expect(user.decide(command, gone)).toMatchObject({ refusal: 'illegal-step', state: 'erased' })
    expect(user.decide(certify, people.active as User)).toMatchObject({ refusal: 'illegal-step' })
  })

  test('who was never invited is not there', () => {
    for (const command of [step('lock'), step('erase'), profile(null), certify])
      expect(user.decide(command, user.initial)).toMatchObject({ refusal: 'not-found' })
  })

  testDeciderLaws(
    user,
    fc.oneof(
      fc.constantFrom(...(Object.keys(userSteps) as (keyof typeof userSteps)[])).map(step),
      fc.constantFrom(invite, profile(null), profile('+41 1'), profile('+41 2'), certify),
      fc.constantFrom('a', 'b').map(changeEmail),
      fc
        .record({ locale: fc.constantFrom('de', 'fr'), email: fc.boolean() })
        .map((p) => preferences(p.locale, p.email)),
    ),
  )
})
