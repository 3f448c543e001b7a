/** Writes: appends to one or several streams, soft deletes, tombstones. Each is atomic; a group of them is one transaction. */
import { randomUUID } from 'node:crypto'
import type { DatabaseSync } from 'node:sqlite'
import { type Check, check, type Expected, type History } from './check.ts'
import {
  DELETED,
  type Head,
  type Heads,
  isMetadataStream,
  isSoftDeleted,
  limitsOf,
  metadataStreamOf,
  TOMBSTONE_ROW,
} from './heads.ts'
import type { RecentIds } from './recent-ids.ts'
import { decodeRecord, encodeRecord, idOf, type ProposedEvent } from './record.ts'

export type StreamWrite = {
  readonly stream: string
  readonly expected: Expected
  readonly events: readonly ProposedEvent[]
}

export type Write =
  | { readonly type: 'append'; readonly writes: readonly StreamWrite[] }
  | { readonly type: 'delete' | 'tombstone'; readonly stream: string; readonly expected: Expected }

export type Outcome =
  /** `revisions` are the last ones, per stream written; `position` is the last event's. */
  | { readonly type: 'written'; readonly position: number; readonly revisions: readonly number[] }
  /** `actual` is the last revision, -1 when there is no such stream. */
  | { readonly type: 'wrong-revision'; readonly stream: string; readonly expected: Expected; readonly actual: number }
  | { readonly type: 'tombstoned'; readonly stream: string }

export type Writer = {
  /**
   * Carries the writes out in order, each whole or not at all, in one transaction that is on the disk when this returns.
   * Throws, with nothing written and nothing remembered, when the transaction fails (for example on a full disk).
   */
  readonly commit: (group: readonly Write[]) => Outcome[]
  /** The position of the last event, 0 when there is none. */
  readonly head: () => number
}

/** Between the records of a real log stand lengths and headers; the gap keeps anyone from counting on contiguity. */
const RECORD_OVERHEAD = 32
export const METADATA_TYPE = '$metadata'
const TOMBSTONE_TYPE = '$streamDeleted'
const RECENT_AT_START = 10_000

