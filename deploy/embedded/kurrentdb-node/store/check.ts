/**
 * The rules for expected revisions and repeated appends.
 *
 * At an exact or no-stream revision below the current one, an append is a repetition when the events behind that revision
 * have its ids. At `any` and `stream-exists` only the recent past is known (see recent-ids.ts). Repeating a part of an
 * append, or adding to it, is a wrong revision.
 */
import { type Head, isSoftDeleted } from './heads.ts'

/** What a writer expects of a stream; a number is its last revision. */
export type Expected = number | 'any' | 'no-stream' | 'stream-exists'

export type Check =
  | { readonly type: 'ok' }
  | { readonly type: 'repeated'; readonly last: number }
  | { readonly type: 'wrong-revision' }
  | { readonly type: 'tombstoned' }

/** How the check looks at stored events. */
export type History = {
  /** The id of the event at a revision, null when there is none. */
  readonly idAt: (head: Head, revision: number) => string | null
  /** The revision of a recently appended event of this stream, null when it is not known (any more). */
  readonly recentRevision: (head: Head, id: string) => number | null
  /** Whether the stream's metadata was ever set. */
  readonly hasMetadata: (head: Head) => boolean
}

const ok: Check = { type: 'ok' }
const wrong: Check = { type: 'wrong-revision' }

/** Decides whether events with these ids may be appended. */
export const check = (head: Head, expected: Expected, ids: readonly string[], history: History): Check => {
  if (head.tombstoned) return { type: 'tombstoned' }
  if (expected === 'any') return checkRecent(head, ids, history)
  if (expected === 'stream-exists')
    return isSoftDeleted(head) || (head.last < 0 && !history.hasMetadata(head))
      ? wrong
      : checkRecent(head, ids, history)
  const revision = expected === 'no-stream' ? -1 : expected
  if (revision === head.last) return ok
  return revision > head.last ? wrong : checkBelow(head, revision, ids, history)
}

const checkRecent = (head: Head, ids: readonly string[], history: History): Check => {
  let last = -1
  for (const [index, id] of ids.entries()) {
    const revision = history.recentRevision(head, id)
    if (revision === null) return index === 0 ? ok : wrong
    last = revision
  }
  return ids.length === 0 ? ok : { type: 'repeated', last }
}

const checkBelow = (head: Head, revision: number, ids: readonly string[], history: History): Check => {
  const different = ids.findIndex((id, index) => history.idAt(head, revision + 1 + index) !== id)
  if (different > 0) return wrong
  if (different < 0 && ids.length > 0) return { type: 'repeated', last: revision + ids.length }
  // A soft deleted stream counts as absent, and its numbering goes on.
  return revision === -1 && isSoftDeleted(head) ? ok : wrong
}
