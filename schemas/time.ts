/**
 * Two kinds of time. An Instant is a point in time, ISO 8601 in UTC with exactly six fractional digits, so that
 * strings sort as instants do. A CalendarDate is a day on somebody's calendar; whose, its field says.
 */
declare const brand: unique symbol
export type Instant = string & { readonly [brand]: 'Instant' }
export type CalendarDate = string & { readonly [brand]: 'CalendarDate' }

const rfc3339 = /^(\d{4})-(\d\d)-(\d\d)[Tt](\d\d):(\d\d):(\d\d)(?:\.(\d{1,6}))?(?:([Zz])|([+-])(\d\d):(\d\d))$/
const canonicalInstant = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$/
const isoDate = /^(\d{4})-(\d\d)-(\d\d)$/

const microsPerSecond = 1_000_000
const secondsPerDay = 86_400

export const Instant = {
  /**
   * Reads an RFC 3339 timestamp of any offset with at most six fractional digits.
   * @throws TypeError if it is none, or is of no day of the calendar
   */
  parse(text: unknown): Instant {
    const parts = typeof text === 'string' ? rfc3339.exec(text) : null
    if (parts === null) throw notAnInstant(text)
    return instantOfMicros(microsOfParts(parts, text))
  },

  /** The machine's clock; it counts milliseconds. */
  now: (): Instant => instantOf(new Date()),
}

export const CalendarDate = {
  /** @throws TypeError if it is not 'YYYY-MM-DD', or there is no such day (2026-02-30) */
  parse(text: unknown): CalendarDate {
    daysOfDate(text)
    return text as CalendarDate
  },
}

/** @throws RangeError if the date is invalid or out of an Instant's range */
export function instantOf(date: Date): Instant {
  return instantOfMicros(date.getTime() * 1000)
}

export function nextDay(date: CalendarDate): CalendarDate {
  return dateOfDays(daysOfDate(date) + 1)
}

/**
 * Microseconds since 1970, as Avro's timestamp-micros counts them.
 * @throws TypeError unless it is written as an Instant is
 */
export function microsOfInstant(instant: unknown): number {
  if (typeof instant !== 'string' || !canonicalInstant.test(instant)) throw notAnInstant(instant)
  return microsOfParts(rfc3339.exec(instant) ?? [], instant)
}

/** @throws RangeError beyond the safe integers (the years 1685 to 2254 are within) */
export function instantOfMicros(micros: number): Instant {
  if (!Number.isSafeInteger(micros)) throw new RangeError(`${micros} microseconds are out of the range of an instant.`)
  const millis = Math.floor(micros / 1000)
  const rest = micros - millis * 1000
  return `${new Date(millis).toISOString().slice(0, -1)}${String(rest).padStart(3, '0')}Z` as Instant
}

/**
 * Days since 1970-01-01, as Avro's date counts them.
 * @throws TypeError if it is not 'YYYY-MM-DD', or there is no such day
 */
export function daysOfDate(date: unknown): number {
  const parts = typeof date === 'string' ? isoDate.exec(date) : null
  const days = parts === null ? null : daysOfParts(parts)
  if (days === null) throw new TypeError(`A date is written YYYY-MM-DD and must exist, unlike ${JSON.stringify(date)}.`)
  return days
}

/** @throws RangeError out of the years 0000 to 9999 */
export function dateOfDays(days: number): CalendarDate {
  const date = new Date(days * secondsPerDay * 1000)
  const text = Number.isInteger(days) && Number.isFinite(date.getTime()) ? date.toISOString() : ''
  // Years of more than four digits are printed with a sign.
  if (text.length !== 24) throw new RangeError(`Day ${days} is out of the range of a date.`)
  return text.slice(0, 10) as CalendarDate
}

/** Null if the calendar has no such day. Parts 1 to 3 are year, month, day. */
function daysOfParts(parts: readonly (string | undefined)[]): number | null {
  const year = Number(parts[1])
  const month = Number(parts[2])
  const day = Number(parts[3])
  const date = new Date(0)
  // Unlike Date.UTC this takes the years 0 to 99 as they stand. What does not exist rolls over, which shows.
  const millis = date.setUTCFullYear(year, month - 1, day)
  return date.getUTCMonth() === month - 1 && date.getUTCDate() === day ? millis / (secondsPerDay * 1000) : null
}

function microsOfParts(parts: readonly (string | undefined)[], text: unknown): number {
  const days = daysOfParts(parts)
  const [hour, minute, second] = [Number(parts[4]), Number(parts[5]), Number(parts[6])]
  const [offsetHour, offsetMinute] = [Number(parts[10] ?? 0), Number(parts[11] ?? 0)]
  if (days === null || hour > 23 || minute > 59 || second > 59 || offsetHour > 23 || offsetMinute > 59) {
    throw notAnInstant(text)
  }
  const offset = (offsetHour * 60 + offsetMinute) * (parts[9] === '-' ? -60 : 60)
  const seconds = days * secondsPerDay + hour * 3600 + minute * 60 + second - offset
  const micros = seconds * microsPerSecond + Number((parts[7] ?? '').padEnd(6, '0'))
  if (!Number.isSafeInteger(micros)) throw notAnInstant(text)
  return micros
}

function notAnInstant(text: unknown) {
  return new TypeError(
    `An instant is written like 2026-11-22T23:38:28.123456Z, must exist and be of the years 1685 to 2254, unlike ${JSON.stringify(text)}.`,
  )
}
