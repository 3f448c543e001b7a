import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { eachField, readVarint, varintLength, writeBytesField, writeVarint, writeVarintField } from './wire.ts'

describe('A varint', () => {
  test('gives back every safe integer, in as many bytes as announced', () => {
    fc.assert(
      fc.property(fc.maxSafeNat(), (value) => {
        const buffer = Buffer.alloc(10)
        const end = writeVarint(buffer, 0, value)
        expect(end).toBe(varintLength(value))
        const cursor = { bytes: buffer, at: 0 }
        expect(readVarint(cursor)).toBe(value)
        expect(cursor.at).toBe(end)
      }),
      { examples: [[0], [127], [128], [2 ** 31 - 1], [2 ** 31], [2 ** 32], [Number.MAX_SAFE_INTEGER]] },
    )
  })

  test('of a bigint is that of the number, and goes up to 64 bits', () => {
    fc.assert(
      fc.property(fc.maxSafeNat(), (value) => {
        const [small, large] = [Buffer.alloc(10), Buffer.alloc(10)]
        writeVarint(small, 0, value)
        writeVarint(large, 0, BigInt(value))
        expect(large).toEqual(small)
      }),
    )
    const buffer = Buffer.alloc(10)
    expect(writeVarint(buffer, 0, 2n ** 64n - 1n)).toBe(10)
    expect(buffer.toString('hex')).toBe('ffffffffffffffffff01')
  })

  test('that is cut off is an error', () => {
    expect(() => readVarint({ bytes: Buffer.from([0x80]), at: 0 })).toThrow(/ends in the middle of a number/)
  })
})

describe('The fields of a message', () => {
  const fieldsOf = (buffer: Buffer): [number, number, number][] => {
    const fields: [number, number, number][] = []
    eachField(buffer, 0, buffer.length, (...field) => fields.push(field))
    return fields
  }

  test('are visited in order, with their value or their place', () => {
    const buffer = Buffer.alloc(100)
    const end = writeBytesField(buffer, writeVarintField(buffer, 0, 1, 300), 2, Buffer.from('abc'))
    expect(fieldsOf(buffer.subarray(0, end))).toEqual([
      [1, 300, -1],
      [2, 5, 8],
    ])
  })

  test('of fixed width are skipped', () => {
    const fixed = Buffer.from([0x09, 1, 2, 3, 4, 5, 6, 7, 8, 0x15, 1, 2, 3, 4, 0x18, 7])
    expect(fieldsOf(fixed)).toEqual([[3, 7, -1]])
  })

  test('longer than their message are an error', () => {
    expect(() => fieldsOf(Buffer.from([0x0a, 5, 1]))).toThrow(/longer than its message/)
    expect(() => fieldsOf(Buffer.from([0x0b]))).toThrow(/unknown wire type 3/)
  })
})
