/**
 * One event as it lies in an internal topic.
 *
 *   key      the stream's name
 *   value    0, the schema's id (uint32), the Avro bytes: what every Confluent client calls the wire format
 *   headers  one, `event`: position, prev, revision (int64 each), the event's id (16 bytes), metadata (Avro, may be empty);
 *            binary and big-endian. As five headers they would cost both clients several times as much as the event itself.
 */
import { decodeMetadata, encodeMetadata, type Metadata } from '@bizosaas/schemas'
import type { KafkaMessage } from 'kafkajs'
import type { TopicPartition } from './connect.ts'
import type { SchemaName } from './registry.ts'

/** `prev` of the first event of a partition. */
export const nothingBefore = -1

/** What a record says beside what the event says. */
export type RecordHead = {
  readonly stream: string
  readonly revision: number
  /** The event store's commit position. */
  readonly position: number
  /** Position of the event before this one in the same partition, or `nothingBefore`. */
  readonly prev: number
  readonly eventId: string
  /** Null only where the stored metadata could not be read. */
  readonly metadata: Metadata | null
}

/** An event read from an internal topic. `bytes` are Avro in the schema `type`, `version`. */
export type TopicRecord = TopicPartition &
  RecordHead & { readonly offset: number; readonly type: string; readonly version: number; readonly bytes: Buffer }

/** A record ready to be sent. */
export type EncodedRecord = {
  readonly key: string
  readonly value: Buffer
  readonly headers: { readonly event: Buffer }
}

/** Bytes of the header before its metadata. */
const beforeMetadata = 40

/** Lays out one record. `schemaId` and `bytes` come from the registry and from the schemas' codec. */
export const encodeRecord = (head: RecordHead, schemaId: number, bytes: Uint8Array): EncodedRecord => {
  const value = Buffer.allocUnsafe(5 + bytes.length)
  value[0] = 0
  value.writeUInt32BE(schemaId, 1)
  value.set(bytes, 5)

  const { metadata } = head
  const event = metadata === null ? Buffer.allocUnsafe(beforeMetadata) : encodeMetadata(metadata, beforeMetadata)
  writeInt64(event, head.position, 0)
  writeInt64(event, head.prev, 8)
  writeInt64(event, head.revision, 16)
  event.write(head.eventId.replaceAll('-', ''), 24, 'hex')

  return { key: head.stream, value, headers: { event } }
}

/**
 * Reads one record.
 *
 * @param nameOf which schema an id stands for, see registry.ts
 * @throws when the record was not written by `encodeRecord`
 */
export const decodeRecord = (
  { topic, partition }: TopicPartition,
  message: KafkaMessage,
  nameOf: (schemaId: number) => SchemaName,
): TopicRecord => {
  const { value, key, offset } = message
  if (value === null || value.length < 5 || value[0] !== 0 || key === null) {
    throw new Error(`${topic}[${partition}] at offset ${offset} is not a record of the relay: no key or no schema id`)
  }
  const { type, version } = nameOf(value.readUInt32BE(1))
  const meta = header(message).subarray(beforeMetadata)
  return {
    topic,
    partition,
    offset: Number(offset),
    position: positionOf(message),
    prev: prevOf(message),
    revision: readInt64(header(message), 16),
    eventId: eventIdOf(message),
    stream: key.toString(),
    metadata: meta.length === 0 ? null : decodeMetadata(meta),
    type,
    version,
    bytes: value.subarray(5),
  }
}

/** The position of a record, without decoding the rest of it. */
export const positionOf = (message: KafkaMessage): number => readInt64(header(message), 0)

/** The position of the event before a record's in its partition, without decoding the rest of it. */
export const prevOf = (message: KafkaMessage): number => readInt64(header(message), 8)

/** The id of a record's event, without decoding the rest of it. */
export const eventIdOf = (message: KafkaMessage): string => {
  const event = header(message)
  let at = 0
  for (let index = 24; index < beforeMetadata; index++) {
    const byte = event[index] ?? 0
    if (index === 28 || index === 30 || index === 32 || index === 34) at++
    spelling[at++] = hexDigits.charCodeAt(byte >> 4)
    spelling[at++] = hexDigits.charCodeAt(byte & 15)
  }
  return spelling.toString('latin1')
}

const hexDigits = '0123456789abcdef'
/** A UUID is spelled here: put together from slices it is a dozen strings. */
const spelling = Buffer.from('00000000-0000-0000-0000-000000000000')

/** The schema's id in a record's value. */
export const schemaIdOf = ({ value }: KafkaMessage): number | null =>
  value !== null && value.length >= 5 ? value.readUInt32BE(1) : null

const header = ({ headers, offset }: KafkaMessage): Buffer => {
  const value = headers?.event
  if (value instanceof Buffer && value.length >= beforeMetadata) return value
  throw new Error(`The record at offset ${offset} has no header "event": it was not written by the relay`)
}

// Safe integers only, in two halves: four times as fast as going through BigInt.
const writeInt64 = (buffer: Buffer, value: number, at: number): void => {
  buffer.writeInt32BE(Math.floor(value / 2 ** 32), at)
  buffer.writeUInt32BE(value >>> 0, at + 4)
}

const readInt64 = (buffer: Buffer, at: number): number => buffer.readInt32BE(at) * 2 ** 32 + buffer.readUInt32BE(at + 4)
