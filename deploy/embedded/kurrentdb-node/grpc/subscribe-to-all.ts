/** Subscribes to `$all`: everything after a position, then whatever is committed, with checkpoints when there is a filter. */
import type { Row } from '../store/read.ts'
import type { Store } from '../store/store.ts'
import { invalidArgument } from './errors.ts'
import { type Filter, filterOf } from './filter.ts'
import { confirmation, listen, timestamp } from './live.ts'
import { frameOf, yieldToOthers } from './pages.ts'
import type { FilterOptions, ReadOptions } from './protocol.ts'
import type { Reading } from './read.ts'
import { positionOf } from './values.ts'

/** The server's window when a client names none. */
const DEFAULT_WINDOW = 32

export const subscribeToAll: Reading = async (store, options, outbox) => {
  const frame = frameOf(store, options)
  const messagesOf = options.filter
    ? filtered(filterOf(options.filter), intervalOf(options.filter), frame)
    : { chunk: (rows: readonly Row[]) => rows.map(frame), caughtUp: () => [] }
  let last = startOf(options, store)
  const live = listen(store, outbox)
  try {
    await outbox.send([confirmation()])
    let caughtUp = false
    while (!outbox.isGone()) {
      const rows = store.forward(last + 1, Number.MAX_SAFE_INTEGER)
      const end = rows.at(-1)
      if (end !== undefined) {
        // More than a chunk behind while live: it has fallen behind, and says so again when it has caught up.
        if (end.position < store.head()) caughtUp = false
        last = end.position
        await outbox.send(messagesOf.chunk(rows))
        await yieldToOthers()
      } else if (caughtUp) {
        await live.nextCommit()
      } else {
        await outbox.send([...messagesOf.caughtUp(last), caughtUpAt(last)])
        caughtUp = true
      }
    }
  } finally {
    live.stop()
  }
}

const startOf = ({ all }: ReadOptions, store: Store): number => {
  if (all?.position) return Number(all.position.commitPosition ?? 0)
  return all?.end ? store.head() : -1
}

const caughtUpAt = (position: number): object => ({
  caughtUp: { timestamp: timestamp(), ...(position < 0 ? {} : { position: positionOf(position) }) },
})

const intervalOf = ({ max, count, checkpointIntervalMultiplier }: FilterOptions): number => {
  if (max === undefined && count === undefined) throw invalidArgument('A filter needs a search window')
  if (!checkpointIntervalMultiplier) throw invalidArgument('The checkpoint interval has to be at least 1')
  return (max ?? DEFAULT_WINDOW) * checkpointIntervalMultiplier
}

/** The messages of a filtered subscription: what passes, and a checkpoint every `interval` events looked at. */
const filtered = (
  filter: Filter,
  interval: number,
  frame: (row: Row) => Uint8Array,
): { chunk: (rows: readonly Row[]) => (Uint8Array | object)[]; caughtUp: (position: number) => object[] } => {
  let looked = 0
  let lastCheckpoint = -1
  const checkpoint = (position: number): object[] => {
    if (position <= lastCheckpoint) return []
    lastCheckpoint = position
    return [{ checkpoint: { ...positionOf(position), timestamp: timestamp() } }]
  }
  return {
    // A checkpoint stands behind the event it names, so it never runs ahead of one that is not sent yet.
    chunk: (rows) =>
      rows.flatMap((row) => {
        const event = filter(row.record) ? [frame(row)] : []
        return ++looked % interval === 0 ? [...event, ...checkpoint(row.position)] : event
      }),
    caughtUp: checkpoint,
  }
}
