/**
 * Days and microseconds since 1970 and their spelling: how Avro counts a date and a timestamp-micros. Exact, and
 * quick enough to run for every event.
 */
const secondsPerDay = 86_400

/** All of them are safe integers, and longs that every Avro library writes exactly. */
export const earliestInstant = Date.UTC(1828, 0, 1) * 1000
export const latestInstant = Date.UTC(2255, 0, 1) * 1000 - 1
const rfc3339 = /^(\d{4}-\d\d-\d\d)T(\d\d):(\d\d):(\d\d)(?:\.(\d{1,6}))?(?:Z|([+-])(\d\d):(\d\d))$/i

/**
 * Days since 1970-01-01.
 * @throws TypeError if it is not written YYYY-MM-DD, or there is no such day
 */
export function daysOfDate(date: unknown): number {
  const days = typeof date === 'string' && date.length === 10 ? daysAt(date) : Number.NaN
  if (Number.isNaN(days)) {
    throw new TypeError(`A date is written YYYY-MM-DD and must exist, unlike ${JSON.stringify(date)}.`)
  }
  return days
}

/** @throws RangeError out of the years 0000 to 9999 */
export function dateOfDays(days: number): string {
  if (!Number.isInteger(days) || days < firstDay || days > lastDay)
    throw new RangeError(`Day ${days} is out of the range of a date.`)
  const { year, month, day } = civilFromDays(days)
  return `${String(year).padStart(4, '0')}-${month < 10 ? '0' : ''}${month}-${day < 10 ? '0' : ''}${day}`
}

/**
 * Microseconds since 1970 of what is written as an Instant, with six digits and Z.
 * @throws TypeError if it is written otherwise, or does not exist
 */
export function microsOfInstant(instant: unknown): number {
  const micros = typeof instant === 'string' && instant.length === 27 ? microsAt(instant) : Number.NaN
  if (!isInstant(micros)) throw notAnInstant(instant)
  return micros
}

/** @throws RangeError unless it is of the years 1828 to 2254 */
export function instantOfMicros(micros: number): string {
  if (!isInstant(micros)) throw new RangeError(`${micros} microseconds are out of the range of an instant.`)
  const second = Math.floor(micros / 1_000_000)
  if (second !== lastSecond.number)
    lastSecond = { number: second, text: new Date(second * 1000).toISOString().slice(0, 20) }
  return `${lastSecond.text}${String(micros - second * 1_000_000).padStart(6, '0')}Z`
}

/** Events come many a second, and spelling a second costs more than all else. */
let lastSecond = { number: 0, text: '1970-01-01T00:00:00.' }

/**
 * Microseconds since 1970 of an RFC 3339 timestamp of any offset, with at most six fractional digits.
 * @throws TypeError if it is none, or does not exist
 */
export function microsOfTimestamp(text: unknown): number {
  const parts = typeof text === 'string' ? rfc3339.exec(text) : null
  if (parts === null) throw notAnInstant(text)
  const [, date, hour, minute, second, fraction = '', sign, offsetHour = '00', offsetMinute = '00'] = parts
  const offset = secondsOf(Number(offsetHour), Number(offsetMinute), 0)
  const micros =
    microsAt(`${date}T${hour}:${minute}:${second}.${fraction.padEnd(6, '0')}Z`) -
    (sign === '-' ? -offset : offset) * 1_000_000
  if (!isInstant(micros)) throw notAnInstant(text)
  return micros
}

const isInstant = (micros: number) => Number.isInteger(micros) && micros >= earliestInstant && micros <= latestInstant

/** NaN unless the text is an Instant; its length has been checked. */
function microsAt(text: string): number {
  const separated = text[10] === 'T' && text[13] === ':' && text[16] === ':' && text[19] === '.' && text[26] === 'Z'
  if (!separated) return Number.NaN
  const time = secondsOf(digits(text, 11, 13), digits(text, 14, 16), digits(text, 17, 19))
  return (daysAt(text) * secondsPerDay + time) * 1_000_000 + digits(text, 20, 26)
}

/** NaN unless it is a time of day. A leap second is none: neither JavaScript nor Avro counts it. */
function secondsOf(hour: number, minute: number, second: number): number {
  return hour < 24 && minute < 60 && second < 60 ? hour * 3600 + minute * 60 + second : Number.NaN
}

/** NaN unless the text begins with a date of the calendar. */
function daysAt(text: string): number {
  const year = digits(text, 0, 4)
  const month = digits(text, 5, 7)
  const day = digits(text, 8, 10)
  const exists = text[4] === '-' && text[7] === '-' && day >= 1 && day <= daysOfMonth(year, month)
  return exists ? daysFromCivil(year, month, day) : Number.NaN
}

/** 0 if there is no such month. */
function daysOfMonth(year: number, month: number): number {
  if (month === 2) return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0) ? 29 : 28
  if (month === 4 || month === 6 || month === 9 || month === 11) return 30
  return month >= 1 && month <= 12 ? 31 : 0
}

/** Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms": years begin in March, so that leap days end them. */
function daysFromCivil(year: number, month: number, day: number): number {
  const y = month <= 2 ? year - 1 : year
  const era = Math.floor(y / 400)
  const yearOfEra = y - era * 400
  const dayOfYear = Math.floor((153 * (month > 2 ? month - 3 : month + 9) + 2) / 5) + day - 1
  const dayOfEra = yearOfEra * 365 + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100) + dayOfYear
  return era * 146_097 + dayOfEra - 719_468
}

/** The way back, by the same author. */
function civilFromDays(days: number): { readonly year: number; readonly month: number; readonly day: number } {
  const z = days + 719_468
  const era = Math.floor(z / 146_097)
  const dayOfEra = z - era * 146_097
  const yearOfEra = Math.floor(
    (dayOfEra - Math.floor(dayOfEra / 1_460) + Math.floor(dayOfEra / 36_524) - Math.floor(dayOfEra / 146_096)) / 365,
  )
  const dayOfYear = dayOfEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100))
  const monthFromMarch = Math.floor((5 * dayOfYear + 2) / 153)
  const day = dayOfYear - Math.floor((153 * monthFromMarch + 2) / 5) + 1
  const month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9
  return { year: yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, day }
}

const firstDay = daysFromCivil(0, 1, 1)
const lastDay = daysFromCivil(9999, 12, 31)

/** NaN unless all are digits. */
function digits(text: string, from: number, to: number): number {
  let number = 0
  for (let index = from; index < to; index++) {
    const digit = text.charCodeAt(index) - 48
    if (!(digit >= 0 && digit <= 9)) return Number.NaN
    number = number * 10 + digit
  }
  return number
}

function notAnInstant(text: unknown) {
  return new TypeError(
    `An instant is written like 2026-11-22T23:38:28.123456Z and is of the years 1828 to 2254, unlike ${JSON.stringify(text)}.`,
  )
}
