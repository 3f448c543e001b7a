/**
 * A stored event, in the bytes in which the protocol sends it: a whole ReadResp of proto/streams.proto with the id as text.
 * As in Kafka, the format on disk is the format on the wire, so that a read copies bytes and encodes nothing.
 *
 *   ReadResp { event: ReadEvent { event: RecordedEvent { id, stream, revision, positions, … }, commit_position } }
 */
import {
  BYTES,
  type Cursor,
  eachField,
  readVarint,
  varintLength,
  writeBytesField,
  writeKey,
  writeVarint,
  writeVarintField,
} from '../wire.ts'

/** An event before it has its place: what a client proposes. */
export type ProposedEvent = {
  /** UUID in lower case. */
  readonly id: string
  readonly type: string
  readonly json: boolean
  readonly data: Uint8Array
  readonly metadata: Uint8Array
}

/** Where the store put it. `revision` is a bigint only for a tombstone, whose revision is int64's maximum. */
export type Place = { readonly stream: string; readonly revision: number | bigint; readonly position: number }

export type StoredEvent = ProposedEvent & {
  readonly stream: string
  readonly position: number
  /** Milliseconds since 1970. */
  readonly created: number
}

const JSON_CONTENT = 'application/json'
const BINARY_CONTENT = 'application/octet-stream'
/** RecordedEvent starts with its id: key, length, key, length, then 36 characters. */
const ID_START = 4
const ID_END = 40
/** The protocol counts time in .NET ticks of 100 ns. */
const TICKS_PER_MILLISECOND = '0000'

const entry = (key: string, value: string): Buffer => {
  const content = Buffer.alloc(8 + (key.length + value.length) * 3)
  const keyEnd = writeBytesField(content, 0, 1, Buffer.from(key))
  return content.subarray(0, writeBytesField(content, keyEnd, 2, Buffer.from(value)))
}

const contentTypes = { json: entry('content-type', JSON_CONTENT), binary: entry('content-type', BINARY_CONTENT) }

/** Encodes one event at its place. `created` is in milliseconds since 1970. */
export const encodeRecord = (event: ProposedEvent, place: Place, created: number): Buffer => {
  const stream = Buffer.from(place.stream)
  const type = entry('type', event.type)
  const time = entry('created', `${created}${TICKS_PER_MILLISECOND}`)
  const size = 160 + stream.length + type.length + time.length + event.data.length + event.metadata.length
  const buffer = Buffer.allocUnsafe(size)
  buffer[0] = (1 << 3) | BYTES
  buffer[1] = ID_END - 2
  buffer[2] = (2 << 3) | BYTES
  buffer[3] = ID_END - ID_START
  buffer.write(event.id, ID_START, 'latin1')
  let at = writeKey(buffer, ID_END, 2, BYTES)
  at = writeVarint(buffer, at, 1 + varintLength(stream.length) + stream.length)
  at = writeBytesField(buffer, at, 3, stream)
  if (place.revision !== 0) at = writeVarintField(buffer, at, 3, place.revision)
  at = writeVarintField(buffer, at, 4, place.position)
  at = writeVarintField(buffer, at, 5, place.position)
  at = writeBytesField(buffer, at, 6, type)
  at = writeBytesField(buffer, at, 6, time)
  at = writeBytesField(buffer, at, 6, event.json ? contentTypes.json : contentTypes.binary)
  if (event.metadata.length > 0) at = writeBytesField(buffer, at, 7, event.metadata)
  if (event.data.length > 0) at = writeBytesField(buffer, at, 8, event.data)
  return readResponse(buffer.subarray(0, at), null, place.position)
}

/** A ReadResp with an event, or with a link and the event that it leads to (null when that is gone). */
export const readResponse = (event: Uint8Array | null, link: Uint8Array | null, position: number): Buffer => {
  const size = (part: Uint8Array | null): number => (part === null ? 0 : 1 + varintLength(part.length) + part.length)
  const readEvent = size(event) + size(link) + 1 + varintLength(position)
  const buffer = Buffer.allocUnsafe(1 + varintLength(readEvent) + readEvent)
  let at = writeVarint(buffer, writeKey(buffer, 0, 1, BYTES), readEvent)
  if (event !== null) at = writeBytesField(buffer, at, 1, event)
  if (link !== null) at = writeBytesField(buffer, at, 2, link)
  writeVarintField(buffer, at, 3, position)
  return buffer
}

const bufferOver = (bytes: Uint8Array): Buffer => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)

/** The RecordedEvent inside. */
export const recordedEvent = (record: Uint8Array): Buffer => {
  const cursor: Cursor = { bytes: record, at: 1 }
  readVarint(cursor)
  cursor.at++
  const length = readVarint(cursor)
  return bufferOver(record).subarray(cursor.at, cursor.at + length)
}

/** The event's id, without decoding the rest. */
export const idOf = (record: Uint8Array): string => recordedEvent(record).toString('latin1', ID_START, ID_END)

/** Decodes a stored event; its revision is the row's. */
export const decodeRecord = (record: Uint8Array): StoredEvent => {
  const event = recordedEvent(record)
  const found = {
    id: event.toString('latin1', ID_START, ID_END),
    stream: '',
    position: 0,
    type: '',
    json: false,
    created: 0,
  }
  let data: Uint8Array = event.subarray(0, 0)
  let metadata: Uint8Array = data
  eachField(event, ID_END, event.length, (field, a, b) => {
    if (field === 2) found.stream = textIn(event, a, b)
    else if (field === 5) found.position = a
    else if (field === 6) {
      const [key, value] = entryIn(event, a, b)
      if (key === 'type') found.type = value
      else if (key === 'created') found.created = Math.trunc(Number(value) / 10_000)
      else found.json = value === JSON_CONTENT
    } else if (field === 7) metadata = event.subarray(a, b)
    else if (field === 8) data = event.subarray(a, b)
  })
  return { ...found, data, metadata }
}

const textIn = (message: Buffer, start: number, end: number): string => {
  let text = ''
  eachField(message, start, end, (_, a, b) => {
    text = message.toString('utf8', a, b)
  })
  return text
}

const entryIn = (message: Buffer, start: number, end: number): [string, string] => {
  const pair: [string, string] = ['', '']
  eachField(message, start, end, (field, a, b) => {
    pair[field === 1 ? 0 : 1] = message.toString('utf8', a, b)
  })
  return pair
}

/** The same RecordedEvent with the id as two 64-bit halves, for clients that ask for them. */
export const withStructuredId = (event: Buffer): Buffer => {
  const hex = event.toString('latin1', ID_START, ID_END).replaceAll('-', '')
  const id = Buffer.allocUnsafe(32)
  let at = writeVarintField(id, 4, 1, BigInt(`0x${hex.slice(0, 16)}`))
  at = writeVarintField(id, at, 2, BigInt(`0x${hex.slice(16)}`))
  id[0] = (1 << 3) | BYTES
  id[1] = at - 2
  id[2] = (1 << 3) | BYTES
  id[3] = at - 4
  return Buffer.concat([id.subarray(0, at), event.subarray(ID_END)])
}
