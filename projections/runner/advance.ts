import type { TopicRecord } from '@bizosaas/kafka'
import { applyItems } from './apply-items.ts'
import type { Checkpoint } from './checkpoint.ts'
import { type Item, itemsOf } from './items.ts'
import { batchMove } from './move.ts'
import type { Projection, Recorded } from './projection.ts'
import { type Gap, sequence } from './sequence.ts'
import type { Sink } from './sink.ts'
import type { Parked } from './unparked.ts'

/**
 * A partition one batch further.
 *
 *   moved  the rows are written, and the checkpoint stands behind the batch, before a gap in it, or where it is held
 *   lost   another runner has moved the checkpoint, or it is held since: nothing was written, what is known of the partition is stale
 *   burst  the batch would park more streams than it may: nothing was written
 */
export type Step =
  | {
      readonly type: 'moved'
      readonly to: Checkpoint
      readonly done: Done
      readonly gap: Gap | null
      readonly held: boolean
    }
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
 * @param itemOf as of `itemsOf`
 * @param mayPark whether so many streams may be newly parked, while so many events go well
 */
export async function advance(
  projection: Projection,
  sink: Sink,
  from: Checkpoint,
  records: readonly TopicRecord[],
  mayPark: (streams: number, applied: number) => boolean,
  itemOf?: (record: TopicRecord) => Item,
): Promise<Step> {
  const taken = notBeyond(from.holdAt, records)
  const held = taken.length < records.length
  const { fresh, alreadyApplied, gap } = sequence(from.position, taken)
  // Repeats that the relay wrote are behind the checkpoint's record; the others are read again.
  const beyond = taken.slice(0, fresh.length + alreadyApplied).filter(({ offset }) => offset > from.offset)
  const last = beyond.at(-1)
  if (last === undefined)
    return { type: 'moved', to: from, done: { applied: [], parked: [], notApplicable: 0, alreadyApplied }, gap, held }

  const items = itemsOf(projection, fresh, itemOf)
  const notApplicable = fresh.length - items.length
  const rows = await sink.load(items, from)
  return applyItems(projection, sink, rows, items, from.parkedStreams, async (outcome): Promise<Step> => {
    const { applied, parked } = outcome
    const poisoned = newlyParked(parked)
    if (!mayPark(poisoned.length, applied.length)) return { type: 'burst', poisoned }
    const to: Checkpoint = {
      ...from,
      position: fresh.at(-1)?.position ?? from.position,
      offset: last.offset,
      parkedStreams: withStreams(from.parkedStreams, poisoned),
    }
    const recordedAt = fresh.at(-1)?.metadata?.recordedAt ?? null
    const repeated = beyond.length - fresh.length
    const dealt = { to, recordedAt, applied: applied.length, notApplicable, repeated, parked }
    if (!(await sink.write(outcome, batchMove(projection, from, dealt)))) return { type: 'lost' }
    return { type: 'moved', to, done: { applied, parked, notApplicable, alreadyApplied }, gap, held }
  })
}

/** The records before the first one beyond a position. */
function notBeyond(position: number | null, records: readonly TopicRecord[]): readonly TopicRecord[] {
  const first = position === null ? -1 : records.findIndex((record) => record.position > position)
  return first === -1 ? records : records.slice(0, first)
}

/** Those with which a stream came to be parked. */
export function newlyParked(parked: readonly Parked[]): Parked[] {
  return parked.filter(({ error }) => error !== null)
}

function withStreams(streams: ReadonlySet<string>, poisoned: readonly Parked[]): ReadonlySet<string> {
  if (poisoned.length === 0) return streams
  return streams.union(new Set(poisoned.map(({ record }) => record.stream)))
}
