import { Instant, type Metadata, TenantId } from '@bizosaas/schemas'
import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import type { KafkaMessage } from 'kafkajs'
import { decodeRecord, type EncodedRecord, encodeRecord, nothingBefore, type RecordHead } from './record.ts'

const metadata: Metadata = {
  tenantId: TenantId.parse('b1205aa5-c0de-4e5d-8a7c-3f6d2e9b4a10'),
  clientId: null,
  actor: 'user:1',
  commandId: '0b0e2a3c-2f6e-5c0f-9a63-0c1f5a2b7d11',
  bodyHash: '',
  correlationId: 'c',
  causationId: 'c',
  recordedAt: Instant.parse('2026-11-22T23:38:28.123456Z'),
  schemaVersion: '1',
  traceparent: null,
  roles: null,
  origin: null,
}

const head: fc.Arbitrary<RecordHead> = fc.record({
  stream: fc.string({ unit: 'grapheme', minLength: 1, maxLength: 80 }),
  revision: fc.nat(),
  position: fc.maxSafeNat(),
  prev: fc.oneof(fc.constant(nothingBefore), fc.maxSafeNat()),
  eventId: fc.uuid(),
  metadata: fc.constantFrom(metadata, null),
})

/** A record as a consumer gets it back. */
const received = ({ key, value, headers }: EncodedRecord, offset: number): KafkaMessage => ({
  key: Buffer.from(key),
  value,
  headers: { ...headers },
  offset: String(offset),
  timestamp: '0',
  attributes: 0,
})

const place = { topic: 'events.g1', partition: 3 }

describe('A record', () => {
  test('reads back as it was written, whatever its position, event and bytes', () => {
    fc.assert(
      fc.property(head, fc.uint8Array(), fc.nat(), fc.maxSafeNat(), (some, bytes, schemaId, offset) => {
        const record = decodeRecord(place, received(encodeRecord(some, schemaId, bytes), offset), (id) => {
          expect(id).toBe(schemaId)
          return { type: 'CampaignCreated', version: 1 }
        })
        expect(record).toEqual({
          ...some,
          ...place,
          offset,
          type: 'CampaignCreated',
          version: 1,
          bytes: Buffer.from(bytes),
        })
      }),
    )
  })

  test('costs 40 bytes of header beside its metadata', () => {
    const { headers } = encodeRecord({ ...sample, metadata: null }, 1, new Uint8Array())
    expect(headers.event.length).toBe(40)
  })

  test('starts as every Confluent client expects: 0, then the id of the schema', () => {
    const { value } = encodeRecord(sample, 258, Buffer.from('avro'))
    expect(value).toEqual(Buffer.from([0, 0, 0, 1, 2, ...Buffer.from('avro')]))
  })

  test('that the relay did not write is refused by name and offset', () => {
    const good = received(encodeRecord(sample, 1, Buffer.from('avro')), 12)
    const but = (change: object) => ({ ...good, ...change }) as KafkaMessage
    const name = () => ({ type: 'CampaignCreated', version: 1 }) as const
    expect(() => decodeRecord(place, but({ headers: {} }), name)).toThrow('offset 12 has no header "event"')
    expect(() => decodeRecord(place, but({ value: null }), name)).toThrow('events.g1[3] at offset 12')
    expect(() => decodeRecord(place, but({ value: Buffer.from('{"json":1}') }), name)).toThrow('no schema id')
  })
})

const sample: RecordHead = {
  stream: 'campaign-b1205aa5-c0de-4e5d-8a7c-3f6d2e9b4a10.1',
  revision: 0,
  position: 2 ** 40 + 5,
  prev: nothingBefore,
  eventId: '7d444840-9dc0-11d1-b245-5ffdce74fad2',
  metadata,
}
