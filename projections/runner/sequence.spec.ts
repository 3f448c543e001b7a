import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { sequence } from './sequence.ts'

const START = -1

/** A partition's true run: ascending positions, each naming the one before. */
const run = fc.uniqueArray(fc.nat(10_000), { minLength: 1, maxLength: 50 }).map((positions) => {
  const ascending = positions.toSorted((a, b) => a - b)
  return ascending.map((position, i) => ({ position, prev: ascending[i - 1] ?? START }))
})

describe('sequence', () => {
  test('applies every record once, however often and from wherever the relay repeats itself', () => {
    fc.assert(
      fc.property(run, fc.array(fc.tuple(fc.nat(50), fc.nat(50)), { maxLength: 5 }), (records, incarnations) => {
        // Each incarnation starts no later than what is durable and writes on from there, without a gap.
        const log: typeof records = []
        let durable = 0
        for (const [back, length] of [...incarnations, [50, 50] as const]) {
          const from = Math.max(0, durable - back)
          const written = records.slice(from, Math.max(from, durable - back + length))
          log.push(...written)
          durable = Math.max(durable, from + written.length)
        }
        log.push(...records.slice(durable))
        const { fresh, alreadyApplied, gap } = sequence(START, log)
        expect(gap).toBeNull()
        expect(fresh).toEqual(records)
        expect(alreadyApplied).toBe(log.length - records.length)
      }),
    )
  })

  test('gives the same records however the log is cut into batches', () => {
    fc.assert(
      fc.property(run, fc.nat(50), (records, at) => {
        const first = sequence(START, records.slice(0, at))
        const last = first.fresh.at(-1)?.position ?? START
        const second = sequence(last, records.slice(at))
        expect([...first.fresh, ...second.fresh]).toEqual(records)
      }),
    )
  })

  test('stops before the first missing record and never applies what follows it', () => {
    fc.assert(
      fc.property(run, fc.nat(), (records, pick) => {
        fc.pre(records.length > 1)
        const lost = pick % (records.length - 1)
        const { fresh, gap } = sequence(START, records.toSpliced(lost, 1))
        expect(fresh).toEqual(records.slice(0, lost))
        expect(gap).toEqual({
          at: records[lost + 1]?.position,
          prev: records[lost]?.position,
          last: records[lost - 1]?.position ?? START,
        })
      }),
    )
  })

  test('names a log that begins after its beginning', () => {
    expect(sequence(START, [{ position: 7, prev: 5 }]).gap).toEqual({ at: 7, prev: 5, last: START })
  })
})
