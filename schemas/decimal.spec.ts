import { expect, test } from '@jest/globals'
import fc from 'fast-check'
import { decimalToMicros, microsToDecimal } from './decimal.ts'

test.each([
  ['58705.23', 58_705_230_000, '58705.23'],
  ['1.5', 1_500_000, '1.50'],
  ['0', 0, '0.00'],
  ['-0.00', 0, '0.00'],
  ['0.000001', 1, '0.000001'],
  ['-0.0001', -100, '-0.0001'],
  ['0.1', 100_000, '0.10'],
  ['19.91833', 19_918_330, '19.91833'],
  ['9007199254.740991', Number.MAX_SAFE_INTEGER, '9007199254.740991'],
  ['-9007199254.740991', -Number.MAX_SAFE_INTEGER, '-9007199254.740991'],
])('%s is %d millionths, printed %s', (text, micros, printed) => {
  expect(Object.is(decimalToMicros(text), micros)).toBe(true)
  expect(microsToDecimal(micros)).toBe(printed)
})

test.each([
  ['1.1234567', 'at most 6 decimals'],
  ['107.5300000000000335346', 'at most 6 decimals'],
  ['9007199254.740992', 'too large'],
  ['1000000000000000000', 'too large'],
  ['', 'is written like'],
  ['.5', 'is written like'],
  ['5.', 'is written like'],
  ['1e3', 'is written like'],
  ['+1', 'is written like'],
  ['007', 'is written like'],
  [' 1', 'is written like'],
  ['1,5', 'is written like'],
  ['NaN', 'is written like'],
  [5 as unknown as string, 'is written like'],
])('%p is refused: %s', (text, why) => {
  expect(() => decimalToMicros(text)).toThrow(why)
})

test('every amount is printed and read back exactly', () => {
  fc.assert(
    fc.property(fc.maxSafeInteger(), (micros) => {
      expect(decimalToMicros(microsToDecimal(micros))).toBe(micros)
    }),
  )
})

test('every decimal of at most six places is read exactly', () => {
  fc.assert(
    fc.property(fc.bigInt(-9_007_199_254_740_991n, 9_007_199_254_740_991n), fc.nat(6), (units, places) => {
      const digits = String(units < 0n ? -units : units).padStart(places + 1, '0')
      const text = `${units < 0n ? '-' : ''}${digits.slice(0, digits.length - places)}${places > 0 ? `.${digits.slice(-places)}` : ''}`
      const micros = units * 10n ** BigInt(6 - places)
      if (micros >= -9_007_199_254_740_991n && micros <= 9_007_199_254_740_991n) {
        expect(BigInt(decimalToMicros(text))).toBe(micros)
      } else {
        expect(() => decimalToMicros(text)).toThrow(RangeError)
      }
    }),
  )
})

test('what is no whole number of millionths is not printed', () => {
  expect(() => microsToDecimal(0.5)).toThrow(RangeError)
  expect(() => microsToDecimal(2 ** 53)).toThrow(RangeError)
})
