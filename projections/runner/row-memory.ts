import type { TopicPartition } from '@bizosaas/kafka'
import type { Checkpoint } from './checkpoint.ts'
import type { RowsByKey } from './fold.ts'
import type { Row } from './projection.ts'

/**
 * Rows as they were last written, so that a batch loads only what it has not met lately. What is remembered of a partition
 * holds for one place of its checkpoint, which is a position and how many orders of operators were carried out there: a
 * runner that finds the checkpoint anywhere else, because another runner was there meanwhile, remembers nothing of it. And
 * should the other one write after that, our own write is refused, for it moves the checkpoint from that same place.
 */
export type RowMemory = {
  /** What is known at a checkpoint: null where there is no row. Empty if it is at another place than was remembered. */
  readonly at: (checkpoint: Place) => RowsByKey
  /** Rows that were written when the checkpoint moved from one place to another. */
  readonly moved: (from: Place, to: Place, rows: RowsByKey) => void
}

type Place = Pick<Checkpoint, 'topic' | 'partition' | 'position' | 'orders'>

/** Remembers, of each partition, the `capacity` rows that were written last. */
export function rowMemory(capacity: number): RowMemory {
  const memories = new Map<string, { readonly at: Place; readonly rows: Map<string, Row | null> }>()

  const rowsAt = (place: Place): Map<string, Row | null> => {
    const memory = memories.get(nameOf(place))
    const isThere = memory?.at.position === place.position && memory.at.orders === place.orders
    return isThere ? memory.rows : new Map()
  }

  return {
    at: rowsAt,
    moved: (from, to, newer) => {
      const rows = rowsAt(from)
      for (const [key, row] of newer) {
        // Set anew, a key moves to the end: the first ones are the oldest.
        rows.delete(key)
        rows.set(key, row)
      }
      for (const key of rows.keys()) {
        if (rows.size <= capacity) break
        rows.delete(key)
      }
      memories.set(nameOf(to), { at: to, rows })
    },
  }
}

function nameOf({ topic, partition }: TopicPartition): string {
  return `${topic}[${partition}]`
}
