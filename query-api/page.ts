/** What lists that come in pages have in common. */
import { Type } from 'typebox'
import { type CursorValue, writeCursor } from './cursor.ts'

export const Limit = Type.Integer({ minimum: 1, maximum: 200, default: 50 })
export const Cursor = Type.String({ maxLength: 2000, description: '`next` of the page before' })
export const Next = Type.Union([Type.String(), Type.Null()], {
  description: 'The `cursor` of the next page; null on the last one',
})

/**
 * @param rows one more than the page holds, where there is a next one
 * @param valuesOf what the list is sorted by
 */
export function pageOf<Row>(rows: readonly Row[], limit: number, sort: string, valuesOf: (row: Row) => CursorValue[]) {
  const last = rows.length > limit ? rows[limit - 1] : undefined
  return { rows: rows.slice(0, limit), next: last === undefined ? null : writeCursor(sort, valuesOf(last)) }
}
