import { randomUUID } from 'node:crypto'
import { encodeRecord } from '@bizosaas/kafka'
import type { Instant } from '@bizosaas/schemas'
import { expect, test } from '@jest/globals'
import fc from 'fast-check'
import { ownedBy, pack, unpack } from './packed-batch.ts'
import type { Batch } from './publishing.ts'

const record = fc
  .record({
    topic: fc.constantFrom('events.g1', 'observations.g1'),
    partition: fc.nat(1_023),
    position: fc.maxSafeNat(),
    stream: fc.string({ minLength: 1, unit: 'grapheme' }),
    bytes: fc.uint8Array({ maxLength: 200 }),
  })
  .map(({ topic, partition, position, stream, bytes }) => ({
    topic,
    partition,
    position,
    ...encodeRecord({ stream, revision: 3, position, prev: -1, eventId: randomUUID(), metadata: null }, 7, bytes),
  }))

test('a batch comes out of a packed one as it went in, also after its bytes were handed to another thread', () => {
  fc.assert(
    fc.property(fc.array(record, { maxLength: 30 }), (records) => {
      const batch: Batch = {
        records,
        last: { position: 5, eventId: randomUUID() },
        instant: '2026-11-22T23:38:28.123456Z' as Instant,
        events: records.length,
        unreadable: 1,
      }
      const packed = pack(batch)
      expect(unpack(structuredClone(packed, { transfer: ownedBy(packed) }))).toEqual(batch)
      expect(packed.bytes.length).toBe(0)
    }),
  )
})
