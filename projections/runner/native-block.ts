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

/**
 * The encoder throws UnfitValue, which names the column and the value, for what a column cannot hold.
 * @throws for a column type that is not among those known here
 */
export function blockEncoder(table: Table): BlockEncoder {
  const columns = table.columns.map(({ name, type }) => ({ name, type: plain(type), write: writerOf(plain(type)) }))
  return (rows) => {
    const [first] = rows
    if (first !== undefined) checkColumns(table, first)
    const to = new Bytes()
    to.varint(columns.length)
    to.varint(rows.length)
    for (const { name, type, write } of columns) {
      to.text(name)
      to.text(type)
      try {
        write(
          rows.map((row) => row[name]),
          to,
        )
      } catch (error) {
        throw error instanceof UnfitValue ? new UnfitValue(`${name}: ${error.message}`) : error
      }
    }
    return to.written()
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
    const days = remembered(daysOf)
    for (const value of values) to.uint16(days(textOf(value)))
  },
  DateTime64: (values, to) => {
    const micros = remembered(microsOf)
    for (const value of values) to.int64(micros(textOf(value)))
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
function daysOf(date: string): number {
  const days = Date.parse(date) / 86_400_000
  const exists = Number.isInteger(days) && new Date(days * 86_400_000).toISOString().startsWith(date)
  if (!exists || days < 0 || days > 0xffff) throw unfit('a day from 1970-01-01 to 2149-06-06', date)
  return days
}

/** An Instant as microseconds since 1970: Date reads its milliseconds, three digits follow. */
function microsOf(instant: string): number {
  const micros = Date.parse(`${instant.slice(0, 23)}Z`) * 1000 + Number(instant.slice(23, 26))
  if (instant.length !== 27 || !Number.isSafeInteger(micros)) throw unfit('an instant', instant)
  return micros
}

/** The rows of an event share their day and instant: what was asked last is answered at once. */
function remembered(answer: (question: string) => number): (question: string) => number {
  let [lastQuestion, lastAnswer] = ['', Number.NaN]
  return (question) => {
    if (question !== lastQuestion) [lastAnswer, lastQuestion] = [answer(question), question]
    return lastAnswer
  }
}

function unfit(expected: string, value: unknown): UnfitValue {
  return new UnfitValue(`expected ${expected}, not ${JSON.stringify(value)}.`)
}
