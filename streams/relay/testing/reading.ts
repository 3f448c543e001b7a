/** How a consumer reads the topics, and what it must then have read. */
import type { StoredEvent } from '@bizosaas/event-store'
import { nothingBefore, partitionOf, type TopicRecord } from '@bizosaas/kafka'
import { decode, metadataFromStored, parseStreamName, partitionKeyOf, topicName, topicOf } from '@bizosaas/schemas'
import { partitions } from './world.ts'

/** What an event is, wherever it is read. */
type Seen = {
  readonly [field in 'stream' | 'revision' | 'position' | 'eventId' | 'type' | 'data' | 'metadata']: unknown
}

export type Reading = { readonly [partition: string]: readonly Seen[] }

/**
 * Reads as every consumer does: one high water per partition, drop what is not above it, apply what follows it.
 *
 * @throws at a gap
 */
export const readByHighWater = (records: readonly TopicRecord[]): Reading => {
  const highWaters = new Map<string, number>()
  const read: Record<string, Seen[]> = {}
  for (const { topic, partition, position, prev, ...record } of records) {
    const place = `${topic} ${partition}`
    const last = highWaters.get(place) ?? nothingBefore
    if (position <= last) continue
    if (prev !== last) throw new Error(`${place}: ${position} claims to follow ${prev}, but ${last} was read`)
    highWaters.set(place, position)
    const { stream, revision, eventId, type, version, bytes, metadata } = record
    const data = decode(type, version, bytes).data
    read[place] = [...(read[place] ?? []), { stream, revision, position, eventId, type, data, metadata }]
  }
  return read
}

/** What the event store holds, as it has to lie in the topics. */
export const expectedReading = (stored: readonly StoredEvent[], generation: string): Reading => {
  const expected: Record<string, Seen[]> = {}
  for (const { stream, revision, position, id, type, bytes, metadata } of stored) {
    const name = parseStreamName(stream)
    if (name === null) throw new Error(`${stream} is not one of ours`)
    const place = `${topicName(topicOf(name.category), generation)} ${partitionOf(partitionKeyOf(name), partitions)}`
    const data: unknown = JSON.parse(Buffer.from(bytes).toString())
    const seen = { stream, revision, position, eventId: id, type, data, metadata: metadataFromStored(metadata) }
    expected[place] = [...(expected[place] ?? []), seen]
  }
  return expected
}
