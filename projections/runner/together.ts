import DataLoader from 'dataloader'
import { demandOf } from './database-errors.ts'
import type { Outcome } from './fold.ts'
import { type Move, moveCheckpoints } from './move.ts'

/** What one partition comes to: rows, and where its checkpoint moves. */
export type Step = { readonly outcome: Outcome; readonly move: Move }

/** A step with so many rows takes its own statement, beside which those of other partitions are worked on. */
export const manyRows = 100

/**
 * Writes small steps that are taken at one time as one: what was fetched together comes from many partitions, a record or
 * two from each, and a transaction for each of them would cost many times what its rows do. If the database refuses a value,
 * each is written alone, so that the others do not suffer for it.
 *
 * @param writeAll the rows and moves of several steps, by one statement each. @returns for each step whether it was taken
 */
export function together(
  writeAll: (steps: readonly Step[]) => Promise<readonly boolean[]>,
): (outcome: Outcome, move: Move) => Promise<boolean> {
  const alone = async (step: Step): Promise<boolean> => (await writeAll([step]))[0] ?? false
  const joint = new DataLoader(
    async (steps: readonly Step[]) => {
      try {
        return await writeAll(steps)
      } catch (error) {
        if (steps.length === 1 || demandOf(error) === 'wait') throw error
        return Promise.all(steps.map((step) => alone(step).catch(asError)))
      }
    },
    { cache: false, batchScheduleFn: afterAllOfThisTurn },
  )
  return (outcome, move) => {
    const step = { outcome, move }
    const isSmall = outcome.written.length + outcome.removed.length < manyRows
    return isSmall && move.statement === moveCheckpoints ? joint.load(step) : alone(step)
  }
}

/** When everything that was begun at one time has come as far as it comes without waiting for a database. */
export const afterAllOfThisTurn = (callback: () => void): void => {
  setImmediate(callback)
}

export const asError = (error: unknown): Error => (error instanceof Error ? error : new Error(String(error)))
