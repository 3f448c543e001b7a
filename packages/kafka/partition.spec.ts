import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { partitioner, partitionOf } from './partition.ts'

/** Made with `org.apache.kafka.common.utils.Utils` of kafka-clients 4.2.0: `toPositive(murmur2(key)) % partitions`. */
const java: readonly (readonly [key: string, of12: number, of7: number])[] = [
  ['21', 0, 3],
  ['foobar', 6, 0],
  ['a-little-bit-long-string', 8, 1],
  ['a-little-bit-longer-string', 11, 0],
  ['lkjh234lh9fiuh90y23oiuhsafujhadof229phr9h19h89h8', 5, 3],
  ['abc', 3, 4],
  ['', 9, 2],
  ['b1205aa5-c0de-4e5d-8a7c-3f6d2e9b4a10', 5, 4],
  ['7d444840-9dc0-11d1-b245-5ffdce74fad2', 11, 0],
]

describe('A key goes to the partition that the Java client chooses', () => {
  test.each(java)('%p', (key, of12, of7) => {
    expect([partitionOf(key, 12), partitionOf(key, 7)]).toEqual([of12, of7])
  })

  test('and remembering it changes nothing', () => {
    const remembered = partitioner(12)
    fc.assert(
      fc.property(fc.uuid(), (key) => {
        expect([remembered(key), remembered(key)]).toEqual([partitionOf(key, 12), partitionOf(key, 12)])
      }),
    )
  })

  test('a number of partitions that no topic has is an error', () => {
    for (const partitions of [0, -1, 1.5, 1_025, Number.NaN])
      expect(() => partitionOf('a', partitions)).toThrow(RangeError)
  })
})
