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

const shortestPauseMs = 100

/** What has come of a read. `follow` gives pieces with events, and after those of a read one without, which is its last. */
export type Piece = {
  readonly events: readonly StoredEvent[]
  readonly isLast: boolean
}

/**
 * The events of $all after one, as they come, for ever: until `signal` is aborted. Where nothing comes it waits for the store to
 * ring. While the store is away it tries again, because reading once more changes nothing.
 */
export async function* follow(
  store: EventStore,
  { after, signal, log }: { readonly after: Place | null; readonly signal: AbortSignal; readonly log: Log },
): AsyncGenerator<Piece, void> {
  let last = after
  let reached: Reached = 'full'
  let size = firstRead
  let pause = shortestPauseMs

  /** Resolves when something was committed after the last event read, also if that was before this call. */
  const rung = async (): Promise<void> => {
    for await (const _ of store.subscribeToAll({ after: last?.position ?? 0, signal })) return
  }

  const rest = (ms: number): Promise<void> => wait(ms, undefined, { signal }).catch(() => {})
  const due = async (): Promise<void> => {
    if (reached === 'end') await rest(readEveryMs)
    if (reached === 'nothing') await rung()
  }

  while (!signal.aborted) {
    const read: Read = { events: 0, fresh: 0, bytes: 0 }
    let restMs = 0
    try {
      await due()
      if (signal.aborted) return
      for await (const events of newIn(read, store, last, size)) {
        last = events.at(-1) ?? last
        pause = shortestPauseMs
        yield { events, isLast: false }
        if (signal.aborted) return
      }
      reached = reachedBy(read, size)
      size = sizeAfter(read)
    } catch (error) {
      if (!(error instanceof StoreUnavailable)) throw error
      log.warn({ reason: error.message, retryInMs: pause }, 'the event store is away')
      restMs = pause
      pause = Math.min(2 * pause, 2_000)
    }
    // Also of a read that broke off: what has come already does not wait for the store.
    if (read.fresh > 0) yield { events: [], isLast: true }
    if (restMs > 0) await rest(restMs)
  }
}

type Read = {
  events: number
  /** Of them, those that had not been read before. */
  fresh: number
  bytes: number
}

/** The events of one read that come after `last`, as they come; `read` is kept up to date meanwhile. */
async function* newIn(
  read: Read,
  store: EventStore,
  last: Place | null,
  maxCount: number,
): AsyncGenerator<readonly StoredEvent[], void> {
  for await (const page of store.pagesOfAll({ from: last?.position ?? 'start', maxCount })) {
    const events = last !== null && read.events === 0 ? following(page, last) : page
    read.events += page.length
    read.fresh += events.length
    for (const { bytes } of page) read.bytes += bytes.length
    if (events.length > 0) yield events
  }
  if (last !== null && read.events === 0) following([], last)
}

/** Where a read ended: there may be more, there was nothing more, or there was nothing new at all. */
type Reached = 'full' | 'end' | 'nothing'

const reachedBy = ({ events, fresh }: Read, size: number): Reached => {
  if (events === size) return 'full'
  return fresh > 0 ? 'end' : 'nothing'
}

const sizeAfter = ({ events, bytes }: Read): number => {
  if (bytes === 0) return largestRead
  return Math.max(50, Math.min(largestRead, Math.floor((readBytes * events) / bytes)))
}

/**
 * What comes after `last`. A forward read includes the event that it starts from: so each read also shows that the store is
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
