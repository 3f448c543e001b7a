import { eventOf, type StoredEvent } from '@bizosaas/event-store'
import { recorded } from '@bizosaas/projections/runner/items.ts'
import type { FoldProjection, Recorded, Row } from '@bizosaas/projections/runner/projection.ts'
import { metadataFromStored } from '@bizosaas/schemas'
import { isKnown, type Moment } from './moment.ts'

/** A stored event as a read model's handler sees it. @throws where it cannot be read */
export function recordedOf(stored: StoredEvent): Recorded {
  const { id: eventId, stream, revision, position, metadata } = stored
  return recorded({ eventId, stream, revision, position }, metadataFromStored(metadata), eventOf(stored))
}

/**
 * The row that a stream's events came to at a moment, by the read model's own handlers; null when it was not there.
 *
 * Where clocks differ, an event can be known by an instant that builds on one which is not. It counts all the same, as a row that is inserted
 * for it does; but nothing is there before its first event is.
 *
 * @param reached revision of the row in the table. From an event on that is parked it stands still there, and so here; an earlier one that
 *   cannot be applied was skipped there, and is here
 */
export function foldStream(
  model: FoldProjection,
  events: readonly StoredEvent[],
  moment: Moment,
  reached: number,
): Row | null {
  let row: Row | null = null
  for (const stored of events) {
    if (stored.revision > reached) break
    if (model.types.has(stored.type)) row = applied(model, row, stored, moment)
  }
  return row
}

/** The row after an event; as it was if that was not known, or cannot be applied. */
function applied(model: FoldProjection, row: Row | null, stored: StoredEvent, moment: Moment): Row | null {
  try {
    const event = recordedOf(stored)
    if (!isKnown(moment, event) || (row === null && event.revision > 0)) return row
    model.id(event)
    return model.handle(row, event)
  } catch {
    return row
  }
}
