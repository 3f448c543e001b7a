import { log, type Stop } from '@bizosaas/runtime'
import { messageOf } from '../../runner/items.ts'
import { patiently, Stopping } from '../../runner/patience.ts'

/**
 * Work that is done for several at once: whenever one comes or goes, it is ended and begun anew for those that are there. It
 * is also begun anew, after a pause, when it fails.
 *
 * @returns adds one, and answers how to take it away, which resolves when nothing is done for it any more
 */
export function inCompany<Of>(work: (all: readonly Of[], stopping: AbortSignal) => Promise<void>): (one: Of) => Stop {
  const present = new Set<Of>()
  let isRight = true
  let stop: Stop = async () => {}
  let regrouped = Promise.resolve()

  // One after the other; what came or went meanwhile is taken into account at once.
  const regroup = (): Promise<void> => {
    isRight = false
    regrouped = regrouped.then(async () => {
      if (isRight) return
      await stop()
      isRight = true
      stop = present.size === 0 ? async () => {} : begin([...present], work)
    })
    return regrouped
  }

  return (one) => {
    present.add(one)
    void regroup()
    return () => {
      present.delete(one)
      return regroup()
    }
  }
}

function begin<Of>(all: readonly Of[], work: (all: readonly Of[], stopping: AbortSignal) => Promise<void>): Stop {
  const stopping = new AbortController()
  const { signal } = stopping
  const ended = patiently(
    () => work(all, signal),
    (error) => !(error instanceof Stopping),
    signal,
    (error) => log.error({ unit: 'rebuild', reason: messageOf(error) }, 'failed, trying again'),
  ).catch((error) => {
    if (!(error instanceof Stopping)) throw error
  })
  return async () => {
    stopping.abort()
    await ended
  }
}
