import { AdAccountId, ClientId } from '@bizosaas/schemas'
import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { testDeciderLaws } from '../testing/decider-laws.ts'
import { type AdAccountCommand, adAccount } from './ad-account.ts'

const register: AdAccountCommand = {
  type: 'register',
  adAccountId: AdAccountId.parse('019ab000-0000-4000-8000-00000000000a'),
  clientId: ClientId.parse('019ab000-0000-4000-8000-00000000000c'),
  platform: 'meta',
  externalId: 'act_42',
  name: 'Spring shop',
  currency: 'USD',
  timeZone: 'Europe/Berlin',
}

describe('an ad account', () => {
  test('is registered once, as it was said', () => {
    const { type: _, ...data } = register
    const events = [{ type: 'AdAccountRegistered', data }] as const
    expect(adAccount.clientOf(adAccount.initial)).toBeNull()
    expect(adAccount.decide(register, adAccount.initial)).toEqual(events)
    const registered = events.reduce(adAccount.evolve, adAccount.initial)
    expect(registered).toEqual(data)
    expect(adAccount.clientOf(registered)).toBe(register.clientId)
    expect(adAccount.decide(register, registered)).toEqual([])
  })

  testDeciderLaws(adAccount, fc.constantFrom(register, { ...register, name: 'Other' }))
})
