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
 *
 * An answer as of a position stands on what is there and before. The models must have come to the first row that reaches the position; then
 * the answer is final, for nothing is ever put in between. While there is no such row, the position is not published yet.
 */
import { setTimeout as pause } from 'node:timers/promises'
import type { Queryable } from '@bizosaas/databases'
import { nothingBefore } from '@bizosaas/kafka'
import { type Instant, instantOf } from '@bizosaas/schemas'
import { firstAfter, firstReaching, type LedgerRow, publishedAt, publishedUpTo } from './ledger.ts'
import { type Moment, notToCome, type Past } from './past/moment.ts'

/** So long at most after it is stamped an event takes its place: a command has 30 s, the rest is for clocks that differ. */
const stragglesMs = 60_000
/** In so long the relay has published an event when all is well. */
const publishingMs = 1_000

export interface Ground {
  /** What the answer names; null when there is nothing yet. */
  readonly at: { readonly position: number; readonly instant: Instant | null } | null
  /** Null when there is nothing yet. */
  readonly needed: LedgerRow | null
  readonly final: boolean
  readonly past: Past
}

/**
 * Waits until what was recorded by an instant has had the time to be published. It is a wait, and not a refusal, so that one may ask for
 * now; and a short one, for nobody can tell on an idle system that there is nothing to wait for.
 *
 * @param parameter that the moment is from
 * @throws Problem invalid (422) for an instant that is still to come
 */
export async function whenPublished(moment: Moment, parameter: string): Promise<void> {
  if ('position' in moment) return
  // The sender's clock may be a little ahead of ours.
  notToCome(moment.instant, parameter, publishingMs)
  const age = Date.now() - Date.parse(moment.instant)
  if (age < publishingMs) await pause(publishingMs - age)
}

/**
 * @param head the ledger's newest row
 * @returns null while the position is not published
 */
export const groundOf = async (
  tx: Queryable,
  generation: string,
  moment: Moment,
  head: LedgerRow | null,
): Promise<Ground | null> =>
  'position' in moment
    ? groundAtPosition(tx, generation, moment.position)
    : groundAtInstant(tx, generation, moment.instant, head)

async function groundAtInstant(
  tx: Queryable,
  generation: string,
  instant: Instant,
  head: LedgerRow | null,
): Promise<Ground> {
  const at = await publishedAt(tx, generation, instant)
  const settled = await firstAfter(tx, generation, instantOf(new Date(Date.parse(instant) + stragglesMs)))
  const past = { moment: { instant }, complete: at?.position ?? nothingBefore, latest: instant }
  return { at, needed: settled ?? head, final: settled !== null, past }
}

async function groundAtPosition(tx: Queryable, generation: string, position: number): Promise<Ground | null> {
  const needed = await firstReaching(tx, generation, position)
  if (needed === null) return null
  const past = { moment: { position }, complete: position, latest: needed.instant }
  return { ...(await groundOfVersion(tx, generation, position)), needed, past }
}

/** What a version stands on that was built as of a position. */
export async function groundOfVersion(
  tx: Queryable,
  generation: string,
  position: number,
): Promise<Pick<Ground, 'at' | 'final'>> {
  const before = await publishedUpTo(tx, generation, position)
  return { at: { position, instant: before?.instant ?? null }, final: true }
}
