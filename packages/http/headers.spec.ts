import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { etagOf, newTraceparent, parseIdempotencyKey, parseIfMatch, parseTraceparent, requestIdOf } from './headers.ts'

describe('If-Match', () => {
  test('reads back every revision that an ETag carries', () => {
    fc.assert(fc.property(fc.maxSafeNat(), (revision) => parseIfMatch(etagOf(revision)) === revision))
  })

  test('absent and * ask for nothing', () => {
    expect(parseIfMatch(undefined)).toBeNull()
    expect(parseIfMatch(' * ')).toBeNull()
  })

  test.each(['W/"12"', '12', '"1", "2"', '"-1"', '"1.5"', '"x"', '""', '"99999999999999999"'])(
    'refuses %s',
    (header) => {
      expect(() => parseIfMatch(header)).toThrow(expect.objectContaining({ status: 400 }))
    },
  )
})

describe('Idempotency-Key', () => {
  test('takes up to 255 printable characters', () => {
    expect(parseIdempotencyKey(undefined)).toBeNull()
    expect(parseIdempotencyKey('a'.repeat(255))).toHaveLength(255)
    expect(parseIdempotencyKey('"8e03978e-40d5-43dd-bc93-6894a57f9324"')).toContain('8e03')
  })

  test.each(['', 'a b', 'ä', 'a'.repeat(256), 'a\tb'])('refuses %j', (header) => {
    expect(() => parseIdempotencyKey(header)).toThrow(expect.objectContaining({ status: 400 }))
  })
})

describe('request id', () => {
  test('keeps what can stand in a log line, and makes a new one otherwise', () => {
    expect(requestIdOf('trace:1.a-b_c~d')).toBe('trace:1.a-b_c~d')
    for (const strange of [undefined, '', 'a b', 'x'.repeat(129), '{"a":1}', 'a\nb']) {
      expect(requestIdOf(strange)).toMatch(/^[0-9a-f-]{36}$/)
    }
  })
})

describe('traceparent', () => {
  const valid = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01'

  test('a valid context is passed on, a later version as ours', () => {
    expect(parseTraceparent(valid)).toBe(valid)
    expect(parseTraceparent(`cc${valid.slice(2)}-more`)).toBe(valid)
  })

  test('anything else is none', () => {
    const strange = [
      undefined,
      '',
      'ff'.concat(valid.slice(2)),
      `${valid}-more`,
      valid.toUpperCase(),
      `00-${'0'.repeat(32)}-00f067aa0ba902b7-01`,
    ]
    for (const header of strange) expect(parseTraceparent(header)).toBeNull()
  })

  test('a new trace has an id of its own and is not recorded', () => {
    expect(newTraceparent()).toMatch(/^00-[0-9a-f]{32}-[0-9a-f]{16}-00$/)
    expect(newTraceparent()).not.toBe(newTraceparent())
  })
})
