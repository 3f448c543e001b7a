/**
 * Records that an earlier release laid out differ from what this one makes of the same events where metadata got a new version,
 * and where an event was unreadable then. Such a record is right if it says the same.
 */
import { isDeepStrictEqual } from 'node:util'
import type { StoredEvent } from '@bizosaas/event-store'
import { readRecords, type SchemaRegistry, type TopicRecord } from '@bizosaas/kafka'
import { decode, encodeStored, metadataFromStored } from '@bizosaas/schemas'
import type { Laid } from './compare.ts'

export const saysTheSame = async (event: StoredEvent, { record }: Laid, registry: SchemaRegistry): Promise<boolean> => {
  try {
    const said = await read(record, registry)
    const isOfTheEvent =
      said.stream === event.stream &&
      said.revision === event.revision &&
      said.position === event.position &&
      said.eventId === event.id
    return isOfTheEvent && (said.type === 'Unreadable' ? quotes(said, event) : restates(said, event))
  } catch {
    // Whatever cannot be read says nothing.
    return false
  }
}

const read = async ({ key, value, headers }: Laid['record'], registry: SchemaRegistry): Promise<TopicRecord> => {
  const message = { key: Buffer.from(key), value, headers, offset: '0', attributes: 0, timestamp: '0' }
  const [said] = await readRecords({ topic: '', partition: 0, highWater: 0, messages: [message] }, registry)
  if (said === undefined) throw new Error('one message is one record')
  return said
}

const quotes = ({ type, version, bytes }: TopicRecord, event: StoredEvent): boolean => {
  const { data } = decode(type, version, bytes) as { data: { type: string; bytes: string } }
  return data.type === event.type && data.bytes === Buffer.from(event.bytes).toString('base64')
}

const restates = ({ type, version, bytes, metadata }: TopicRecord, event: StoredEvent): boolean =>
  type === event.type &&
  version === Number(event.metadata.schemaVersion) &&
  isDeepStrictEqual(metadata, metadataFromStored(event.metadata)) &&
  encodeStored(type, version, JSON.parse(Buffer.from(event.bytes).toString())).equals(bytes)
