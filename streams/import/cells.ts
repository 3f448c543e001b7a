/** What the text of a cell means. Numbers stay text until they are exact: nothing passes through a float. */

/** A cell that means nothing here; the message is the reason, made to follow the column's name. */
export class CellRefused extends Error {
  override readonly name = 'CellRefused'
}

/**
 * A date written in a given format, as 'YYYY-MM-DD'. The format is made of yyyy, mm or m, dd or d, and what stands between them;
 * mm and dd want two digits, m and d take one or two.
 */
export function dateReader(format: string): (text: string) => string {
  const pattern = datePattern(format)
  return (text) => {
    const found = pattern.exec(text)?.groups
    if (!found) throw new CellRefused(`"${text}" is not a date as ${format}`)
    const { year = '', month = '', day = '' } = found
    const date = `${year}-${month.padStart(2, '0')}-${day.padStart(2, '0')}`
    if (!exists(date)) throw new CellRefused(`"${text}" is a day that does not exist`)
    return date
  }
}

const dateParts: Record<string, string> = {
  yyyy: '(?<year>\\d{4})',
  mm: '(?<month>\\d{2})',
  m: '(?<month>\\d{1,2})',
  dd: '(?<day>\\d{2})',
  d: '(?<day>\\d{1,2})',
}

function datePattern(format: string): RegExp {
  const parts = format.match(/yyyy|m{1,2}|d{1,2}|[^a-z]+/g) ?? []
  const kinds = parts.map((part) => part[0]).filter((letter) => 'ymd'.includes(letter ?? ' '))
  if (parts.join('') !== format || kinds.toSorted().join('') !== 'dmy') {
    throw new Error(
      `The mapping: date.format "${format}" must name yyyy, mm (or m) and dd (or d) once each, like dd-mm-yyyy`,
    )
  }
  return new RegExp(`^${parts.map((part) => dateParts[part] ?? part.replace(/[^\w]/g, '\\$&')).join('')}$`)
}

function exists(date: string): boolean {
  const instant = new Date(`${date}T00:00:00Z`)
  return !Number.isNaN(instant.getTime()) && instant.toISOString().startsWith(date)
}

/** A number of things: whole, not negative, small enough to be exact. */
export function parseCount(text: string): number {
  if (!/^\d+$/.test(text)) throw new CellRefused(`"${text}" is not a whole number from 0`)
  const count = Number(text)
  if (!Number.isSafeInteger(count)) throw new CellRefused(`"${text}" is too large`)
  return count
}

/**
 * A decimal, not negative, with '.' as its mark and at most 6 decimals.
 *
 * @param digits round half up to so many decimals; null takes the text as it is
 */
export function parseDecimal(text: string, decimalMark: '.' | ',', digits: number | null): string {
  const [, whole, fraction = ''] = (decimalMark === '.' ? /^(\d+)(?:\.(\d+))?$/ : /^(\d+)(?:,(\d+))?$/).exec(text) ?? []
  if (whole === undefined)
    throw new CellRefused(`"${text}" is not an amount with "${decimalMark}" as decimal mark, from 0`)
  if (digits === null) {
    if (fraction.length > 6)
      throw new CellRefused(`"${text}" has more than 6 decimals: name "digits" in the mapping to round`)
    return fraction ? `${whole}.${fraction}` : whole
  }
  if (fraction.length <= digits) return fraction ? `${whole}.${fraction}` : whole
  const kept = BigInt(whole + fraction.slice(0, digits)) + ((fraction[digits] ?? '0') >= '5' ? 1n : 0n)
  const shown = kept.toString().padStart(digits + 1, '0')
  return digits === 0 ? shown : `${shown.slice(0, -digits)}.${shown.slice(-digits)}`
}
