import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { type Amounts, isNothing, minus, nothing, plus } from './amounts.ts'
import { type Change, changesOf, type Entry } from './attribute.ts'

const level = (rank: number) => ({ rank, clientId: 'ours', platform: 'meta', currency: 'USD' })
const impressions = (amount: number): Amounts => new Map([['impressions', BigInt(amount)]])
const event = (position: number) => ({ eventId: `e${position}`, stream: 's', position, recordedAt: '' })
const entry = (
  rank: number,
  rows: number,
  amount: number,
  at?: number,
  cause: 'restated' | 'late' = 'late',
): Entry => ({
  level: level(rank),
  rows,
  amounts: impressions(amount),
  step: at === undefined ? null : { event: event(at), cause },
})
const told = (changes: readonly Change[]) =>
  changes.map(({ event, cause, level, amounts }) => [
    event.position,
    cause,
    level.rank,
    Number(amounts.get('impressions')),
  ])

describe('what changed a day of a campaign', () => {
  test('is each event by its own part', () => {
    const entries = [
      entry(1, 2, 100),
      entry(1, 0, -10, 5, 'restated'),
      entry(1, 1, 7, 6),
      entry(1, 0, 3, 9, 'restated'),
    ]
    expect(told(changesOf(entries))).toEqual([
      [5, 'restated', 1, -10],
      [6, 'late', 1, 7],
      [9, 'restated', 1, 3],
    ])
  })

  test('is nothing where a level that does not count is read', () => {
    expect(changesOf([entry(1, 1, 100), entry(2, 3, 90, 5)])).toEqual([])
  })

  test('is the event that brings another level to count, by all that differs', () => {
    const entries = [entry(2, 3, 90), entry(2, 0, 1, 4, 'restated'), entry(1, 1, 100, 5), entry(2, 0, 5, 6, 'restated')]
    expect(told(changesOf(entries))).toEqual([
      [4, 'restated', 2, 1],
      [5, 'late', 2, -91],
      [5, 'late', 1, 100],
    ])
  })

  test('is the event that takes the last row of a level away', () => {
    const entries = [
      entry(1, 1, 100),
      entry(2, 1, 90),
      entry(1, -1, -100, 5, 'restated'),
      entry(3, 1, 1, 5, 'restated'),
    ]
    expect(told(changesOf(entries))).toEqual([
      [5, 'restated', 1, -100],
      [5, 'restated', 2, 90],
    ])
  })

  test('adds up to the difference of what counts before and after, for any entries in any order', () => {
    const any = fc.record({ rank: fc.integer({ min: 1, max: 4 }), amount: fc.integer({ min: -50, max: 50 }) })
    const later = fc.tuple(any, fc.integer({ min: 1, max: 9 }), fc.constantFrom('restated' as const, 'late' as const))
    fc.assert(
      fc.property(fc.array(any), fc.array(later), (first, steps) => {
        const begin = first.map(({ rank, amount }) => entry(rank, 1, amount))
        const entries = [...begin, ...steps.map(([{ rank, amount }, at, cause]) => entry(rank, 1, amount, at, cause))]
        const counts = (known: readonly Entry[]) => {
          const least = Math.min(...known.map((each) => each.level.rank))
          return known
            .filter((each) => each.level.rank === least)
            .reduce((sum, each) => plus(sum, each.amounts), nothing)
        }
        const sum = changesOf(entries).reduce((sum, { amounts }) => plus(sum, amounts), nothing)
        expect(isNothing(minus(sum, minus(counts(entries), counts(begin))))).toBe(true)
      }),
    )
  })
})
