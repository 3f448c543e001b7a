import type { Checkpoint } from './checkpoint.ts'
import type { Outcome, RowsByKey } from './fold.ts'
import type { Item } from './items.ts'
import type { Move } from './move.ts'
import type { Row } from './projection.ts'

/** Where the rows of one projection version go. Its errors are told apart by database-errors.ts. */
export type Sink = {
  /** The rows that these items fold into, as they are at the checkpoint. */
  readonly load: (items: readonly Item[], from: Checkpoint) => Promise<RowsByKey>
  /**
   * Writes the rows and moves the checkpoint.
   * @returns false if the checkpoint is not where the step starts: another runner has moved it
   */
  readonly write: (outcome: Outcome, move: Move) => Promise<boolean>
  /** Writes rows just to see whether the database takes them; they are not kept, or will be written again anyway. */
  readonly attempt: (rows: readonly Row[]) => Promise<void>
}
