import { describe, expect, test } from '@jest/globals'
import { ReadResp } from '@kurrent/kurrentdb-client/generated/kurrentdb/protocols/v1/streams_pb.js'
import fc from 'fast-check'
import { DELETED } from './heads.ts'
import { decodeRecord, encodeRecord, idOf, readResponse, recordedEvent, withStructuredId } from './record.ts'

const bytes = fc.uint8Array({ maxLength: 300 }).map((array) => Buffer.from(array))
const proposed = fc.record({
  id: fc.uuid(),
  type: fc.string({ unit: 'grapheme', maxLength: 200 }),
  json: fc.boolean(),
  data: bytes,
  metadata: bytes,
})
const place = fc.record({
  stream: fc.string({ unit: 'grapheme', minLength: 1, maxLength: 200 }),
  revision: fc.oneof(fc.maxSafeNat(), fc.constant(DELETED)),
  position: fc.maxSafeNat(),
})
const created = fc.integer({ min: 1, max: 8_000_000_000_000 })

describe('A stored record', () => {
  test('gives back what was encoded', () => {
    fc.assert(
      fc.property(proposed, place, created, (event, where, time) => {
        const record = encodeRecord(event, where, time)
        const { stream, position } = where
        expect(decodeRecord(record)).toEqual({ ...event, stream, position, created: time })
        expect(idOf(record)).toBe(event.id)
      }),
    )
  })

  test("is what the official client's own code decodes", () => {
    fc.assert(
      fc.property(proposed, place, created, (event, where, time) => {
        const read = ReadResp.deserializeBinary(encodeRecord(event, where, time)).getEvent()
        const found = read?.getEvent()
        expect(read?.getCommitPosition()).toBe(String(where.position))
        expect(found?.getId()?.getString()).toBe(event.id)
        expect(Buffer.from(found?.getStreamIdentifier()?.getStreamName_asU8() ?? []).toString()).toBe(where.stream)
        expect(found?.getStreamRevision()).toBe(String(where.revision))
        expect(found?.getPreparePosition()).toBe(String(where.position))
        expect(found?.getCommitPosition()).toBe(String(where.position))
        expect(new Map(found?.getMetadataMap().toArray())).toEqual(
          new Map([
            ['type', event.type],
            ['created', String(BigInt(time) * 10_000n)],
            ['content-type', event.json ? 'application/json' : 'application/octet-stream'],
          ]),
        )
        expect(Buffer.from(found?.getData_asU8() ?? [])).toEqual(event.data)
        expect(Buffer.from(found?.getCustomMetadata_asU8() ?? [])).toEqual(event.metadata)
      }),
    )
  })

  test('can show its id as two numbers, and stand beside a link', () => {
    fc.assert(
      fc.property(proposed, place, created, (event, where, time) => {
        const record = recordedEvent(encodeRecord(event, where, time))
        const read = ReadResp.deserializeBinary(
          readResponse(withStructuredId(record), record, where.position),
        ).getEvent()
        const id = read?.getEvent()?.getId()?.getStructured()
        const digits = [id?.getMostSignificantBits(), id?.getLeastSignificantBits()].map((half) =>
          BigInt.asUintN(64, BigInt(half ?? 0))
            .toString(16)
            .padStart(16, '0'),
        )
        expect(digits.join('')).toBe(event.id.replaceAll('-', ''))
        expect(Buffer.from(read?.getEvent()?.getData_asU8() ?? [])).toEqual(event.data)
        expect(read?.getLink()?.getId()?.getString()).toBe(event.id)
      }),
    )
  })
})
