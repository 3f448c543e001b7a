import type { Row } from '../../runner/projection.ts'
import { checkColumns, type Table } from '../../runner/tables.ts'

/** Rows as COPY reads them; see https://www.postgresql.org/docs/current/sql-copy.html, Text Format. */
export function copyText(table: Table): (rows: readonly Row[]) => Buffer {
  const columns = table.columns.map(({ name, type }) => ({ name, isJson: type === 'jsonb' }))
  return (rows) => {
    const [first] = rows
    if (first !== undefined) checkColumns(table, first)
    let text = ''
    for (const row of rows) {
      let separator = ''
      for (const { name, isJson } of columns) {
        text += separator
        text += isJson ? escaped(JSON.stringify(row[name])) : cell(row[name])
        separator = '\t'
      }
      text += '\n'
    }
    return Buffer.from(text)
  }
}

function cell(value: unknown): string {
  if (typeof value === 'string') return escaped(value)
  return value === null || value === undefined ? '\\N' : String(value)
}

const special = /[\\\b\f\n\r\t\v]/

function escaped(value: string): string {
  return special.test(value) ? value.replace(/[\\\b\f\n\r\t\v]/g, (letter) => letters[letter] ?? letter) : value
}

const letters: Readonly<Record<string, string>> = {
  '\\': '\\\\',
  '\b': '\\b',
  '\f': '\\f',
  '\n': '\\n',
  '\r': '\\r',
  '\t': '\\t',
  '\v': '\\v',
}