export const writer = (database: DatabaseSync, heads: Heads, recent: RecentIds): Writer => {
  const insertStream = database.prepare('INSERT INTO stream (name) VALUES (?)')
  const insertEvent = database.prepare('INSERT INTO event (position, stream, revision, record) VALUES (?, ?, ?, ?)')
  const recordAt = database.prepare('SELECT position, record FROM event WHERE stream = ? AND revision = ?')
  const lastEvents = database.prepare(
    'SELECT stream, revision, record, position FROM event ORDER BY position DESC LIMIT ?',
  )
  const begin = database.prepare('BEGIN IMMEDIATE')
  const commit = database.prepare('COMMIT')

  const last = { position: 0, next: 0 }
  const addedIds: string[] = []

  const stored = (head: Head, revision: number): { position: number; record: Uint8Array } | null => {
    const row = head.id === null || revision < 0 ? undefined : recordAt.get(head.id, revision)
    return row?.record instanceof Uint8Array ? { position: Number(row.position), record: row.record } : null
  }

  const history: History = {
    idAt: (head, revision) => {
      const found = stored(head, revision)
      return found === null ? null : idOf(found.record)
    },
    recentRevision: (head, id) => {
      const place = recent.find(id)
      return place !== undefined && place.stream === head.id ? place.revision : null
    },
    hasMetadata: (head) => heads.of(metadataStreamOf(head.name)).last >= 0,
  }

  /** Writes one event behind the stream's last one. */
  const insert = (head: Head, event: ProposedEvent, now: number): void => {
    head.id ??= Number(insertStream.run(head.name).lastInsertRowid)
    const tombstone = event.type === TOMBSTONE_TYPE && head.tombstoned
    const position = last.next
    const revision = head.last + 1
    const place = { stream: head.name, revision: tombstone ? DELETED : revision, position }
    const record = encodeRecord(event, place, now)
    insertEvent.run(position, head.id, tombstone ? TOMBSTONE_ROW : revision, record)
    last.position = position
    last.next = position + record.length + RECORD_OVERHEAD
    if (tombstone) return
    head.last = revision
    recent.add(event.id, head.id, revision)
    addedIds.push(event.id)
    if (isMetadataStream(head.name)) heads.of(head.name.slice(2)).limits = limitsOf(event.data)
  }

  const setMetadata = (stream: string, metadata: Buffer, now: number): void =>
    insert(
      heads.of(metadataStreamOf(stream)),
      { id: randomUUID(), type: METADATA_TYPE, json: true, data: metadata, metadata: Buffer.alloc(0) },
      now,
    )

  /** A stream that is written again after a soft delete shows only what comes from now on. */
  const undelete = (stream: string, firstVisible: number, now: number): void => {
    const metadataHead = heads.of(metadataStreamOf(stream))
    const current = stored(metadataHead, metadataHead.last)
    const text = current === null ? '{}' : Buffer.from(decodeRecord(current.record).data).toString('utf8')
    setMetadata(stream, Buffer.from(JSON.stringify({ ...JSON.parse(text), $tb: firstVisible })), now)
  }

  const writeToStream = ({ stream, events }: StreamWrite, now: number): void => {
    const head = heads.of(stream)
    const wasDeleted = isSoftDeleted(head)
    const firstVisible = head.last + 1
    const described = isMetadataStream(stream) ? heads.of(stream.slice(2)) : null
    const describedWasDeleted = described !== null && isSoftDeleted(described)
    for (const event of events) insert(head, event, now)
    if (wasDeleted) undelete(stream, firstVisible, now)
    if (described !== null && describedWasDeleted) undelete(described.name, described.last + 1, now)
  }

  const append = (writes: readonly StreamWrite[], now: number): Outcome => {
    const checks = writes.map(({ stream, expected, events }) =>
      check(
        heads.of(stream),
        expected,
        events.map((event) => event.id),
        history,
      ),
    )
    const first = (type: Check['type']): number => checks.findIndex((found) => found.type === type)
    const refused = first('tombstoned') >= 0 ? first('tombstoned') : first('wrong-revision')
    if (refused >= 0) return refusal(writes[refused], checks[refused], heads)
    const fresh = first('ok')
    const repeated = first('repeated')
    // Several streams are one append: either all of it is there already, or none of it may be.
    if (fresh >= 0 && repeated >= 0) return refusal(writes[repeated], { type: 'wrong-revision' }, heads)
    if (repeated >= 0) return repetition(writes, checks)
    for (const write of writes) writeToStream(write, now)
    return { type: 'written', position: last.position, revisions: writes.map(({ stream }) => heads.of(stream).last) }
  }

  const repetition = (writes: readonly StreamWrite[], checks: readonly Check[]): Outcome => {
    const revisions = checks.map((found) => (found.type === 'repeated' ? found.last : -1))
    const positions = writes.map(({ stream }, i) => stored(heads.of(stream), revisions[i] ?? -1)?.position ?? 0)
    return { type: 'written', position: Math.max(...positions), revisions }
  }

  const remove = (type: 'delete' | 'tombstone', stream: string, expected: Expected, now: number): Outcome => {
    const head = heads.of(stream)
    const found = check(head, expected, [randomUUID()], history)
    if (found.type !== 'ok') return refusal({ stream, expected, events: [] }, found, heads)
    if (type === 'tombstone') {
      head.tombstoned = true
      insert(
        head,
        { id: randomUUID(), type: TOMBSTONE_TYPE, json: true, data: Buffer.alloc(0), metadata: Buffer.alloc(0) },
        now,
      )
      if (!isMetadataStream(stream)) heads.of(metadataStreamOf(stream)).tombstoned = true
    } else {
      if (head.last < 0 && !history.hasMetadata(head)) return { type: 'wrong-revision', stream, expected, actual: -1 }
      setMetadata(stream, Buffer.from(`{"$tb":${DELETED}}`), now)
    }
    return { type: 'written', position: last.position, revisions: [head.last] }
  }

  const reset = (): void => {
    heads.forget()
    for (const id of addedIds.splice(0)) recent.forget(id)
    const row = lastEvents.get(1)
    last.position = row === undefined ? 0 : Number(row.position)
    last.next =
      row?.record instanceof Uint8Array ? last.position + row.record.length + RECORD_OVERHEAD : RECORD_OVERHEAD
  }

  reset()
  for (const row of lastEvents.all(RECENT_AT_START).reverse())
    if (row.record instanceof Uint8Array) recent.add(idOf(row.record), Number(row.stream), Number(row.revision))

  return {
    commit: (group) => {
      const now = Date.now()
      try {
        begin.run()
        const outcomes = group.map((write) =>
          write.type === 'append' ? append(write.writes, now) : remove(write.type, write.stream, write.expected, now),
        )
        commit.run()
        addedIds.length = 0
        return outcomes
      } catch (error) {
        if (database.isTransaction) database.exec('ROLLBACK')
        reset()
        throw error
      }
    },
    head: () => last.position,
  }
}

const refusal = (write: StreamWrite | undefined, found: Check | undefined, heads: Heads): Outcome => {
  if (write === undefined || found === undefined) throw new Error('a refused write has to be one of the group')
  const { stream, expected } = write
  if (found.type === 'tombstoned') return { type: 'tombstoned', stream }
  return { type: 'wrong-revision', stream, expected, actual: heads.of(stream).last }
}
