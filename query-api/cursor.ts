/**
 * Where a page of a list ends, as text to be sent back for the next one. It holds the values that the list is sorted by, so that rows that
 * are added or removed meanwhile shift nothing.
 */
import { invalid } from '@bizosaas/http'
import { Instant } from '@bizosaas/schemas'

export type CursorValue = string | number

export function writeCursor(sort: string, values: readonly CursorValue[]): string {
  return Buffer.from(JSON.stringify([sort, ...values])).toString('base64url')
}

/** What a value of a cursor must be: it comes back from outside and goes into a query. */
export const cursorValue = {
  text: (value: unknown): value is string => typeof value === 'string' && value.isWellFormed() && !value.includes('\0'),
  instant: (value: unknown): value is Instant => {
    try {
      return Instant.parse(value) === value
    } catch {
      return false
    }
  },
  uuid: (value: unknown): value is string => typeof value === 'string' && uuid.test(value),
  whole: (value: unknown): value is number => Number.isSafeInteger(value),
}
const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/

type Check = (typeof cursorValue)[keyof typeof cursorValue]

/**
 * @param checks one for each value that the cursor must hold
 * @throws Problem invalid (422) for a text that is no cursor, or is one of a list with another order
 */
export function readCursor<const Checks extends readonly Check[]>(
  text: string,
  sort: string,
  checks: Checks,
): Checked<Checks> {
  const [sortedBy, ...values] = parse(text)
  const fits = values.length === checks.length && checks.every((check, n) => check(values[n]))
  if (sortedBy === sort && fits) return values as Checked<Checks>
  throw invalid([
    { in: 'query', pointer: '/cursor', detail: 'must be `next` of a page of this list in the same order' },
  ])
}

type Checked<Checks> = {
  -readonly [N in keyof Checks]: Checks[N] extends (value: unknown) => value is infer Value ? Value : never
}

function parse(text: string): unknown[] {
  try {
    const value: unknown = JSON.parse(Buffer.from(text, 'base64url').toString())
    return Array.isArray(value) ? value : []
  } catch {
    return []
  }
}
