import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { dateOfDays, daysOfDate, earliestInstant, instantOfMicros, latestInstant, microsOfInstant } from './calendar.ts'
import { CalendarDate, Instant, instantOf, nextDay } from './time.ts'

describe('an instant', () => {
  test.each([
    ['2026-11-22T23:38:28.123456Z', '2026-11-22T23:38:28.123456Z'],
    ['2026-11-22T23:38:28Z', '2026-11-22T23:38:28.000000Z'],
    ['2026-11-22t23:38:28.1z', '2026-11-22T23:38:28.100000Z'],
    ['2026-11-23T01:08:28.5+01:30', '2026-11-22T23:38:28.500000Z'],
    ['2026-12-31T23:30:00-00:45', '2027-01-01T00:15:00.000000Z'],
    ['1969-12-31T23:59:59.999999Z', '1969-12-31T23:59:59.999999Z'],
  ])('%s is %s', (text, instant) => {
    expect(Instant.parse(text)).toBe(instant)
  })

  test.each([
    ['2026-02-30T00:00:00Z'],
    ['2025-02-29T00:00:00Z'],
    ['2026-13-01T00:00:00Z'],
    ['2026-01-00T00:00:00Z'],
    ['2026-01-01T24:00:00Z'],
    ['2026-01-01T23:60:00Z'],
    ['2026-01-01T23:59:60Z'],
    ['2026-01-01T23:59:59+24:00'],
    ['2026-01-01T23:59:59.1234567Z'],
    ['2026-01-01T23:59:59'],
    ['2026-01-01'],
    ['1827-12-31T23:59:59.999999Z'],
    ['2255-01-01T00:00:00Z'],
    [''],
    [null],
    [0],
  ])('%p is none', (text) => {
    expect(() => Instant.parse(text)).toThrow(TypeError)
  })

  test('agrees with the language on every millisecond', () => {
    fc.assert(
      fc.property(
        fc.date({ min: new Date('1828-01-01'), max: new Date('2254-12-31'), noInvalidDate: true }),
        (date) => {
          const instant = instantOf(date)
          expect(instant).toBe(date.toISOString().replace('Z', '000Z'))
          expect(microsOfInstant(instant)).toBe(date.getTime() * 1000)
          expect(Instant.parse(date.toISOString())).toBe(instant)
        },
      ),
    )
  })

  test('is exact to the microsecond, and sorts as text', () => {
    const micros = fc.integer({ min: earliestInstant, max: latestInstant })
    fc.assert(
      fc.property(micros, micros, (one, other) => {
        expect(microsOfInstant(instantOfMicros(one))).toBe(one)
        expect(instantOfMicros(one) < instantOfMicros(other)).toBe(one < other)
      }),
    )
  })

  test('is stored in one spelling only', () => {
    expect(() => microsOfInstant('2026-11-22T23:38:28Z')).toThrow('like 2026-11-22T23:38:28.123456Z')
    expect(() => microsOfInstant('2026-11-22 23:38:28.123456Z')).toThrow(TypeError)
    expect(() => microsOfInstant('2026-11-22T23:38:28.12345xZ')).toThrow(TypeError)
  })

  test('now is one', () => {
    expect(Instant.parse(Instant.now())).toMatch(/000Z$/)
  })

  test('of no date is refused', () => {
    expect(() => instantOf(new Date('junk'))).toThrow(RangeError)
    expect(() => instantOfMicros(0.5)).toThrow(RangeError)
  })
})

describe('a calendar date', () => {
  test.each([
    ['2026-02-30'],
    ['2100-02-29'],
    ['2026-04-31'],
    ['2026-00-10'],
    ['2026-1-1'],
    ['20260101'],
    ['2026-01-01T'],
    [undefined],
  ])('%p is none', (text) => {
    expect(() => CalendarDate.parse(text)).toThrow('A date is written YYYY-MM-DD and must exist')
  })

  test('agrees with the language on every day', () => {
    fc.assert(
      fc.property(fc.integer({ min: -719_528, max: 2_932_896 }), (days) => {
        const date = new Date(days * 86_400_000).toISOString().slice(0, 10)
        expect(dateOfDays(days)).toBe(date)
        expect(daysOfDate(date)).toBe(days)
        expect(CalendarDate.parse(date)).toBe(date)
      }),
    )
    expect(() => dateOfDays(2_932_897)).toThrow(RangeError)
    expect(() => dateOfDays(-719_529)).toThrow(RangeError)
    expect(() => dateOfDays(0.5)).toThrow(RangeError)
  })

  test('is followed by the next', () => {
    expect(nextDay(CalendarDate.parse('2028-02-28'))).toBe('2028-02-29')
    expect(nextDay(CalendarDate.parse('2026-12-31'))).toBe('2027-01-01')
  })
})
