import { setTimeout as wait } from 'node:timers/promises'
import { type EventStore, type StoredEvent, StoreUnavailable } from '@bizosaas/event-store'
import type { Log } from '@bizosaas/runtime'

/** An event that was read: where it was found, it must be found again. */
export type Place = Pick<StoredEvent, 'stream' | 'position' | 'id'>

/** Events in one read, and at most in one batch. More is hardly faster, and live batches are small anyway. */
const largestRead = 1_000
/** Several batches are in memory at once, so a read of large events is of fewer. */
const readBytes = 16 * 1024 * 1024
/**
 * At the end of the store reads follow each other by so much: each is a send and a transaction, too, whether it holds one
 * event or ten. What comes alone after a while does not wait.
 */
const readEveryMs = 25
/** Nothing is known of the first read, and an event may have 1 MiB. */
const firstRead = 100

const sizeAfter = (events: number, bytes: number): number => {
  if (bytes === 0) return largestRead
  return Math.max(50, Math.min(largestRead, Math.floor((readBytes * events) / bytes)))
}

/** What has come of a read. */
export type Piece = {
  readonly events: readonly StoredEvent[]
  /** Whether it is the read's last one: it may have no events, its read has some. */
  readonly isLast: boolean
}

export type Pieces = {
  /** What comes next; null when `signal` was aborted. One call at a time. */
  readonly next: () => Promise<Piece | null>
}

/**
 * The events of $all after one, as they come, for ever. Where nothing comes it waits for the store to ring. While the store is away
 * it tries again, because reading once more changes nothing.
 */
export const follow = (
  store: EventStore,
  options: { readonly after: Place | null; readonly signal: AbortSignal; readonly log: Log },
): Pieces => {
  const { signal, log } = options
  let last = options.after
  let reached: 'page' | 'end' | 'nothing' = 'page'
  let size = firstRead
  let read: Read | null = null

  const begin = async (): Promise<Read> => {
    if (reached === 'end') await wait(readEveryMs, undefined, { signal }).catch(() => {})
    if (reached === 'nothing') await rung()
    const pages = store.pagesOfAll({ from: last?.position ?? 'start', maxCount: size })[Symbol.asyncIterator]()
    return { pages, events: 0, fresh: 0, bytes: 0 }
  }

  /** Resolves when something was committed after the last event read, also if that was before this call. */
  const rung = async (): Promise<void> => {
    for await (const _ of store.subscribeToAll({ after: last?.position ?? 0, signal })) return
  }

  /** What comes next of the read; null if it ends without any event. */
  const take = async (current: Read): Promise<Piece | null> => {
    const page = await current.pages.next()
    const events = page.done ? [] : page.value
    const isFirst = current.events === 0
    const fresh = last !== null && isFirst ? following(events, last) : events
    last = fresh.at(-1) ?? last
    current.events += events.length
    current.fresh += fresh.length
    for (const { bytes } of events) current.bytes += bytes.length
    if (!page.done) return { events: fresh, isLast: false }
    read = null
    if (current.events === size) reached = 'page'
    else reached = current.fresh > 0 ? 'end' : 'nothing'
    size = sizeAfter(current.events, current.bytes)
    return current.fresh > 0 ? { events: [], isLast: true } : null
  }

  return {
    async next() {
      let pause = 100
      while (!signal.aborted) {
        try {
          read ??= await begin()
          if (signal.aborted) return null
          const piece = await take(read)
          if (piece !== null) return piece
        } catch (error) {
          if (!(error instanceof StoreUnavailable)) throw error
          const hadSome = (read?.fresh ?? 0) > 0
          read = null
          // What has come already does not wait for the store.
          if (hadSome) return { events: [], isLast: true }
          log.warn({ reason: error.message, retryInMs: pause }, 'the event store is away')
          await wait(pause, undefined, { signal }).catch(() => {})
          pause = Math.min(2 * pause, 2_000)
        }
      }
      return null
    },
  }
}

type Read = {
  readonly pages: AsyncIterator<readonly StoredEvent[]>
  events: number
  /** Of them, those that had not been read before. */
  fresh: number
  bytes: number
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
