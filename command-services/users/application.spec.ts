import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { testDeciderLaws } from '../testing/decider-laws.ts'
import { live } from '../testing/history.ts'
import { type ApplicationCommand, application } from './application.ts'

const applicationId = '019ab000-0000-4000-8000-000000000001'
const register = (changes: object = {}): ApplicationCommand => ({
  type: 'register',
  applicationId,
  title: 'Dashboard',
  hasSecret: true,
  redirectUris: ['https://app.test/back'],
  roles: [],
  clients: null,
  ...changes,
})
const rotate = (secretVersion = 1): ApplicationCommand => ({ type: 'rotateSecret', applicationId, secretVersion })
const retire: ApplicationCommand = { type: 'retire', applicationId }
const after = (...commands: ApplicationCommand[]) => live(application, commands).at(-1)?.after ?? application.initial

describe('an application', () => {
  test('has another secret after each rotation, and none once it is retired', () => {
    expect(after(register(), rotate(), rotate(2))).toMatchObject({ secretVersion: 2, isRetired: false })
    expect(application.decide(rotate(3), after(register(), rotate()))).toMatchObject({ refusal: 'conflict' })
    const retired = after(register(), retire)
    expect(application.decide(rotate(), retired)).toMatchObject({ refusal: 'illegal-step' })
    expect(application.decide(retire, retired)).toEqual([])
    expect(application.clientOf(retired)).toBeNull()
  })

  test('serves people or itself, and proves who it is where it acts for itself', () => {
    expect(application.decide(register({ redirectUris: [] }), null)).toMatchObject({ refusal: 'invalid' })
    const open = register({ hasSecret: false, roles: ['service'] })
    expect(application.decide(open, null)).toMatchObject({ refusal: 'invalid' })
    expect(application.decide(rotate(), after(register({ hasSecret: false })))).toMatchObject({ refusal: 'invalid' })
  })

  test('that was never registered is not there', () => {
    for (const command of [rotate(), retire])
      expect(application.decide(command, null)).toMatchObject({ refusal: 'not-found' })
    expect(application.evolve(null, { type: 'ApplicationRetired', data: { applicationId } })).toBeNull()
    const rotated = { type: 'ApplicationSecretRotated', data: { applicationId, secretVersion: 1 } } as const
    expect(application.evolve(null, rotated)).toBeNull()
  })

  testDeciderLaws(
    application,
    fc.oneof(
      fc.constantFrom(rotate(), rotate(2), rotate(3), retire),
      fc.record({ hasSecret: fc.boolean() }).map(register),
    ),
  )
})
