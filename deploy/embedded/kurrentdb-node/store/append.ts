/** What writes do: appends to one or several streams, soft deletes, tombstones. Each happens whole or not at all. */
import { randomUUID } from 'node:crypto'
import { type Check, check, type Expected, type History } from './check.ts'
import { DELETED, type Head, type Heads, isMetadataStream, isSoftDeleted, metadataStreamOf } from './heads.ts'
import type { Log } from './log.ts'
import { decodeRecord, idOf, type ProposedEvent } from './record.ts'

export type StreamWrite = {
  readonly stream: string
  readonly expected: Expected
  readonly events: readonly ProposedEvent[]
}

export type Removal = { readonly type: 'delete' | 'tombstone'; readonly stream: string; readonly expected: Expected }

export type Write = { readonly type: 'append'; readonly writes: readonly StreamWrite[] } | Removal

export type Outcome =
  /** `revisions` are the last ones, per stream written; `position` is the last event's. */
  | { readonly type: 'written'; readonly position: number; readonly revisions: readonly number[] }
  /** `actual` is the last revision, -1 when there is no such stream. */
  | { readonly type: 'wrong-revision'; readonly stream: string; readonly expected: Expected; readonly actual: number }
  | { readonly type: 'tombstoned'; readonly stream: string }

const METADATA_TYPE = '$metadata'

/** A `$metadata` event, as it stands in `$$<stream>`. */
export const metadataEvent = (metadata: string): ProposedEvent => ({
  id: randomUUID(),
  type: METADATA_TYPE,
  json: true,
  data: Buffer.from(metadata),
  metadata: Buffer.alloc(0),
})

/** Carries one write out; it has to be called inside a transaction of the log. */
export const writer = (log: Log, heads: Heads): ((write: Write) => Outcome) => {
  const history: History = {
    idAt: (head, revision) => {
      const found = log.at(head, revision)
      return found === null ? null : idOf(found.record)
    },
    recentRevision: log.recentRevision,
    hasMetadata: (head) => heads.of(metadataStreamOf(head.name)).last >= 0,
  }

  const written = (revisions: readonly number[]): Outcome => ({ type: 'written', position: log.head(), revisions })

  const wrongRevision = ({ stream, expected }: { stream: string; expected: Expected }): Outcome => ({
    type: 'wrong-revision',
    stream,
    expected,
    actual: heads.of(stream).last,
  })

  const append = (writes: readonly StreamWrite[]): Outcome => {
    const checks = writes.map(({ stream, expected, events }) => {
      const ids = events.map(({ id }) => id)
      return check(heads.of(stream), expected, ids, history)
    })
    const first = (type: Check['type']): StreamWrite | undefined =>
      writes[checks.findIndex((found) => found.type === type)]
    const tombstoned = first('tombstoned')
    if (tombstoned) return { type: 'tombstoned', stream: tombstoned.stream }
    const wrong = first('wrong-revision')
    if (wrong) return wrongRevision(wrong)
    const repeated = first('repeated')
    // Several streams are one append: either all of it is there already, or none of it may be.
    if (repeated) return first('ok') ? wrongRevision(repeated) : repetition(writes, checks)
    for (const write of writes) appendTo(write)
    return written(writes.map(({ stream }) => heads.of(stream).last))
  }

  const repetition = (writes: readonly StreamWrite[], checks: readonly Check[]): Outcome => {
    const revisions = checks.map((found) => (found.type === 'repeated' ? found.last : -1))
    const positions = writes.map(({ stream }, i) => log.at(heads.of(stream), revisions[i] ?? -1)?.position ?? 0)
    return { type: 'written', position: Math.max(...positions), revisions }
  }

  const appendTo = ({ stream, events }: StreamWrite): void => {
    const head = heads.of(stream)
    const described = isMetadataStream(stream) ? heads.of(stream.slice(2)) : null
    const deleted = [head, described].filter((each) => each !== null && isSoftDeleted(each))
    const firstVisible = head.last + 1
    for (const event of events) log.put(head, event)
    if (deleted.includes(head)) undelete(head, firstVisible)
    if (described !== null && deleted.includes(described)) undelete(described, described.last + 1)
  }

  /** A stream that is written again after a soft delete shows only what comes from now on. */
  const undelete = (head: Head, $tb: number): void => {
    const metadataHead = heads.of(metadataStreamOf(head.name))
    const current = log.at(metadataHead, metadataHead.last)
    const text = current === null ? '{}' : Buffer.from(decodeRecord(current.record).data).toString('utf8')
    log.put(metadataHead, metadataEvent(JSON.stringify({ ...JSON.parse(text), $tb })))
  }

  const remove = ({ type, stream, expected }: Removal): Outcome => {
    const head = heads.of(stream)
    const found = check(head, expected, [randomUUID()], history)
    if (found.type === 'tombstoned') return { type: 'tombstoned', stream }
    const never = head.last < 0 && !history.hasMetadata(head)
    if (found.type !== 'ok' || (type === 'delete' && never)) return wrongRevision({ stream, expected })
    if (type === 'tombstone') log.putTombstone(head)
    else log.put(heads.of(metadataStreamOf(stream)), metadataEvent(`{"$tb":${DELETED}}`))
    return written([head.last])
  }

  return (write) => (write.type === 'append' ? append(write.writes) : remove(write))
}
