import { expect, test } from '@jest/globals'
import fc from 'fast-check'
import { arbitraryOfSchema } from './arbitrary.ts'
import { metadataSchemas } from './generated/schemas.ts'
import {
  decodeMetadata,
  encodeMetadata,
  InvalidEvent,
  type Metadata,
  metadataFromStored,
  metadataToStored,
  UnknownEvent,
  UnreadableEvent,
} from './index.ts'

const anyMetadata = arbitraryOfSchema(metadataSchemas.at(-1)) as fc.Arbitrary<Metadata>

test('metadata reads back from Kafka and from KurrentDB exactly as it was written', () => {
  fc.assert(
    fc.property(anyMetadata, (metadata) => {
      expect(decodeMetadata(encodeMetadata(metadata))).toStrictEqual(metadata)
      expect(metadataFromStored(metadataToStored(metadata))).toStrictEqual(metadata)
    }),
  )
})

test('is stored as a map of strings, in which null is absence', () => {
  fc.assert(
    fc.property(anyMetadata, (metadata) => {
      const stored = metadataToStored(metadata)
      expect(Object.values(stored).every((value) => typeof value === 'string')).toBe(true)
      expect('clientId' in stored).toBe(metadata.clientId !== null)
    }),
  )
})

const [metadata] = fc.sample(anyMetadata, 1) as [Metadata]

test('what the store adds is left out, what is missing is named', () => {
  const stored = metadataToStored(metadata)
  expect(metadataFromStored({ ...stored, $correlationId: 'x' })).toStrictEqual(metadata)
  const { tenantId: _, ...without } = stored
  expect(() => metadataFromStored(without)).toThrow('Metadata.tenantId must be a string, not undefined.')
  expect(() => metadataFromStored({ ...stored, actor: 42 })).toThrow('Metadata.actor must be a string, not 42.')
  expect(() => metadataFromStored({ ...stored, actor: null })).toThrow(InvalidEvent)
})

test('metadata that its schema refuses is neither stored nor sent', () => {
  const wrong = { ...metadata, recordedAt: '2026-01-01' } as unknown as Metadata
  expect(() => metadataToStored(wrong)).toThrow('Metadata.recordedAt must be an instant')
  expect(() => encodeMetadata(wrong)).toThrow(InvalidEvent)
})

test('bytes that are no metadata say so', () => {
  expect(() => decodeMetadata(Buffer.of())).toThrow(UnreadableEvent)
  expect(() => decodeMetadata(Buffer.of(1))).toThrow(UnreadableEvent)
  expect(() => decodeMetadata(Buffer.of(99, 0))).toThrow(UnknownEvent)
})
