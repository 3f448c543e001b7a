import type { ConsumedBatch } from '@bizosaas/kafka'
import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { pacing } from './pacing.ts'

/** A clock that only work and rests move. */
const clock = (share: number, isBusy: () => boolean) => {
  let [at, rested, atOnce, mostAtOnce] = [0, 0, 0, 0]
  const { pieces, work } = pacing({
    share,
    isBusy,
    now: () => at,
    rest: async (ms) => {
      at += ms
      rested += ms
    },
  })
  return {
    pieces,
    work: (ms: number) =>
      work(async () => {
        mostAtOnce = Math.max(mostAtOnce, ++atOnce)
        await Promise.resolve()
        at += ms
        atOnce--
      }, new AbortController().signal),
    seen: () => ({ at, rested, mostAtOnce }),
  }
}

const batchOf = (records: number): ConsumedBatch =>
  ({ topic: 't', partition: 0, highWater: records, messages: Array.from({ length: records }, (_, n) => n) }) as never

describe('pacing', () => {
  test('takes its share of the time and no more while events come in, one piece at a time', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 99 }),
        fc.array(fc.nat(500), { minLength: 1 }),
        async (share, works) => {
          const { work, seen } = clock(share, () => true)
          await Promise.all(works.map(work))
          const worked = works.reduce((sum, ms) => sum + ms, 0)
          const { at, mostAtOnce } = seen()
          expect(worked).toBeCloseTo((at * share) / 100, 6)
          expect(mostAtOnce).toBe(1)
        },
      ),
    )
  })

  test('ends a rest with the work that it is between', async () => {
    const stopping = new AbortController()
    const rests: AbortSignal[] = []
    const { work } = pacing({
      share: 1,
      isBusy: () => true,
      now: () => performance.now(),
      rest: async (_, signal) => void rests.push(signal),
    })
    await work(async () => {}, stopping.signal)
    expect(rests).toEqual([stopping.signal])
  })

  test('never rests when nothing comes in, or when all of the time is its own', async () => {
    for (const [share, isBusy] of [
      [50, false],
      [100, true],
    ] as const) {
      const { work, seen, pieces } = clock(share, () => isBusy)
      await Promise.all([work(10), work(20)])
      expect(seen()).toMatchObject({ rested: 0, mostAtOnce: 2 })
      expect([...pieces(batchOf(9_000))].map(({ messages }) => messages.length)).toEqual([9_000])
    }
  })

  test('cuts a batch into small pieces that are all of it, also when traffic begins or ends in between', () => {
    fc.assert(
      fc.property(fc.nat(20_000), fc.infiniteStream(fc.boolean()), (records, busy) => {
        const { pieces } = clock(50, () => busy.next().value === true)
        const whole = batchOf(records)
        expect([...pieces(whole)].flatMap(({ messages }) => messages)).toEqual(whole.messages)
      }),
      { numRuns: 30 },
    )
    const { pieces } = clock(50, () => true)
    expect([...pieces(batchOf(4_500))].map(({ messages }) => messages.length)).toEqual([2_000, 2_000, 500])
  })
})
