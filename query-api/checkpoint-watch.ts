/**
 * Waiting for a read model. Everybody who waits shares one reader of the checkpoints, which runs only while somebody does, one read after
 * the other: at once when the projections say that they moved, and after a pause in any case, because such news may be lost.
 */
import type { Marks } from './standing.ts'

export interface CheckpointWatch {
  /**
   * Resolves with true as soon as the checkpoints satisfy, with false when they did not within the time.
   *
   * @throws what reading the checkpoints throws
   */
  readonly until: (satisfied: (marks: Marks) => boolean, withinMs: number) => Promise<boolean>
  /** Something moved. */
  readonly wake: () => void
}

interface Waiter {
  readonly satisfied: (marks: Marks) => boolean
  readonly settle: (outcome: Promise<boolean>) => void
}

const pauseMs = 50

export function checkpointWatch(readMarks: () => Promise<Marks>): CheckpointWatch {
  const waiters = new Set<Waiter>()
  let bell = Promise.withResolvers<void>()
  let isReading = false

  const settle = (outcomeOf: (waiter: Waiter) => Promise<boolean> | null) => {
    for (const waiter of waiters) {
      const outcome = outcomeOf(waiter)
      if (outcome === null) continue
      waiters.delete(waiter)
      waiter.settle(outcome)
    }
  }

  const readWhileAwaited = async () => {
    isReading = true
    while (waiters.size > 0) {
      bell = Promise.withResolvers()
      try {
        const marks = await readMarks()
        settle((waiter) => (waiter.satisfied(marks) ? Promise.resolve(true) : null))
      } catch (error) {
        settle(() => Promise.reject(error))
      }
      if (waiters.size > 0) await rungOrPause(bell.promise)
    }
    isReading = false
  }

  return {
    until: (satisfied, withinMs) =>
      new Promise((resolve) => {
        const waiter: Waiter = {
          satisfied,
          settle: (outcome) => {
            clearTimeout(limit)
            resolve(outcome)
          },
        }
        const limit = setTimeout(() => {
          waiters.delete(waiter)
          resolve(false)
        }, withinMs)
        waiters.add(waiter)
        bell.resolve()
        if (!isReading) void readWhileAwaited()
      }),
    wake: () => bell.resolve(),
  }
}

async function rungOrPause(rung: Promise<void>): Promise<void> {
  let timer: NodeJS.Timeout | undefined
  const pause = new Promise((resolve) => {
    timer = setTimeout(resolve, pauseMs)
  })
  await Promise.race([rung, pause])
  clearTimeout(timer)
}
