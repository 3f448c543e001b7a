/**
 * A moment of the past, which an answer can stand on:
 *
 *   instant    what was recorded by then, wherever it stands
 *   position   what stands there or before, and nothing after it
 *
 * An event says both of itself, so that every row and every event of a stream can be asked whether it was known at a moment.
 */
import { Instant as InstantSchema, invalid } from '@bizosaas/http'
import { Instant } from '@bizosaas/schemas'
import { Type } from 'typebox'

export type Moment = { readonly instant: Instant } | { readonly position: number }

const words =
  'an instant with its offset, such as 2026-11-22T23:38:28.123456Z, or a position, which is a whole number as answers name it in `asOf`'

/** A position has at most 15 digits, so that it is exact wherever a number stands. */
export const MomentText = Type.Union([InstantSchema, Type.String({ pattern: '^\\d{1,15}$' })], { description: words })

/** Whether it is an instant or a position, of texts that may name something else, too. */
export const isMoment = (text: string): boolean => /^\d/.test(text)

/** @param text fits MomentText */
export const momentOf = (text: string): Moment =>
  /^\d+$/.test(text) ? { position: Number(text) } : { instant: Instant.parse(text) }

/** @throws Problem invalid (422) for an instant that is still to come, but for the little that clocks may differ */
export function notToCome(instant: Instant, parameter: string, slackMs: number): void {
  if (Date.parse(instant) - Date.now() <= slackMs) return
  const detail = `must not be in the future; now it is ${Instant.now()}`
  throw invalid([{ in: 'query', pointer: `/${parameter}`, detail }])
}

/** Whether an event was known at the moment. */
export const isKnown = (moment: Moment, event: { readonly position: number; readonly recordedAt: Instant }): boolean =>
  'position' in moment ? event.position <= moment.position : event.recordedAt <= moment.instant

/** A moment, and what the relay's ledger says of it. */
export interface Past {
  readonly moment: Moment
  /** All that stands here and before was known; -1 when nothing was. */
  readonly complete: number
  /** Nothing that was known was recorded after this. */
  readonly latest: Instant
}
