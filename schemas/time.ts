/**
 * Two kinds of time. An Instant is a point in time, ISO 8601 in UTC with exactly six fractional digits, so that
 * strings sort as instants do. A CalendarDate is a day on somebody's calendar; whose, its field says.
 */
import { dateOfDays, daysOfDate, instantOfMicros, microsOfTimestamp } from './calendar.ts'

declare const brand: unique symbol
export type Instant = string & { readonly [brand]: 'Instant' }
export type CalendarDate = string & { readonly [brand]: 'CalendarDate' }

export const Instant = {
  /**
   * Reads an RFC 3339 timestamp of any offset with at most six fractional digits.
   * @throws TypeError if it is none, or is of no day of the calendar or out of the years 1828 to 2254
   */
  parse: (text: unknown): Instant => instantOfMicros(microsOfTimestamp(text)) as Instant,

  /** By the machine's clock, which counts milliseconds. */
  now: (): Instant => instantOf(new Date()),
}

export const CalendarDate = {
  /** @throws TypeError if it is not written YYYY-MM-DD, or there is no such day (2026-02-30) */
  parse(text: unknown): CalendarDate {
    daysOfDate(text)
    return text as CalendarDate
  },
}

/** @throws RangeError if the date is invalid or out of the years 1828 to 2254 */
export function instantOf(date: Date): Instant {
  return instantOfMicros(date.getTime() * 1000) as Instant
}

export function nextDay(date: CalendarDate): CalendarDate {
  return dateOfDays(daysOfDate(date) + 1) as CalendarDate
}
