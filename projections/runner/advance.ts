import type { TopicRecord } from '@bizosaas/kafka'
import { findRefused } from './bisect.ts'
import type { Checkpoint } from './checkpoint.ts'
import { demandOf } from './database-errors.ts'
import { foldBatch, type RowsByKey } from './fold.ts'
import { type Item, itemsOf, messageOf } from './items.ts'
import type { Projection, Recorded } from './projection.ts'
import { type Gap, sequence } from './sequence.ts'
import type { Sink } from './sink.ts'
import type { Barred, Parked } from './unparked.ts'

/**
 * A partition one batch further.
 *
 *   moved  the rows are written, and the checkpoint stands behind the batch, or before a gap in it
 *   lost   another runner has moved the checkpoint: nothing was written, what is known of the partition is stale
 *   burst  the batch would park more streams than it may: nothing was written
 */
export type Step =
  | { readonly type: 'moved'; readonly to: Checkpoint; readonly done: Done; readonly gap: Gap | null }
  | { readonly type: 'lost' }
  | { readonly type: 'burst'; readonly poisoned: readonly Parked[] }

/** What became of the batch. Every record before a gap is counted once. */
export type Done = {
  readonly applied: readonly Recorded[]
  readonly parked: readonly Parked[]
  readonly notApplicable: number
  readonly alreadyApplied: number
}

/**
 * Folds what follows the checkpoint, writes it and moves the checkpoint, in one step. It keeps nothing, so it can be tried
 * again after any error.
 * @param mayPark whether so many streams may be newly parked, while so many events go well
 */
export async function advance(
  projection: Projection,
  sink: Sink,
  from: Checkpoint,
  records: readonly TopicRecord[],
  mayPark: (streams: number, applied: number) => boolean,
): Promise<Step> {
  const { fresh, alreadyApplied, gap } = sequence(from.position, records)
  const last = fresh.at(-1)
  if (last === undefined)
    return { type: 'moved', to: from, done: { applied: [], parked: [], notApplicable: 0, alreadyApplied }, gap }

  const items = itemsOf(projection, fresh)
  const notApplicable = fresh.length - items.length
  const rows = await sink.load(items, from)
  for (let barred: Barred = { streams: from.parkedStreams, items: new Map() }; ; ) {
    const outcome = foldBatch(projection, rows, items, barred)
    const { applied, parked } = outcome
    const poisoned = newlyParked(parked)
    if (!mayPark(poisoned.length, applied.length)) return { type: 'burst', poisoned }
    try {
      const moved = await sink.write(outcome, { from, to: last, applied: applied.length, notApplicable, parked })
      if (!moved) return { type: 'lost' }
      const to = checkpointAt(from, last, poisoned)
      return { type: 'moved', to, done: { applied, parked, notApplicable, alreadyApplied }, gap }
    } catch (error) {
      if (demandOf(error) !== 'refused') throw error
      barred = await barRefused(projection, sink, rows, items, barred, error)
    }
  }
}

/** Those with which a stream came to be parked. */
export function newlyParked(parked: readonly Parked[]): Parked[] {
  return parked.filter(({ error }) => error !== null)
}

function checkpointAt(from: Checkpoint, { position, offset }: TopicRecord, poisoned: readonly Parked[]): Checkpoint {
  const parkedStreams =
    poisoned.length === 0
      ? from.parkedStreams
      : from.parkedStreams.union(new Set(poisoned.map(({ record }) => record.stream)))
  return { ...from, position, offset, parkedStreams }
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
  const refused = await findRefused(items, async (some) => {
    try {
      await sink.attempt(foldBatch(projection, rows, some, barred).written)
      return null
    } catch (failure) {
      if (demandOf(failure) !== 'refused') throw failure
      return messageOf(failure)
    }
  })
  if (refused.size === 0)
    throw new Error(`The database takes these rows one by one, but not together: ${messageOf(error)}`, { cause: error })
  return { streams: barred.streams, items: new Map([...barred.items, ...refused]) }
}
