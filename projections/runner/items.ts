import type { TopicRecord } from '@bizosaas/kafka'
import {
  type DomainEvent,
  decode,
  type EventType,
  type Metadata,
  schemaOf,
  topicName,
  topicOf,
} from '@bizosaas/schemas'
import type { Projection, Recorded } from './projection.ts'

/** A record that a projection handles: read as an event, or the reason why it cannot be. */
export type Item =
  | { readonly record: TopicRecord; readonly event: Recorded; readonly error: null }
  | { readonly record: TopicRecord; readonly event: null; readonly error: string }

/** Topics of a generation that hold what the projection handles, by the categories of its event types. */
export function topicsOf({ types }: Projection, generation: string): string[] {
  const categories = [...types].flatMap((type) => schemaOf(type as EventType).category ?? [])
  return [...new Set(categories.map((category) => topicName(topicOf(category), generation)))]
}

/**
 * The records that the projection handles; the rest is not applicable and is never decoded. An `Unreadable` stands for
 * the event that the relay could not publish, so it concerns whoever handles that event: passing over it would leave a
 * row that looks right and is not.
 * @param itemOf decodes one, or remembers it
 */
export function itemsOf(
  { types }: Projection,
  records: readonly TopicRecord[],
  itemOf: (record: TopicRecord) => Item = readItem,
): Item[] {
  const items: Item[] = []
  for (const record of records) {
    if (types.has(record.type)) items.push(itemOf(record))
    else if (record.type === 'Unreadable') items.push(...unreadable(record, types))
  }
  return items
}

/** Decodes the event. */
export function readItem(record: TopicRecord): Item {
  const { metadata } = record
  try {
    if (metadata === null) throw new Error('The metadata cannot be read.')
    const event = recorded(record, metadata, decode(record.type, record.version, record.bytes))
    return { record, event, error: null }
  } catch (error) {
    return { record, event: null, error: messageOf(error) }
  }
}

type Place = Pick<Recorded, 'eventId' | 'stream' | 'revision' | 'position'>

/** What a handler sees. Every field by its name, because a spread object is one that is slow to make and to read. */
export function recorded(place: Place, metadata: Metadata, { type, data }: DomainEvent): Recorded {
  const event: { [Field in keyof Recorded]: unknown } = {
    type,
    data,
    eventId: place.eventId,
    stream: place.stream,
    revision: place.revision,
    position: place.position,
    tenantId: metadata.tenantId,
    clientId: metadata.clientId,
    actor: metadata.actor,
    roles: metadata.roles,
    origin: metadata.origin,
    commandId: metadata.commandId,
    correlationId: metadata.correlationId,
    causationId: metadata.causationId,
    recordedAt: metadata.recordedAt,
  }
  return event as Recorded
}

function unreadable(record: TopicRecord, types: ReadonlySet<string>): Item[] {
  try {
    const { data } = decode('Unreadable', record.version, record.bytes) as DomainEvent<'Unreadable'>
    const error = `${data.type} could not be published: ${data.error}`
    return types.has(data.type) ? [{ record, event: null, error }] : []
  } catch (error) {
    return [{ record, event: null, error: messageOf(error) }]
  }
}

/** Where an error came from. */
export function stackOf(error: unknown): string | null {
  return error instanceof Error ? (error.stack ?? null) : null
}

/** Name and message, without a stack: what stands in `read_model.parked` and in the log. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? `${error.name}: ${error.message}` : String(error)
}
