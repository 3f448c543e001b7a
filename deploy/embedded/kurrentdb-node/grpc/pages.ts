/** What reads and subscriptions share: how rows become messages, and when others get a turn. */
import { isSoftDeleted } from '../store/heads.ts'
import type { Row } from '../store/read.ts'
import { decodeRecord, readResponse, recordedEvent, withStructuredId } from '../store/record.ts'
import type { Store } from '../store/store.ts'
import type { ReadOptions } from './protocol.ts'

/** How a row becomes the message to send, as the request wants it; the usual case copies nothing. */
export const frameOf = (store: Store, options: ReadOptions): ((row: Row) => Uint8Array) => {
  const withId = options.uuidOption?.structured ? withStructuredId : (event: Buffer) => event
  const eventIn = (row: Row): Buffer => withId(recordedEvent(row.record))
  const plain = (row: Row): Uint8Array =>
    options.uuidOption?.structured ? readResponse(eventIn(row), null, row.position) : row.record
  if (!options.resolveLinks) return plain
  return (row) => {
    const { type, data } = decodeRecord(row.record)
    if (type !== LINK_TYPE) return plain(row)
    const target = targetOf(store, data)
    return readResponse(target && eventIn(target), eventIn(row), row.position)
  }
}

const LINK_TYPE = '$>'

/** The event that a link's data, `<revision>@<stream>`, leads to; null when it is gone or was never there. */
const targetOf = (store: Store, link: Uint8Array): Row | null => {
  const [, revision, stream] = /^(\d+)@(.+)$/s.exec(Buffer.from(link).toString('utf8')) ?? []
  if (revision === undefined || stream === undefined) return null
  const head = store.streamHead(stream)
  if (head.tombstoned || isSoftDeleted(head)) return null
  const [row] = store.streamForward(head, Number(revision), 1)
  return row?.revision === Number(revision) ? row : null
}

/** Lets whoever waits (appends above all) have a turn before the next chunk is read. */
export const yieldToOthers = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

/** How many events at most; the protocol's counts go up to 2^64 - 1. */
export const countOf = (options: ReadOptions): number => Number(options.count ?? 0)
