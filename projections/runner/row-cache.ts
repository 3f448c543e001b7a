import type { RowsByKey } from './fold.ts'
import type { Row } from './projection.ts'

/**
 * Rows as they were last written or read, so that a batch loads only what it has not met lately. A remembered row may be
 * stale, because another runner wrote it: then that runner has moved the checkpoint too, our write is refused by its
 * compare-and-set, and everything here is forgotten.
 */
export type RowCache = {
  /** Undefined if it is not known; null if it is known that there is none. */
  readonly get: (key: string) => Row | null | undefined
  readonly remember: (rows: RowsByKey) => void
  readonly forget: () => void
}

/** Keeps the `capacity` rows that were remembered last. */
export function rowCache(capacity: number): RowCache {
  const rows = new Map<string, Row | null>()
  return {
    get: (key) => rows.get(key),
    remember: (newer) => {
      for (const [key, row] of newer) {
        // Set anew, a key moves to the end: the first ones are the oldest.
        rows.delete(key)
        rows.set(key, row)
      }
      for (const key of rows.keys()) {
        if (rows.size <= capacity) break
        rows.delete(key)
      }
    },
    forget: () => rows.clear(),
  }
}
