/** What is known of a stream at its end: the last revision, and the limits that its metadata sets on reads. */
import type { DatabaseSync } from 'node:sqlite'
import { decodeRecord } from './record.ts'

/** int64's maximum: a stream truncated before it is soft deleted. */
export const DELETED = 2n ** 63n - 1n
/** How a tombstone's row is numbered, since the column has to stay a safe integer. */
export const TOMBSTONE_ROW = -1

export type Limits = {
  readonly truncateBefore: number
  readonly maxCount: number | null
  /** Seconds. */
  readonly maxAge: number | null
}

export type Head = {
  readonly name: string
  /** The stream's row, null while it has none. */
  id: number | null
  /** The last revision, -1 when nothing was ever appended. */
  last: number
  tombstoned: boolean
  limits: Limits
}

export type Heads = {
  readonly of: (stream: string) => Head
  /** Forgets what was read: after a rolled back transaction nothing cached may stay. */
  readonly forget: () => void
}

const NO_LIMITS: Limits = { truncateBefore: 0, maxCount: null, maxAge: null }
/** A metadata stream shows only its newest event. */
const METADATA_STREAM_LIMITS: Limits = { truncateBefore: 0, maxCount: 1, maxAge: null }
const CACHED_STREAMS = 50_000

export const isMetadataStream = (stream: string): boolean => stream.startsWith('$$')
export const metadataStreamOf = (stream: string): string => `$$${stream}`
export const isSoftDeleted = (head: Head): boolean => head.limits.truncateBefore >= Number(DELETED)

/** The first revision that reads may show; with `maxAge` it can be later still. */
export const firstRevision = (head: Head): number => {
  const { truncateBefore, maxCount } = head.limits
  return Math.max(truncateBefore, maxCount === null ? 0 : head.last - maxCount + 1)
}

/** The limits in a `$metadata` event's data; what is not an object with whole numbers sets none. */
export const limitsOf = (metadata: Uint8Array): Limits => {
  let parsed: unknown
  try {
    parsed = JSON.parse(Buffer.from(metadata).toString('utf8'))
  } catch {
    return NO_LIMITS
  }
  if (typeof parsed !== 'object' || parsed === null) return NO_LIMITS
  const whole = (value: unknown): number | null =>
    Number.isInteger(value) && Number(value) >= 0 ? Number(value) : null
  const { $tb, $maxCount, $maxAge } = parsed as Record<string, unknown>
  return { truncateBefore: whole($tb) ?? 0, maxCount: whole($maxCount), maxAge: whole($maxAge) }
}

/** Looks stream heads up, and keeps the most recent ones. */
export const streamHeads = (database: DatabaseSync): Heads => {
  const cached = new Map<string, Head>()
  const idOf = database.prepare('SELECT id FROM stream WHERE name = ?')
  const lastOf = database.prepare('SELECT revision FROM event WHERE stream = ? ORDER BY revision DESC LIMIT 1')
  const tombstoneOf = database.prepare('SELECT 1 FROM event WHERE stream = ? AND revision = ?')
  const recordOf = database.prepare('SELECT record FROM event WHERE stream = ? AND revision = ?')

  const load = (name: string): Head => {
    const row = idOf.get(name)
    const id = row === undefined ? null : Number(row.id)
    const last = id === null ? undefined : lastOf.get(id)
    const ownTombstone = id !== null && tombstoneOf.get(id, TOMBSTONE_ROW) !== undefined
    return {
      name,
      id,
      last: last === undefined ? -1 : Number(last.revision),
      tombstoned: ownTombstone || (isMetadataStream(name) && of(name.slice(2)).tombstoned),
      limits: isMetadataStream(name) ? METADATA_STREAM_LIMITS : storedLimits(metadataStreamOf(name)),
    }
  }

  const storedLimits = (metadataStream: string): Limits => {
    const row = idOf.get(metadataStream)
    const last = row === undefined ? undefined : lastOf.get(Number(row.id))
    if (row === undefined || last === undefined) return NO_LIMITS
    const record = recordOf.get(Number(row.id), Number(last.revision))?.record
    return record instanceof Uint8Array ? limitsOf(decodeRecord(record).data) : NO_LIMITS
  }

  const of = (name: string): Head => {
    const known = cached.get(name)
    const head = known ?? load(name)
    // Re-inserting keeps the map in order of use, so its first key is the one to drop.
    if (known !== undefined) cached.delete(name)
    else if (cached.size >= CACHED_STREAMS) cached.delete(cached.keys().next().value ?? '')
    cached.set(name, head)
    return head
  }

  return { of, forget: () => cached.clear() }
}
