import type { TopicRecord } from '@bizosaas/kafka'
import { type Item, messageOf, stackOf } from './items.ts'
import type { Recorded } from './projection.ts'

/**
 * Poison is sequenced: once an event of a stream cannot be applied, the later events of that stream are not tried, for
 * they build on it. They park behind it, in order, and all other streams go on.
 */
export type Handled = {
  readonly applied: readonly Recorded[]
  readonly parked: readonly Parked[]
}

export type Parked = {
  readonly record: TopicRecord
  /** Why, for the first event of a stream; null for those that park behind it. */
  readonly error: string | null
  /** Where the handler failed, if it was the handler. */
  readonly stack: string | null
}

/** What must not be tried: streams that are parked already, and items that the database refused, each with its words. */
export type Barred = { readonly streams: ReadonlySet<string>; readonly items: ReadonlyMap<Item, string> }

/**
 * Hands the events to `apply` in order. One that is unreadable or barred, or whose `apply` throws, parks its stream from
 * there on.
 * @param apply leaves nothing behind when it throws
 */
export function eachUnparked(items: readonly Item[], barred: Barred, apply: (event: Recorded) => void): Handled {
  const poisoned = new Set<string>()
  const applied: Recorded[] = []
  const parked: Parked[] = []
  for (const item of items) {
    const { record } = item
    if (barred.streams.has(record.stream) || poisoned.has(record.stream)) {
      parked.push({ record, error: null, stack: null })
      continue
    }
    const failure = item.error === null ? (refused(barred, item) ?? tried(apply, item.event)) : { ...item, stack: null }
    if (failure !== null) {
      poisoned.add(record.stream)
      parked.push({ record, error: failure.error, stack: failure.stack })
    } else if (item.event !== null) applied.push(item.event)
  }
  return { applied, parked }
}

type Failure = { readonly error: string; readonly stack: string | null }

function refused(barred: Barred, item: Item): Failure | null {
  const error = barred.items.get(item)
  return error === undefined ? null : { error, stack: null }
}

function tried(apply: (event: Recorded) => void, event: Recorded): Failure | null {
  try {
    apply(event)
    return null
  } catch (error) {
    return { error: messageOf(error), stack: stackOf(error) }
  }
}
