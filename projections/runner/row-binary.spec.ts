import { describe, expect, test } from '@jest/globals'
import { UnfitValue } from './database-errors.ts'
import { rowEncoder } from './row-binary.ts'

const encode = (type: string, value: unknown) =>
  rowEncoder({ name: 't', key: [], columns: [{ name: 'c', type }] })([{ c: value }]).toString('hex')

describe('rowEncoder', () => {
  // As ClickHouse itself writes them: SELECT of the value, FORMAT RowBinary.
  test.each([
    ['String', 'añ', '0361c3b1'],
    ['LowCardinality(String)', 'a', '0161'],
    ['Nullable(String)', null, '01'],
    ['Nullable(String)', 'a', '000161'],
    ['UUID', '00112233-4455-6677-8899-aabbccddeeff', '7766554433221100ffeeddccbbaa9988'],
    ['Date', '2026-11-22', '2b51'],
    ["DateTime64(6, 'UTC')", '2026-11-22T23:38:28.123456Z', '400764f9e5600600'],
    ['Int64', -2, 'feffffffffffffff'],
    ['UInt64', 2 ** 53 - 1, 'ffffffffffff1f00'],
    ['UInt32', 7, '07000000'],
    ['Map(LowCardinality(String), Int64)', { a: 1 }, '0101610100000000000000'],
  ])('lays out %s %p as ClickHouse reads it', (type, value, bytes) => {
    expect(encode(type, value)).toBe(bytes)
  })

  test.each([
    ['String', null],
    ['UUID', 'no uuid'],
    ['Date', '1969-12-31'],
    ['Date', '2026-02-30'],
    ["DateTime64(6, 'UTC')", '2026-11-22'],
    ['Int64', 1.5],
    ['Int64', 2 ** 53],
    ['UInt64', -1],
    ['Map(String, Int64)', null],
  ])('refuses what %s cannot hold: %p', (type, value) => {
    expect(() => encode(type, value)).toThrow(UnfitValue)
    expect(() => encode(type, value)).toThrow(/^c: expected/)
  })

  test('grows with its rows, and writes long texts', () => {
    const text = 'x'.repeat(100_000)
    const encoder = rowEncoder({ name: 't', key: [], columns: [{ name: 'c', type: 'String' }] })
    expect(encoder([{ c: text }, { c: text }]).length).toBe(2 * (3 + text.length))
  })

  test('refuses to start with a column type that it does not know', () => {
    expect(() => encode('Decimal(18, 6)', 1)).toThrow('no writer for the column type Decimal(18, 6)')
  })
})
