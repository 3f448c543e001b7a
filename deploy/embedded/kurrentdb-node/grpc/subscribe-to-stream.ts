/** Subscribes to a stream: everything after a revision, then whatever is appended; a stream that is not there yet is awaited. */
import type { Head } from '../store/heads.ts'
import { isSoftDeleted } from '../store/heads.ts'
import { isExpired, type Row } from '../store/read.ts'
import type { Store } from '../store/store.ts'
import { streamDeleted } from './errors.ts'
import { confirmation, listen, timestamp } from './live.ts'
import { frameOf, yieldToOthers } from './pages.ts'
import type { ReadOptions } from './protocol.ts'
import type { Reading } from './read.ts'
import { streamOf } from './values.ts'

export const subscribeToStream: Reading = async (store, options, outbox) => {
  const stream = streamOf(options.stream?.streamIdentifier)
  const frame = frameOf(store, options)
  const atStart = store.streamHead(stream)
  if (atStart.tombstoned) throw streamDeleted(stream)
  let last = startOf(options, atStart)
  const live = listen(store, outbox)
  try {
    await outbox.send([confirmation()])
    let caughtUp = false
    while (!outbox.isGone()) {
      const head = store.streamHead(stream)
      const tombstone = head.tombstoned ? store.tombstone(head) : null
      if (tombstone !== null) await outbox.send([frame(tombstone)])
      if (head.tombstoned) throw streamDeleted(stream)
      const rows = next(store, head, last)
      const end = rows.at(-1)
      if (end !== undefined) {
        if (end.revision < head.last) caughtUp = false
        last = end.revision
        await outbox.send(rows.filter(({ record }) => !isExpired(head, record)).map(frame))
        await yieldToOthers()
      } else if (caughtUp) {
        await live.nextCommit()
      } else {
        await outbox.send([caughtUpAt(last)])
        caughtUp = true
      }
    }
  } finally {
    live.stop()
  }
}

/** Looks at the cached head first: most commits are about other streams. */
const next = (store: Store, head: Head, last: number): Row[] =>
  head.last <= last || isSoftDeleted(head) ? [] : store.streamForward(head, last + 1, Number.MAX_SAFE_INTEGER)

const startOf = ({ stream }: ReadOptions, head: Head): number => {
  if (stream?.revision !== undefined) return Number(stream.revision)
  return stream?.end ? head.last : -1
}

const caughtUpAt = (revision: number): object => ({
  caughtUp: { timestamp: timestamp(), ...(revision < 0 ? {} : { streamRevision: revision }) },
})
