/** The log of all events: where the next one goes, what stands at a revision, and transactions that leave all or nothing. */
import { randomUUID } from 'node:crypto'
import type { DatabaseSync } from 'node:sqlite'
import { DELETED, type Head, type Heads, isMetadataStream, limitsOf, metadataStreamOf, TOMBSTONE_ROW } from './heads.ts'
import { recentIds } from './recent-ids.ts'
import { encodeRecord, idOf, type ProposedEvent } from './record.ts'

export type Log = {
  /** Puts an event behind the last one of its stream. */
  readonly put: (head: Head, event: ProposedEvent) => void
  /** Ends a stream for ever. */
  readonly putTombstone: (head: Head) => void
  /** What stands at a revision of a stream, null when nothing does. */
  readonly at: (head: Head, revision: number) => { readonly position: number; readonly record: Uint8Array } | null
  /** The revision of a recently appended event of this stream, null when it is not known (any more). */
  readonly recentRevision: (head: Head, id: string) => number | null
  /** The position of the last event, 0 when there is none. */
  readonly head: () => number
  /**
   * Does the work in one transaction, which is on the disk when this returns. Throws, with nothing written and nothing
   * remembered, when that fails (for example on a full disk).
   */
  readonly transaction: <Result>(work: () => Result) => Result
}

/** Between the records of a real log stand lengths and headers; the gap keeps anyone from counting on contiguity. */
const RECORD_OVERHEAD = 32
const RECENT_AT_START = 10_000
const NO_BYTES = Buffer.alloc(0)

export const openLog = (database: DatabaseSync, heads: Heads): Log => {
  const insertStream = database.prepare('INSERT INTO stream (name) VALUES (?)')
  const insertEvent = database.prepare('INSERT INTO event (position, stream, revision, record) VALUES (?, ?, ?, ?)')
  const eventAt = database.prepare('SELECT position, record FROM event WHERE stream = ? AND revision = ?')
  const newest = database.prepare('SELECT stream, revision, record, position FROM event ORDER BY position DESC LIMIT ?')
  const begin = database.prepare('BEGIN IMMEDIATE')
  const commit = database.prepare('COMMIT')

  const recent = recentIds()
  const uncommittedIds: string[] = []
  const last = { position: 0, next: RECORD_OVERHEAD }

  const insert = (head: Head, event: ProposedEvent, revision: number | bigint, row: number): number => {
    head.id ??= Number(insertStream.run(head.name).lastInsertRowid)
    const position = last.next
    const record = encodeRecord(event, { stream: head.name, revision, position }, Date.now())
    insertEvent.run(position, head.id, row, record)
    last.position = position
    last.next = position + record.length + RECORD_OVERHEAD
    return head.id
  }

  /** Forgets what the disk does not know. */
  const reset = (): void => {
    heads.forget()
    for (const id of uncommittedIds.splice(0)) recent.forget(id)
    const [row] = newest.all(1)
    last.position = row === undefined ? 0 : Number(row.position)
    if (row?.record instanceof Uint8Array) last.next = last.position + row.record.length + RECORD_OVERHEAD
  }

  for (const { record, stream, revision } of newest.all(RECENT_AT_START).reverse())
    if (record instanceof Uint8Array) recent.add(idOf(record), Number(stream), Number(revision))
  reset()

  return {
    put: (head, event) => {
      const stream = insert(head, event, head.last + 1, head.last + 1)
      head.last++
      recent.add(event.id, stream, head.last)
      uncommittedIds.push(event.id)
      if (isMetadataStream(head.name)) heads.of(head.name.slice(2)).limits = limitsOf(event.data)
    },
    putTombstone: (head) => {
      const event = { id: randomUUID(), type: '$streamDeleted', json: true, data: NO_BYTES, metadata: NO_BYTES }
      insert(head, event, DELETED, TOMBSTONE_ROW)
      head.tombstoned = true
      if (!isMetadataStream(head.name)) heads.of(metadataStreamOf(head.name)).tombstoned = true
    },
    at: (head, revision) => {
      const row = head.id === null || revision < 0 ? undefined : eventAt.get(head.id, revision)
      return row?.record instanceof Uint8Array ? { position: Number(row.position), record: row.record } : null
    },
    recentRevision: (head, id) => {
      const place = recent.find(id)
      return place !== undefined && place.stream === head.id ? place.revision : null
    },
    head: () => last.position,
    transaction: (work) => {
      try {
        begin.run()
        const result = work()
        commit.run()
        uncommittedIds.length = 0
        return result
      } catch (error) {
        if (database.isTransaction) database.exec('ROLLBACK')
        reset()
        throw error
      }
    },
  }
}
