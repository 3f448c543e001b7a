import { describe, expect, test } from '@jest/globals'
import { checkpointWatch } from './checkpoint-watch.ts'
import type { Marks } from './standing.ts'

/** Checkpoints that the test moves, and a count of the readings. */
function checkpoints() {
  let position = 0
  const counts = { readings: 0, atOnce: 0, mostAtOnce: 0 }
  const read = async (): Promise<Marks> => {
    counts.readings += 1
    counts.atOnce += 1
    counts.mostAtOnce = Math.max(counts.mostAtOnce, counts.atOnce)
    await new Promise(setImmediate)
    counts.atOnce -= 1
    return new Map([['m', position]])
  }
  return {
    counts,
    read,
    move: (to: number) => {
      position = to
    },
  }
}
const at = (position: number) => (marks: Marks) => (marks.get('m') ?? -1) >= position

describe('waiting for checkpoints', () => {
  test('ends for each waiter when what it waits for is there', async () => {
    const { read, move } = checkpoints()
    const watch = checkpointWatch(read)
    const first = watch.until(at(1), 5000)
    const second = watch.until(at(2), 5000)
    move(1)
    watch.wake()
    expect(await first).toBe(true)
    move(2)
    watch.wake()
    expect(await second).toBe(true)
  })

  test('ends without a word from the projections, too', async () => {
    const { read, move } = checkpoints()
    const waiting = checkpointWatch(read).until(at(1), 5000)
    move(1)
    expect(await waiting).toBe(true)
  })

  test('gives up after its time', async () => {
    expect(await checkpointWatch(checkpoints().read).until(at(1), 20)).toBe(false)
  })

  test('is one reading after the other for any number of waiters, and none when nobody waits', async () => {
    const { read, move, counts } = checkpoints()
    const watch = checkpointWatch(read)
    watch.wake()
    expect(counts.readings).toBe(0)
    const waiting = Array.from({ length: 500 }, (_, n) => watch.until(at(n % 5), 5000))
    move(5)
    watch.wake()
    expect(new Set(await Promise.all(waiting))).toEqual(new Set([true]))
    expect(counts.mostAtOnce).toBe(1)
    expect(counts.readings).toBeLessThan(5)
    const { readings } = counts
    watch.wake()
    await new Promise(setImmediate)
    expect(counts.readings).toBe(readings)
    expect(await watch.until(at(5), 5000)).toBe(true)
  })

  test('fails with the reading, and the next wait reads again', async () => {
    let isAway = true
    const watch = checkpointWatch(async () => {
      if (isAway) throw new Error('away')
      return new Map([['m', 1]])
    })
    await expect(watch.until(at(1), 5000)).rejects.toThrow('away')
    isAway = false
    expect(await watch.until(at(1), 5000)).toBe(true)
  })
})
