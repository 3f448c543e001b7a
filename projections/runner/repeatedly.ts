import { setTimeout as pause } from 'node:timers/promises'

/**
 * Does something now and then, never twice at once.
 * @param task never throws
 * @returns stops it, and waits for what is being done
 */
export function repeatedly(task: () => Promise<void>, everyMs: number): () => Promise<void> {
  const stopping = new AbortController()
  const { signal } = stopping
  const ended = (async () => {
    while (!signal.aborted) {
      await pause(everyMs, null, { signal }).catch(() => {})
      if (!signal.aborted) await task()
    }
  })()
  return async () => {
    stopping.abort()
    await ended
  }
}
