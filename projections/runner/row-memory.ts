import type { TopicPartition } from '@bizosaas/kafka'
import type { RowsByKey } from './fold.ts'
import type { Row } from './projection.ts'

/**
 * Rows as they were last written, so that a batch loads only what it has not met lately. What is remembered of a partition
 * holds for one position of its checkpoint: a runner that finds the checkpoint anywhere else, because another runner was
 * there meanwhile, remembers nothing of it. And should the other one write after that, our own write is refused, for it
 * moves the checkpoint from that same position.
 */
export type RowMemory = {
  /** What is known at a position: null where there is no row. Empty if it is another position than was remembered. */
  readonly at: (place: TopicPartition, position: number) => RowsByKey
  /** Rows that were written when the checkpoint moved from one position to another. */
  readonly moved: (place: TopicPartition, from: number, to: number, rows: RowsByKey) => void
}

/** Remembers, of each partition, the `capacity` rows that were written last. */
export function rowMemory(capacity: number): RowMemory {
  const memories = new Map<string, { readonly position: number; readonly rows: Map<string, Row | null> }>()

  const rowsAt = (place: TopicPartition, position: number): Map<string, Row | null> => {
    const memory = memories.get(nameOf(place))
    return memory?.position === position ? memory.rows : new Map()
  }

  return {
    at: rowsAt,
    moved: (place, from, to, newer) => {
      const rows = rowsAt(place, from)
      for (const [key, row] of newer) {
        // Set anew, a key moves to the end: the first ones are the oldest.
        rows.delete(key)
        rows.set(key, row)
      }
      for (const key of rows.keys()) {
        if (rows.size <= capacity) break
        rows.delete(key)
      }
      memories.set(nameOf(place), { position: to, rows })
    },
  }
}

function nameOf({ topic, partition }: TopicPartition): string {
  return `${topic}[${partition}]`
}
