/** Reads, in bounded chunks: a reader asks for the next chunk when it has sent the last one, so appends get their turn. */
import type { DatabaseSync, StatementSync } from 'node:sqlite'
import { firstRevision, type Head, TOMBSTONE_ROW } from './heads.ts'
import { decodeRecord } from './record.ts'

export type Row = { readonly position: number; readonly revision: number; readonly record: Uint8Array }

export type Reader = {
  /** Events of all streams at or behind `from`, ascending. */
  readonly forward: (from: number, limit: number) => Row[]
  /** Events of all streams before `before` (which is not included), descending. */
  readonly backward: (before: number, limit: number) => Row[]
  /** A stream's events from a revision on (included), ascending. The caller has seen that the stream exists. */
  readonly streamForward: (head: Head, from: number, limit: number) => Row[]
  /** A stream's events from a revision down (included), descending. */
  readonly streamBackward: (head: Head, from: number, limit: number) => Row[]
  /** The event that ended a stream for ever, null when nothing did. */
  readonly tombstone: (head: Head) => Row | null
}

/** A chunk ends at this many bytes: large enough to be efficient, small enough to read in a few milliseconds. */
const CHUNK_BYTES = 256 * 1024
const CHUNK_EVENTS = 512

export const reader = (database: DatabaseSync): Reader => {
  const query = (sql: string): StatementSync => {
    const statement = database.prepare(sql)
    statement.setReturnArrays(true)
    return statement
  }
  const columns = 'SELECT position, revision, record FROM event'
  const forward = query(`${columns} WHERE position >= ? ORDER BY position LIMIT ?`)
  const backward = query(`${columns} WHERE position < ? ORDER BY position DESC LIMIT ?`)
  const streamForward = query(`${columns} WHERE stream = ? AND revision >= ? ORDER BY revision LIMIT ?`)
  const streamBackward = query(
    `${columns} WHERE stream = ? AND revision <= ? AND revision >= ? ORDER BY revision DESC LIMIT ?`,
  )

  const exactly = query(`${columns} WHERE stream = ? AND revision = ? LIMIT ?`)

  return {
    forward: (from, limit) => chunk(forward, limit, from),
    backward: (before, limit) => chunk(backward, limit, before),
    streamForward: (head, from, limit) =>
      head.id === null ? [] : chunk(streamForward, limit, head.id, Math.max(from, firstRevision(head))),
    streamBackward: (head, from, limit) =>
      head.id === null ? [] : chunk(streamBackward, limit, head.id, Math.min(from, head.last), firstRevision(head)),
    tombstone: (head) => (head.id === null ? null : (chunk(exactly, 1, head.id, TOMBSTONE_ROW)[0] ?? null)),
  }
}

const chunk = (statement: StatementSync, limit: number, ...bounds: number[]): Row[] => {
  const rows: Row[] = []
  let bytes = 0
  for (const columns of statement.iterate(...bounds, Math.min(limit, CHUNK_EVENTS))) {
    const [position, revision, record] = columns as unknown as [number, number, Uint8Array]
    rows.push({ position, revision, record })
    bytes += record.length
    if (bytes >= CHUNK_BYTES) break
  }
  return rows
}

/** Whether the stream's `$maxAge` hides an event. */
export const isExpired = (head: Head, record: Uint8Array): boolean => {
  const { maxAge } = head.limits
  return maxAge !== null && decodeRecord(record).created < Date.now() - maxAge * 1000
}
