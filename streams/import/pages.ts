/** A file cut into pages of rows: the same file, mapping and page size always give the same pages, so that an import can be resumed. */

import type { Mapping } from './mapping.ts'
import { readRecords } from './records.ts'
import { type FiguresRow, rowReader } from './rows.ts'

export interface RefusedLine {
  readonly line: number
  readonly reason: string
}

export interface Page {
  /** From 1. */
  readonly number: number
  readonly rows: readonly { readonly line: number; readonly row: FiguresRow }[]
  /** Lines among those of the page that hold no row. */
  readonly refused: readonly RefusedLine[]
  /** Bytes of the file up to the page's end. */
  readonly bytes: number
}

/**
 * @param size rows a page holds at most
 * @throws Error when the file is empty or lacks a column that the mapping names
 */
export async function* readPages(file: string, mapping: Mapping, size: number): AsyncGenerator<Page> {
  let read: ReturnType<typeof rowReader> | null = null
  let page = { number: 1, rows: [] as Page['rows'][number][], refused: [] as RefusedLine[], bytes: 0 }

  for await (const record of readRecords(file, mapping.delimiter)) {
    page.bytes = record.bytes
    if ('unreadable' in record) {
      if (!read) throw new Error(`The first line of ${file} cannot be read: ${record.unreadable}`)
      page.refused.push({ line: record.line, reason: record.unreadable })
    } else if (!read) {
      read = rowReader(
        mapping,
        record.cells.map((cell) => cell.trim()),
      )
    } else {
      const found = read(record.cells)
      if ('row' in found) page.rows.push({ line: record.line, row: found.row })
      else page.refused.push({ line: record.line, reason: found.refused })
    }
    if (page.rows.length + page.refused.length >= size) {
      yield page
      page = { number: page.number + 1, rows: [], refused: [], bytes: record.bytes }
    }
  }
  if (!read) throw new Error(`${file} is empty: it should begin with a line of column names`)
  if (page.rows.length + page.refused.length > 0) yield page
}
