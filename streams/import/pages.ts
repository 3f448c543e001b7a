/**
 * A file cut into pages of rows: the same file, mapping and page size always give the same pages, so that an import can be resumed.
 *
 * A page holds a row of figures once, because a service cannot tell which of two to believe. Where a line tells of the same row again, it is
 * a later reading of it, and begins a page.
 */
import { metricsRowId } from '@bizosaas/schemas'
import type { Mapping } from './mapping.ts'
import { readRecords } from './records.ts'
import { type FiguresRow, type RowReader, rowReader } from './rows.ts'

export interface RefusedLine {
  readonly line: number
  readonly reason: string
}

export interface NumberedRow {
  readonly line: number
  readonly row: FiguresRow
}

export interface Page {
  /** From 1. */
  readonly number: number
  readonly rows: readonly NumberedRow[]
  /** Lines among those of the page that hold no row. */
  readonly refused: readonly RefusedLine[]
  /** Bytes of the file up to the page's end. */
  readonly bytes: number
}

/**
 * @param size lines a page holds at most
 * @throws Error when the file is empty or lacks a column that the mapping names
 */
export async function* readPages(file: string, mapping: Mapping, size: number): AsyncGenerator<Page> {
  let page = emptyPage(1)
  let keys = new Set<string>()
  for await (const { line, bytes, ...found } of readLines(file, mapping)) {
    const key = 'row' in found ? keyOf(found.row) : null
    if (page.rows.length + page.refused.length >= size || (key !== null && keys.has(key))) {
      yield page
      page = emptyPage(page.number + 1)
      keys = new Set()
    }
    page.bytes = bytes
    if (key !== null) keys.add(key)
    if ('row' in found) page.rows.push({ line, row: found.row })
    else page.refused.push({ line, reason: found.refused })
  }
  if (page.bytes > 0) yield page
}

const emptyPage = (number: number) => ({ number, rows: [] as NumberedRow[], refused: [] as RefusedLine[], bytes: 0 })

/** The lines after the first, which names the columns. */
async function* readLines(file: string, mapping: Mapping) {
  let read: RowReader | null = null
  for await (const { line, bytes, ...record } of readRecords(file, mapping.delimiter)) {
    if (read) yield { line, bytes, ...('cells' in record ? read(record.cells) : { refused: record.unreadable }) }
    else if ('cells' in record) read = rowReader(mapping, record.cells)
    else throw new Error(`The first line of ${file} cannot be read: ${record.unreadable}`)
  }
  if (!read) throw new Error(`${file} is empty: it should begin with a line of column names`)
}

/** What a row of figures is about. */
function keyOf({ attributionWindow = 'default', ...row }: FiguresRow): string {
  return `${row.date} ${metricsRowId({ ...row, attributionWindow })}`
}
