/**
 * The records of a CSV file, one after the other, in constant memory.
 *
 * Records are cut here and not by csv-parse's stream, because that one ends at the first broken quote, or swallows what follows it. Here a
 * record that cannot be read costs its first line; reading goes on with the next line.
 */
import { createReadStream } from 'node:fs'
import { parse } from 'csv-parse/sync'

/** A record with more bytes is a quote that was never closed. */
const longestRecord = 64 * 1024

const lineFeed = 0x0a
const quote = 0x22

interface At {
  /** Where the record begins, from 1. */
  readonly line: number
  /** Bytes of the file up to the record's end. */
  readonly bytes: number
}
export type CsvRecord = At & ({ readonly cells: readonly string[] } | { readonly unreadable: string })

export async function* readRecords(file: string, delimiter: string): AsyncGenerator<CsvRecord> {
  let rest: Buffer = Buffer.alloc(0)
  let line = 1
  let bytes = 0

  function* take(atEnd: boolean): Generator<CsvRecord> {
    for (let start = 0; ; ) {
      const end = endOfRecord(rest, start, atEnd)
      if (end === null) {
        rest = rest.subarray(start)
        return
      }
      const read = readRecord(rest.subarray(start, end), delimiter)
      const next = 'unreadable' in read ? endOfLine(rest, start) : end
      bytes += next - start
      if (!('cells' in read && read.cells.length === 0)) yield { line, bytes, ...read }
      line += countLines(rest, start, next)
      start = next
    }
  }

  for await (const chunk of createReadStream(file, { highWaterMark: 256 * 1024 }) as AsyncIterable<Buffer>) {
    rest = rest.length === 0 ? chunk : Buffer.concat([rest, chunk])
    yield* take(false)
  }
  yield* take(true)
}

/** The offset after the record that begins at `start`; null when more of the file is needed to tell. */
function endOfRecord(text: Buffer, start: number, atEnd: boolean): number | null {
  let quoted = false
  const limit = Math.min(text.length, start + longestRecord)
  for (let at = start; at < limit; at++) {
    if (text[at] === quote) quoted = !quoted
    else if (text[at] === lineFeed && !quoted) return at + 1
  }
  if (limit < text.length || limit === start + longestRecord) return limit
  return atEnd && limit > start ? limit : null
}

function endOfLine(text: Buffer, start: number): number {
  const found = text.indexOf(lineFeed, start)
  return found === -1 ? text.length : found + 1
}

function countLines(text: Buffer, start: number, end: number): number {
  let lines = 0
  for (let at = start; at < end; at++) if (text[at] === lineFeed) lines++
  return lines
}

function readRecord(bytes: Buffer, delimiter: string): { cells: string[] } | { unreadable: string } {
  if (bytes.length >= longestRecord) return { unreadable: 'a quote is opened and not closed' }
  try {
    const [cells = []] = parse(bytes, { delimiter, bom: true, relax_column_count: true, skip_empty_lines: true })
    return { cells }
  } catch (error) {
    const { code } = error as { code?: string }
    if (code === 'CSV_QUOTE_NOT_CLOSED') return { unreadable: 'a quote is opened and not closed' }
    if (code === undefined || !/QUOTE/.test(code)) throw error
    return { unreadable: 'a quote stands where none may: cells with quotes are quoted whole, and their quotes doubled' }
  }
}
