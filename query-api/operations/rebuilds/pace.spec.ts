import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { pacer, secondsLeft } from './pace.ts'

describe('the pace of a rebuild', () => {
  test('is not known at the first look, and then that of the last seconds', () => {
    const { look } = pacer()
    expect(look('a', { atMs: 0, events: 0, rows: 0 })).toBeNull()
    expect(look('a', { atMs: 10_000, events: 50_000, rows: 20_000 })).toEqual({
      eventsPerSecond: 5_000,
      rowsPerSecond: 2_000,
    })
    expect(look('b', { atMs: 10_000, events: 1, rows: 1 })).toBeNull()
    // The first look is long ago by then.
    expect(look('a', { atMs: 20_000, events: 50_000, rows: 20_000 })).toEqual({ eventsPerSecond: 0, rowsPerSecond: 0 })
  })

  test('is not known of one that has begun anew', () => {
    const { look } = pacer()
    look('a', { atMs: 0, events: 10, rows: 10 })
    expect(look('a', { atMs: 1_000, events: 0, rows: 0 })).toBeNull()
  })

  test('is what it is, however often somebody looks', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 900 }), { minLength: 2, maxLength: 60 }), (pauses) => {
        const { look } = pacer()
        let atMs = 0
        for (const pause of pauses) {
          atMs += pause
          const pace = look('a', { atMs, events: atMs * 3, rows: atMs })
          if (pace !== null) expect(pace).toEqual({ eventsPerSecond: 3_000, rowsPerSecond: 1_000 })
        }
      }),
    )
  })

  test('tells how long it will take', () => {
    expect(secondsLeft(0, null)).toBe(0)
    expect(secondsLeft(10, null)).toBeNull()
    expect(secondsLeft(10, { eventsPerSecond: 0, rowsPerSecond: 0 })).toBeNull()
    expect(secondsLeft(1_001, { eventsPerSecond: 100, rowsPerSecond: 0 })).toBe(11)
  })
})
