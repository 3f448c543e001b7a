/**
 * An answer as of an instant stands on exactly what was recorded until then. Which that is, each row says itself: when its event was recorded.
 * A row of the relay's ledger covers many events, and can only say up to where the models must have come:
 *
 *   at       the last row up to which everything was recorded by the instant; all of that is in the answer
 *   between  some was; clocks of machines differ, and a command is stamped when it comes but takes its place when it is done, so that an
 *            event can stand behind one that was recorded after it
 *   needed   the first row with something recorded a good while after the instant: from there on nothing is of before it
 *
 * While there is no such row, the answer stands on all there is, and is not final: the relay may have more, and nobody here knows.
 * No position bounds the answer: a single clock that is far ahead would cut off all that was truly recorded in between.
 */
import { setTimeout as pause } from 'node:timers/promises'
import type { Queryable } from '@bizosaas/databases'
import { invalid } from '@bizosaas/http'
import { Instant, instantOf } from '@bizosaas/schemas'
import { firstAfter, type LedgerRow, publishedAt } from './ledger.ts'

/** So long at most after it is stamped an event takes its place: a command has 30 s, the rest is for clocks that differ. */
const stragglesMs = 60_000
/** In so long the relay has published an event when all is well. */
const publishingMs = 1_000

export interface Ground {
  readonly at: LedgerRow | null
  /** Null when there is nothing yet. */
  readonly needed: LedgerRow | null
  readonly final: boolean
}

/**
 * Reads the parameter, and waits until what was recorded by then has had the time to be published. It is a wait, and not a refusal, so that
 * one may ask for now; and a short one, for nobody can tell on an idle system that there is nothing to wait for.
 *
 * @throws Problem invalid (422) for an instant that is still to come
 */
export async function whenPublished(text: string): Promise<Instant> {
  const instant = Instant.parse(text)
  const age = Date.now() - Date.parse(instant)
  // The sender's clock may be a little ahead of ours.
  if (age < -publishingMs) {
    throw invalid([{ in: 'query', pointer: '/asOf', detail: `must not be in the future; now it is ${Instant.now()}` }])
  }
  if (age < publishingMs) await pause(publishingMs - age)
  return instant
}

/** @param head the ledger's newest row */
export async function groundOf(
  tx: Queryable,
  generation: string,
  instant: Instant,
  head: LedgerRow | null,
): Promise<Ground> {
  const at = await publishedAt(tx, generation, instant)
  const settled = await firstAfter(tx, generation, instantOf(new Date(Date.parse(instant) + stragglesMs)))
  return { at, needed: settled ?? head, final: settled !== null }
}
