/** Reads a stream: forwards and backwards from a revision, which is included. */
import { firstRevision, type Head, isSoftDeleted } from '../store/heads.ts'
import { isExpired, type Row } from '../store/read.ts'
import type { Store } from '../store/store.ts'
import { invalidArgument, streamDeleted } from './errors.ts'
import type { Frames } from './outbox.ts'
import { countOf, frameOf, yieldToOthers } from './pages.ts'
import type { ReadOptions } from './protocol.ts'
import type { Reading } from './read.ts'
import { streamOf } from './values.ts'

export const readStream: Reading = async (store, options, outbox) => {
  const stream = streamOf(options.stream?.streamIdentifier)
  if (countOf(options) < 1) throw invalidArgument('A read of a stream is for at least one event')
  const head = store.streamHead(stream)
  if (head.tombstoned) throw streamDeleted(stream)
  if (head.last < 0 || isSoftDeleted(head)) {
    const streamIdentifier = { streamName: Buffer.from(stream) }
    return outbox.send([{ streamNotFound: { streamIdentifier } }])
  }
  const frame = frameOf(store, options)
  let frames: Frames = []
  for (const rows of pages(store, head, options)) {
    if (outbox.isGone()) return
    await outbox.send(frames)
    if (frames.length > 0) await yieldToOthers()
    frames = rows.map(frame)
  }
  // The last page goes out with what stands behind it: a short stream is one packet.
  const isWanted = (options.controlOption?.compatibility ?? 0) >= 1
  await outbox.send(isWanted ? [...frames, { lastStreamPosition: head.last }] : frames)
}

function* pages(store: Store, head: Head, options: ReadOptions): Generator<Row[]> {
  const backwards = options.readDirection === 'BACKWARDS'
  let left = countOf(options)
  let from = revisionOf(options, head)
  while (left > 0) {
    const rows = backwards ? store.streamBackward(head, from, left) : store.streamForward(head, from, left)
    const last = rows.at(-1)
    if (last === undefined) return
    const visible = head.limits.maxAge === null ? rows : rows.filter(({ record }) => !isExpired(head, record))
    yield visible
    left -= visible.length
    // Most streams fit into one page: then a second query would only find that nothing is left.
    if (last.revision === (backwards ? firstRevision(head) : head.last)) return
    from = last.revision + (backwards ? -1 : 1)
  }
}

const revisionOf = ({ stream, readDirection }: ReadOptions, head: Head): number => {
  if (stream?.revision !== undefined) return Number(stream.revision)
  if (stream?.start) return 0
  return readDirection === 'BACKWARDS' ? head.last : Number.MAX_SAFE_INTEGER
}
