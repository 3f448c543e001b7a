import { findClash, findRefused } from './bisect.ts'
import { demandOf } from './database-errors.ts'
import { foldBatch, type Outcome, type RowsByKey } from './fold.ts'
import { type Item, messageOf } from './items.ts'
import type { Projection } from './projection.ts'
import type { Sink } from './sink.ts'
import type { Barred } from './unparked.ts'

/**
 * Folds items, and has `write` write what they come to. If the database refuses a value, the events at fault are found and
 * barred, and the rest is folded again.
 * @param rows what the table has at the keys of these items
 * @param parkedStreams of which nothing is tried
 */
export async function applyItems<Result>(
  projection: Projection,
  sink: Sink,
  rows: RowsByKey,
  items: readonly Item[],
  parkedStreams: ReadonlySet<string>,
  write: (outcome: Outcome) => Promise<Result>,
): Promise<Result> {
  for (let barred: Barred = { streams: parkedStreams, items: new Map() }; ; ) {
    try {
      return await write(foldBatch(projection, rows, items, barred))
    } catch (error) {
      if (demandOf(error) !== 'refused') throw error
      barred = await barRefused(projection, sink, rows, items, barred, error)
    }
  }
}

/** The database does not say whose value it cannot hold: find out, and bar those events. */
async function barRefused(
  projection: Projection,
  sink: Sink,
  rows: RowsByKey,
  items: readonly Item[],
  barred: Barred,
  error: unknown,
): Promise<Barred> {
  const attempt = async (some: readonly Item[]): Promise<string | null> => {
    try {
      await sink.attempt(foldBatch(projection, rows, some, barred).written)
      return null
    } catch (failure) {
      if (demandOf(failure) !== 'refused') throw failure
      return messageOf(failure)
    }
  }
  let refused = await findRefused(items, attempt)
  if (refused.size === 0) refused = await findClash(items, attempt)
  if (refused.size === 0)
    throw new Error(`The database refuses what it takes when asked again: ${messageOf(error)}`, { cause: error })
  return { streams: barred.streams, items: new Map([...barred.items, ...refused]) }
}
