import { UserId } from '@bizosaas/schemas'
import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { testDeciderLaws } from '../testing/decider-laws.ts'
import { live } from '../testing/history.ts'
import { type IdentityLinkCommand, identityLink } from './identity-link.ts'

const userId = UserId.parse('019ab000-0000-4000-8000-000000000001')
const issuer = 'https://accounts.example'
const link = (identity: string): IdentityLinkCommand => ({ type: 'link', userId, issuer, identity })
const unlink = (identity: string): IdentityLinkCommand => ({ type: 'unlink', userId, identity })
const after = (...commands: IdentityLinkCommand[]) => live(identityLink, commands).at(-1)?.after ?? identityLink.initial

describe('the accounts that let a person in', () => {
  test('are those that were linked and not unlinked since', () => {
    expect(after(link('a'), link('b'), unlink('a'), unlink('x'))).toEqual([{ issuer, identity: 'b' }])
    expect(after(link('a'), unlink('a'), link('a'))).toEqual([{ issuer, identity: 'a' }])
    expect(identityLink.clientOf(after(link('a')))).toBeNull()
  })

  test('are 20 at most', () => {
    const full = after(...Array.from({ length: 20 }, (_, n) => link(String(n))))
    expect(identityLink.decide(link('one more'), full)).toMatchObject({ refusal: 'conflict' })
    expect(identityLink.decide(link('19'), full)).toEqual([])
  })

  testDeciderLaws(
    identityLink,
    fc.tuple(fc.boolean(), fc.constantFrom('a', 'b', 'c')).map(([links, which]) => (links ? link : unlink)(which)),
  )
})
