import { expect, test } from '@jest/globals'
import fc from 'fast-check'
import { type ConsistencyToken, parseToken, printToken } from './token.ts'

const token: fc.Arbitrary<ConsistencyToken> = fc.record({
  topic: fc
    .tuple(fc.constantFrom('events', 'observations'), fc.integer({ min: 1, max: 9_999 }))
    .map(([kind, n]) => `${kind}.g${n}`),
  partition: fc.integer({ min: 0, max: 1_023 }),
  position: fc.maxSafeNat(),
})

test('a token survives being printed and read', () => {
  fc.assert(fc.property(token, (any) => expect(parseToken(printToken(any))).toEqual(any)))
  expect(printToken({ topic: 'events.g1', partition: 7, position: 48_213 })).toBe('events.g1.7.48213')
})

test('anything else is no token, and no error', () => {
  fc.assert(
    fc.property(fc.string(), (text) =>
      expect(parseToken(`events.g1.${text}`) === null || /^\d+\.\d+$/.test(text)).toBe(true),
    ),
  )
  const none = [
    '',
    'events.g1.7',
    'events.g1.7.',
    'events.g1.7.-1',
    'events.g1.7.1e3',
    'events.g1.7.9007199254740993',
    'other.g1.0.1',
    ' events.g1.7.1',
  ]
  for (const text of none) expect(parseToken(text)).toBeNull()
})
