import { describe, expect, test } from '@jest/globals'
import avro from 'avsc'
import fc from 'fast-check'
import { avroType } from './avro.ts'

describe('a long', () => {
  const long = avroType('long')

  test('is every safe integer, in the bytes of a 64-bit zigzag', () => {
    fc.assert(
      fc.property(fc.maxSafeInteger(), (value) => {
        const bytes = long.toBuffer(value)
        expect([...bytes]).toEqual(zigzag(BigInt(value)))
        expect(long.fromBuffer(bytes)).toBe(value)
      }),
    )
  })

  test.each([Number.MIN_SAFE_INTEGER, -(2 ** 52) - 1, -(2 ** 52), -1, 0, 2 ** 52, Number.MAX_SAFE_INTEGER])(
    '%d',
    (value) => {
      expect([...long.toBuffer(value)]).toEqual(zigzag(BigInt(value)))
      expect(long.fromBuffer(long.toBuffer(value))).toBe(value)
    },
  )

  test.each([2 ** 53, -(2 ** 53), 0.5, Number.NaN, Infinity, '1', null, 1n])('is not %p', (value) => {
    expect(() => long.toBuffer(value)).toThrow()
    expect(long.isValid(value)).toBe(false)
  })

  test.each([2n ** 53n, -(2n ** 53n), 2n ** 63n - 1n, -(2n ** 63n)])(
    'of another writer is refused beyond them: %d',
    (value) => {
      expect(() => long.fromBuffer(Buffer.from(zigzag(value)))).toThrow('is no safe integer')
    },
  )

  test('that is cut short is refused', () => {
    expect(() => long.fromBuffer(long.toBuffer(Number.MIN_SAFE_INTEGER).subarray(0, -1))).toThrow()
  })

  test('is read where an int was written', () => {
    const int = avroType('int')
    expect(long.fromBuffer(int.toBuffer(-7), long.createResolver(int))).toBe(-7)
    expect(long.fromBuffer(long.toBuffer(Number.MIN_SAFE_INTEGER), long.createResolver(avroType('long')))).toBe(
      Number.MIN_SAFE_INTEGER,
    )
  })
})

test('records are plain objects, at every depth', () => {
  const inner = { type: 'record', name: 'Inner', namespace: 't', fields: [{ name: 'x', type: 'int', default: 1 }] }
  const outer = { type: 'record', name: 'Outer', namespace: 't', fields: [{ name: 'inner', type: ['null', inner] }] }
  const type = avroType(outer)
  const read = type.fromBuffer(type.toBuffer({ inner: { x: 1 } }))
  expect(read).toStrictEqual({ inner: { x: 1 } })
  expect(Object.getPrototypeOf(read.inner)).toBe(Object.prototype)
  expect(avro.Type.isType(type, 'record')).toBe(true)
})

/** The specification's definition, for 64 bits. */
function zigzag(value: bigint): number[] {
  const bytes: number[] = []
  let rest = BigInt.asUintN(64, (value << 1n) ^ (value >> 63n))
  for (; rest >= 0x80n; rest >>= 7n) bytes.push(Number(rest & 0x7fn) | 0x80)
  return [...bytes, Number(rest)]
}
