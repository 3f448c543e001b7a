/** Reads a stream: forwards and backwards from a revision, which is included. */
import { type Head, isSoftDeleted } from '../store/heads.ts'
import { isExpired, type Row } from '../store/read.ts'
import type { Store } from '../store/store.ts'
import { invalidArgument, streamDeleted } from './errors.ts'
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
  for (const rows of pages(store, head, options)) {
    if (outbox.ended.aborted) return
    await outbox.send(rows.map(frame))
    await yieldToOthers()
  }
  if ((options.controlOption?.compatibility ?? 0) >= 1) await outbox.send([{ lastStreamPosition: head.last }])
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
    from = last.revision + (backwards ? -1 : 1)
  }
}

const revisionOf = ({ stream, readDirection }: ReadOptions, head: Head): number => {
  if (stream?.revision !== undefined) return Number(stream.revision)
  if (stream?.start) return 0
  return readDirection === 'BACKWARDS' ? head.last : Number.MAX_SAFE_INTEGER
}
