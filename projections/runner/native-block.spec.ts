import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { UnfitValue } from './database-errors.ts'
import { blockEncoder } from './native-block.ts'

const tableOf = (type: string) => ({ name: 't', key: [], columns: [{ name: 'c', type }] })

/** The bytes of one column's values, after the block's head. */
function encoded(type: string, sentAs: string, ...values: unknown[]): string {
  const block = blockEncoder(tableOf(type))(values.map((c) => ({ c })))
  const head = Buffer.from([1, values.length, 1, ...Buffer.from('c'), sentAs.length, ...Buffer.from(sentAs)])
  expect(block.subarray(0, head.length)).toEqual(head)
  return block.subarray(head.length).toString('hex')
}

describe('blockEncoder', () => {
  // As ClickHouse itself writes them: SELECT of the values, FORMAT Native.
  test.each([
    ['String', 'String', ['añ', ''], '0361c3b100'],
    ['LowCardinality(String)', 'String', ['a', 'b'], '01610162'],
    ['Nullable(String)', 'Nullable(String)', ['a', null], '0001016100'],
    ['UUID', 'UUID', ['00112233-4455-6677-8899-aabbccddeeff'], '7766554433221100ffeeddccbbaa9988'],
    ['Date', 'Date', ['2026-11-22', '1970-01-01'], '2b510000'],
    ["DateTime64(6, 'UTC')", "DateTime64(6, 'UTC')", ['2026-11-22T23:38:28.123456Z'], '400764f9e5600600'],
    ['Int64', 'Int64', [-2], 'feffffffffffffff'],
    ['UInt64', 'UInt64', [2 ** 53 - 1], 'ffffffffffff1f00'],
    ['UInt32', 'UInt32', [7, 8], '0700000008000000'],
    [
      'Map(LowCardinality(String), Int64)',
      'Map(String, Int64)',
      [{ a: 1 }, {}, { b: 2, c: 3 }],
      '010000000000000001000000000000000300000000000000016101620163010000000000000002000000000000000300000000000000',
    ],
  ])('lays out %s as ClickHouse keeps it', (type, sentAs, values, bytes) => {
    expect(encoded(type, sentAs, ...values)).toBe(bytes)
  })

  test.each([
    ['String', null],
    ['Nullable(String)', undefined],
    ['UUID', 'no uuid'],
    ['Date', '1969-12-31'],
    ['Date', '2026-02-30'],
    ["DateTime64(6, 'UTC')", '2026-11-22'],
    ["DateTime64(6, 'UTC')", null],
    ['Int64', 1.5],
    ['Int64', 2 ** 53],
    ['UInt64', -1],
    ['Map(String, Int64)', null],
  ])('refuses what %s cannot hold: %p', (type, value) => {
    const encode = () => blockEncoder(tableOf(type))([{ c: value }])
    expect(encode).toThrow(UnfitValue)
    expect(encode).toThrow(/^c: expected/)
  })

  test('repeats a UUID also when its memory has grown in between', () => {
    const table = {
      name: 't',
      key: [],
      columns: ['a', 'b', 'c'].map((name, n) => ({ name, type: n === 1 ? 'String' : 'UUID' })),
    }
    const id = '00112233-4455-6677-8899-aabbccddeeff'
    const block = blockEncoder(table)([{ a: id, b: 'x'.repeat(200_000), c: id }])
    expect(block.subarray(-16).toString('hex')).toBe('7766554433221100ffeeddccbbaa9988')
  })

  test('lays out any UUID, in either case of its letters, and no other text', () => {
    const pattern = /^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$/
    const eitherCase = fc.stringMatching(pattern)
    const spoilt = fc
      .tuple(fc.uuid(), fc.nat(36), fc.nat(2), fc.string({ unit: 'binary', maxLength: 2 }))
      .map(([id, at, length, text]) => id.slice(0, at) + text + id.slice(at + length))
    fc.assert(
      fc.property(fc.oneof(eitherCase, spoilt), (text) => {
        if (!pattern.test(text)) return expect(() => encoded('UUID', 'UUID', text)).toThrow('expected a UUID')
        const bytes = Buffer.from(text.replaceAll('-', ''), 'hex')
        const halves = [bytes.subarray(0, 8), bytes.subarray(8)].map((half) => Buffer.from(half).reverse())
        expect(encoded('UUID', 'UUID', text)).toBe(Buffer.concat(halves).toString('hex'))
      }),
      { numRuns: 500 },
    )
  })

  test('refuses to start with a column type that it does not know', () => {
    expect(() => blockEncoder(tableOf('Decimal(18, 6)'))).toThrow(
      "no writer for ClickHouse's column type Decimal(18, 6)",
    )
  })

  test('refuses rows that do not have the columns of the table', () => {
    expect(() => blockEncoder(tableOf('String'))([{ c: 'a', d: 'b' }])).toThrow('disagree on d')
  })
})
