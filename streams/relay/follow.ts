import { setTimeout as wait } from 'node:timers/promises'
import { type EventStore, type StoredEvent, StoreUnavailable } from '@bizosaas/event-store'
import type { Log } from '@bizosaas/runtime'

/** An event that was read: where it was found, it must be found again. */
export type Place = Pick<StoredEvent, 'stream' | 'position' | 'id'>

/** Events in one read, and at most in one batch. More is hardly faster, and live batches are small anyway. */
const largestPage = 1_000
/** Several pages are in memory at once, so a page of large events holds fewer of them. */
const pageBytes = 16 * 1024 * 1024
/**
 * At the end of the store pages follow each other by so much: each is a read, a send and a transaction, whether it holds one
 * event or ten. What comes alone after a while does not wait.
 */
const pageEveryMs = 25
/** Nothing is known of the first page, and an event may have 1 MiB. */
const firstPage = 100

const pageSizeAfter = (events: readonly StoredEvent[]): number => {
  const bytes = events.reduce((sum, event) => sum + event.bytes.length, 0)
  if (bytes === 0) return largestPage
  return Math.max(50, Math.min(largestPage, Math.floor((pageBytes * events.length) / bytes)))
}

export type Pages = {
  /** The next events, at least one; null when `signal` was aborted. One call at a time. */
  readonly next: () => Promise<readonly StoredEvent[] | null>
}

/**
 * Pages of $all after an event, as they come, for ever. Where nothing comes it waits for the store to ring. While the store is away it
 * tries again, because reading once more changes nothing.
 */
export const follow = (
  store: EventStore,
  options: { readonly after: Place | null; readonly signal: AbortSignal; readonly log: Log },
): Pages => {
  const { signal, log } = options
  let last = options.after
  let reached: 'page' | 'end' | 'nothing' = 'page'
  let pageSize = firstPage

  const read = async (): Promise<readonly StoredEvent[]> => {
    const events = await store.readAll({ from: last?.position ?? 'start', maxCount: pageSize })
    const fresh = last === null ? events : following(events, last)
    if (events.length === pageSize) reached = 'page'
    else reached = fresh.length > 0 ? 'end' : 'nothing'
    pageSize = pageSizeAfter(events)
    return fresh
  }

  /** Resolves when something was committed after the last event read, also if that was before this call. */
  const rung = async (): Promise<void> => {
    for await (const _ of store.subscribeToAll({ after: last?.position ?? 0, signal })) return
  }

  const step = async (): Promise<readonly StoredEvent[]> => {
    if (reached === 'end') await wait(pageEveryMs, undefined, { signal }).catch(() => {})
    if (reached === 'nothing') await rung()
    return signal.aborted ? [] : read()
  }

  return {
    async next() {
      let pause = 100
      while (!signal.aborted) {
        try {
          const events = await step()
          last = events.at(-1) ?? last
          if (events.length > 0) return events
        } catch (error) {
          if (!(error instanceof StoreUnavailable)) throw error
          log.warn({ reason: error.message, retryInMs: pause }, 'the event store is away')
          await wait(pause, undefined, { signal }).catch(() => {})
          pause = Math.min(2 * pause, 2_000)
        }
      }
      return null
    },
  }
}

/**
 * What comes after `last`. A forward read includes the event that it starts from: so each page also shows that the store is
 * still the one that was read before.
 */
const following = (events: readonly StoredEvent[], last: Place): readonly StoredEvent[] => {
  const [first] = events
  if (first?.position === last.position && first.id === last.id) return events.slice(1)
  // The store's own events may be scavenged away, ours never.
  if (last.stream.startsWith('$') && first?.position !== last.position) return events
  throw new Error(
    `The event store does not hold event ${last.id} at position ${last.position} any more, which was read before: it was restored from an older copy while the relay ran; bring back the store that holds it, or run "npm run reseed"`,
  )
}
