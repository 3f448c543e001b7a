import { randomBytes } from 'node:crypto'
import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { base32, codeOf, enrolmentUri, matchingStep, newSecret, stepAt } from './totp.ts'

const secret = base32(Buffer.from('12345678901234567890'))

describe('one-time codes', () => {
  test.each(['755224', '287082', '359152', '969429', '338314', '254676', '287922', '162583', '399871', '520489'])(
    'are those of RFC 4226, appendix D (%s)',
    (code) => {
      const table = '755224 287082 359152 969429 338314 254676 287922 162583 399871 520489'.split(' ')
      expect(codeOf(secret, table.indexOf(code))).toBe(code)
    },
  )

  test.each([
    [59, '94287082'],
    [1111111109, '07081804'],
    [1111111111, '14050471'],
    [1234567890, '89005924'],
    [2000000000, '69279037'],
    [20000000000, '65353130'],
  ])('are those of RFC 6238, appendix B (second %i)', (second, code) => {
    expect(codeOf(secret, stepAt(second * 1000), 8)).toBe(code)
  })

  test('are taken in the step before, their own and the one after, and in no other', () => {
    fc.assert(
      fc.property(fc.integer({ min: 10, max: 2 ** 36 }), fc.integer({ min: -5, max: 5 }), (step, off) => {
        const own = newSecret()
        const around = [-1, 0, 1].map((n) => codeOf(own, step + n))
        const code = codeOf(own, step + off)
        const found = matchingStep(own, code, step * 30_000 + 29_999)
        if (Math.abs(off) <= 1) expect(codeOf(own, found ?? 0)).toBe(code)
        else expect(found === null).toBe(!around.includes(code))
      }),
    )
  })

  test('are six digits and nothing else', () => {
    const step = 1_000
    const code = codeOf(secret, step)
    for (const wrong of ['', ` ${code}`, code.slice(1), `${code}0`, 'ABCDEF'])
      expect(matchingStep(secret, wrong, step * 30_000)).toBeNull()
  })
})

describe('a secret', () => {
  test.each([
    ['', ''],
    ['f', 'MY'],
    ['fo', 'MZXQ'],
    ['foo', 'MZXW6'],
    ['foob', 'MZXW6YQ'],
    ['fooba', 'MZXW6YTB'],
    ['foobar', 'MZXW6YTBOI'],
  ])('is Base32 as in RFC 4648 (%s)', (text, written) => {
    expect(base32(Buffer.from(text))).toBe(written)
  })

  test('has 160 bits, and is another one each time', () => {
    expect(newSecret()).toMatch(/^[A-Z2-7]{32}$/)
    expect(newSecret()).not.toBe(newSecret())
    expect(base32(randomBytes(20))).toHaveLength(32)
  })

  test('is told to an app in the form that it reads', () => {
    expect(enrolmentUri('ABC', 'BizOSaaS', 'ann lee')).toBe(
      'otpauth://totp/BizOSaaS:ann%20lee?secret=ABC&issuer=BizOSaaS&algorithm=SHA1&digits=6&period=30',
    )
  })
})
