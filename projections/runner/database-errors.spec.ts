import { StoreUnavailable } from '@bizosaas/databases'
import { describe, expect, test } from '@jest/globals'
import { demandOf, UnfitValue } from './database-errors.ts'

const coded = (code: string) => Object.assign(new Error('as the database says it'), { code })

describe('demandOf', () => {
  test.each([
    ['21000', 'two rows of one statement with the same key'],
    ['22021', 'invalid byte sequence'],
    ['23502', 'null in a column that must not be'],
    ['54000', 'a value too long for its index'],
    ['117', "ClickHouse's INCORRECT_DATA"],
  ])('parks what is refused: %s, %s', (code) => {
    expect(demandOf(coded(code))).toBe('refused')
  })

  test.each([
    ['42P01', 'no such table'],
    ['42501', 'no grant'],
    ['53100', 'disk full'],
    ['40P01', 'deadlock'],
    ['25006', 'read-only after a failover'],
    ['241', "ClickHouse's memory limit"],
  ])('waits where events are not to blame: %s, %s', (code) => {
    expect(demandOf(coded(code))).toBe('wait')
  })

  test('waits for a database that is away, parks an unfit value, and takes the rest for our own fault', () => {
    expect(demandOf(new StoreUnavailable('PostgreSQL', new Error('connection refused')))).toBe('wait')
    expect(demandOf(new UnfitValue('clicks: expected a whole number'))).toBe('refused')
    expect(demandOf(new TypeError('undefined is not a function'))).toBe('fault')
  })
})
