import { daysOfDate, microsOfInstant } from '@bizosaas/schemas'
import { Bytes } from './bytes.ts'
import { UnfitValue } from './database-errors.ts'
import type { Row } from './projection.ts'
import { type Column, checkColumns, type Table } from './tables.ts'

/**
 * ClickHouse's Native format, for the column types that read models have: one block, in which the values of a column stand
 * side by side, as the server keeps them. It is the format that costs both sides least; rows laid out one after the other
 * (RowBinary, JSON) take this process several times as long. See https://clickhouse.com/docs/interfaces/formats/Native.
 *
 *   block     columns (varint), rows (varint), then each column: name, type, values
 *   Nullable  a byte per row, 1 for null, then all values, any for null
 *   Map       where each row's entries end (UInt64 each), then all keys, then all values
 *
 * A LowCardinality column is sent as what it holds; the server makes its dictionary.
 */
export type BlockEncoder = (rows: readonly Row[]) => Buffer

/** A buffer may begin as large. */
const mostAtFirst = 64 * 1024 * 1024

/**
 * The encoder throws UnfitValue, which names the column and the value, for what a column cannot hold.
 * @throws for a column type that is not among those known here
 */
export function blockEncoder(table: Table): BlockEncoder {
  const columns = table.columns.map(({ name, type }) => ({ name, type: plain(type), write: writerOf(plain(type)) }))
  // Rows of a table are much alike: a buffer that need not grow is not copied.
  let bytesOfRow = 0
  return (rows) => {
    const [first] = rows
    if (first !== undefined) checkColumns(table, first)
    const to = new Bytes(Math.min(mostAtFirst, Math.ceil(1.25 * bytesOfRow * rows.length)))
    to.varint(columns.length)
    to.varint(rows.length)
    const values = new Array<unknown>(rows.length)
    for (const { name, type, write } of columns) {
      to.text(name)
      to.text(type)
      for (let n = 0; n < rows.length; n++) values[n] = rows[n]?.[name]
      try {
        write(values, to)
      } catch (error) {
        throw error instanceof UnfitValue ? new UnfitValue(`${name}: ${error.message}`) : error
      }
    }
    const written = to.written()
    if (rows.length > 0) bytesOfRow = written.length / rows.length
    return written
  }
}

type Write = (values: readonly unknown[], to: Bytes) => void

const plain = (type: Column['type']): string => type.replace(/LowCardinality\((\w+)\)/g, '$1')

function writerOf(type: string): Write {
  const [, outer = '', inner = ''] = /^(\w+)(?:\((.*)\))?$/.exec(type) ?? []
  if (outer === 'Nullable') return nullable(writerOf(inner), inner === 'String' ? '' : 0)
  if (outer === 'Map') {
    const comma = inner.indexOf(', ')
    return map(writerOf(inner.slice(0, comma)), writerOf(inner.slice(comma + 2)))
  }
  const write = scalars[outer]
  if (write === undefined) throw new Error(`There is no writer for ClickHouse's column type ${type}.`)
  return write
}

const scalars: Readonly<Record<string, Write>> = {
  String: (values, to) => {
    for (const value of values) to.text(textOf(value))
  },
  UUID: (values, to) => {
    for (const value of values) to.uuid(textOf(value))
  },
  Date: (values, to) => {
    for (const value of values) to.uint16(daysOf(value))
  },
  DateTime64: (values, to) => {
    // The rows of an event share their instant: what was asked last is answered at once.
    // It begins as what equals nothing.
    let [lastInstant, lastMicros]: [unknown, number] = [Number.NaN, 0]
    for (const value of values) {
      if (value !== lastInstant) [lastInstant, lastMicros] = [value, microsOf(value)]
      to.int64(lastMicros)
    }
  },
  Int64: (values, to) => {
    for (const value of values) to.int64(integerOf(value, Number.MIN_SAFE_INTEGER, Number.MAX_SAFE_INTEGER))
  },
  UInt64: (values, to) => {
    for (const value of values) to.int64(integerOf(value, 0, Number.MAX_SAFE_INTEGER))
  },
  UInt32: (values, to) => {
    for (const value of values) to.uint32(integerOf(value, 0, 0xffff_ffff))
  },
}

/** @param filler stands where there is null */
function nullable(write: Write, filler: unknown): Write {
  return (values, to) => {
    for (const value of values) to.uint8(value === null ? 1 : 0)
    write(
      values.map((value) => (value === null ? filler : value)),
      to,
    )
  }
}

function map(writeKeys: Write, writeValues: Write): Write {
  return (maps, to) => {
    const keys: string[] = []
    const values: unknown[] = []
    for (const each of maps) {
      if (typeof each !== 'object' || each === null) throw unfit('a map', each)
      for (const key of Object.keys(each)) {
        keys.push(key)
        values.push((each as Record<string, unknown>)[key])
      }
      to.int64(keys.length)
    }
    writeKeys(keys, to)
    writeValues(values, to)
  }
}

function textOf(value: unknown): string {
  if (typeof value !== 'string') throw unfit('a text', value)
  return value
}

function integerOf(value: unknown, min: number, max: number): number {
  if (!Number.isSafeInteger(value) || (value as number) < min || (value as number) > max)
    throw unfit(`a whole number from ${min} to ${max}`, value)
  return value as number
}

/** 'YYYY-MM-DD' as days since 1970, of which two bytes hold those up to 2149. */
function daysOf(date: unknown): number {
  const days = asked(daysOfDate, date) ?? -1
  if (days < 0 || days > 0xffff) throw unfit('a day from 1970-01-01 to 2149-06-06', date)
  return days
}

function microsOf(instant: unknown): number {
  const micros = asked(microsOfInstant, instant)
  if (micros === null) throw unfit('an instant', instant)
  return micros
}

function asked(answer: (question: unknown) => number, question: unknown): number | null {
  try {
    return answer(question)
  } catch {
    return null
  }
}

function unfit(expected: string, value: unknown): UnfitValue {
  return new UnfitValue(`expected ${expected}, not ${JSON.stringify(value)}.`)
}
