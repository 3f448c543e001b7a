/** How a stored event becomes a record: which topic, which partition, which bytes. Nothing that was stored is left out. */
import type { StoredEvent } from '@bizosaas/event-store'
import {
  type EncodedRecord,
  encodeRecord,
  nothingBefore,
  type OutgoingRecord,
  partitioner,
  type RecordHead,
  type SchemaRegistry,
} from '@bizosaas/kafka'
import { isSampled, type Traced } from '@bizosaas/runtime'
import {
  encode as encodeData,
  encodeMetadata,
  encodeStored,
  type Instant,
  isEventType,
  type Metadata,
  metadataFromStored,
  parseStreamName,
  partitionKeyOf,
  type StreamName,
  type Topic,
  topicName,
  topicOf,
  topics,
} from '@bizosaas/schemas'
import { type Digests, type WindowDigest, windowDigest } from './digest.ts'
import type { Piece } from './follow.ts'
import { placesOf, type Tails } from './tails.ts'

type SchemaIds = Pick<SchemaRegistry, 'idOf'>

/** A record of the event at `position`. */
export type PositionedRecord = OutgoingRecord & { readonly position: number }

/** What is sent at once, and then stands in the ledger as one row. */
export type Batch = {
  readonly records: readonly PositionedRecord[]
  readonly last: { readonly position: number; readonly eventId: string }
  /** The latest recordedAt among the batch's events; null when none of them has one. */
  readonly instant: Instant | null
  readonly events: number
  readonly unreadable: number
  /** Of all its events, also of those that are in Kafka already. */
  readonly digests: Digests
  /** Those of its events that are sent and whose traces are recorded. */
  readonly traced: readonly Traced[]
}

export type Publishing = {
  /**
   * The batches that are complete with these events, in their order: after the last piece of a read, or where a batch is large
   * enough. Streams of the event store itself (`$...`) are passed over, and so is what was already in Kafka when the relay
   * started. To be called with every event once, in the order of positions. What is in none of them yet comes with a later
   * call.
   */
  readonly batchesOf: (piece: Piece) => readonly Batch[]
}

/** A batch is cut here, in bytes; it stays well below what a topic takes even when all of it goes to one partition. */
const batchBytes = 4 * 1024 * 1024

export const publishing = (options: {
  readonly generation: string
  readonly partitions: number
  readonly registry: SchemaIds
  /** Of the ledger's last row: the first event to come is the one after it. */
  readonly noted: Tails
  /** What is in Kafka already. */
  readonly tails: Tails
}): Publishing => {
  const partitionOf = partitioner(options.partitions)
  const names = Object.fromEntries(topics.map((kind) => [kind, topicName(kind, options.generation)])) as Record<
    Topic,
    string
  >
  /** Position of the last event of each partition: the `prev` of its next one. */
  const heads = Object.fromEntries(
    topics.map((kind) => [kind, options.noted[kind].map((tail) => tail?.position ?? nothingBefore)]),
  ) as Record<Topic, number[]>

  const publish = (event: StoredEvent): Published => {
    const name = parseStreamName(event.stream)
    const { kind, key } = placeOf(event.stream, name)
    const partition = partitionOf(key)
    const prev = heads[kind][partition] ?? nothingBefore
    const { stream, revision, position, id: eventId } = event
    heads[kind][partition] = position
    const { encoded, ...content } = encode(event, name, { stream, revision, position, prev, eventId }, options.registry)
    const isThere = position <= (options.tails[kind][partition]?.position ?? nothingBefore)
    return { ...content, kind, isThere, record: { topic: names[kind], partition, position, ...encoded } }
  }

  /**
   * No batch ends before it: a row of the ledger must not name tails that are beyond its own position, or whoever goes on from
   * it would not know what came before them. A relay is ahead of the ledger by a batch or two when it dies.
   */
  const lastThere = Math.max(
    nothingBefore,
    ...placesOf(options.tails).map(({ tail }) => tail?.position ?? nothingBefore),
  )
  let open: OpenBatch | null = null

  return {
    batchesOf({ events, isLast }) {
      const batches: OpenBatch[] = []
      const close = (): void => {
        if (open === null || open.last.position < lastThere) return
        batches.push(open)
        open = null
      }
      for (const event of events) {
        if (event.stream.startsWith('$')) continue
        open ??= emptyBatch()
        add(open, event, publish(event))
        if (open.bytes >= batchBytes) close()
      }
      if (isLast) close()
      return batches.map(({ digest, ...batch }) => ({ ...batch, digests: digest.end() }))
    },
  }
}

type OpenBatch = {
  records: PositionedRecord[]
  last: { position: number; eventId: string }
  instant: Instant | null
  events: number
  unreadable: number
  traced: Traced[]
  bytes: number
  digest: WindowDigest
}

const emptyBatch = (): OpenBatch => ({
  records: [],
  last: { position: nothingBefore, eventId: '' },
  instant: null,
  events: 0,
  unreadable: 0,
  traced: [],
  bytes: 0,
  digest: windowDigest(),
})

const add = (batch: OpenBatch, event: StoredEvent, published: Published): void => {
  const { kind, record, metadata, readable, isThere } = published
  batch.events++
  batch.last = { position: event.position, eventId: event.id }
  if (metadata !== null && (batch.instant === null || metadata.recordedAt > batch.instant)) {
    batch.instant = metadata.recordedAt
  }
  batch.digest.add(kind, record.partition, record)
  if (isThere) return
  batch.records.push(record)
  if (isSampled(metadata?.traceparent)) batch.traced.push(tracedOf(metadata?.traceparent, event, record))
  batch.bytes += sizeOf(record)
  if (!readable) batch.unreadable++
}

const tracedOf = (
  traceparent: string | null | undefined,
  { id }: StoredEvent,
  { topic, partition, position }: PositionedRecord,
): Traced => ({
  traceparent: traceparent ?? '',
  attributes: {
    'messaging.destination.name': topic,
    'messaging.destination.partition.id': String(partition),
    'bizosaas.position': position,
    'bizosaas.event_id': id,
  },
})

const sizeOf = ({ key, value, headers }: EncodedRecord): number =>
  key.length + value.length + headers.event.length + otherBytes

/** What frames a record. */
const otherBytes = 50

type Published = {
  readonly kind: Topic
  readonly record: PositionedRecord
  readonly metadata: Metadata | null
  readonly readable: boolean
  /** Whether a relay before this one has sent it. */
  readonly isThere: boolean
}

/** A stream that is not named as ours are is published too: beside the others, by its own name. */
const placeOf = (stream: string, name: StreamName | null): { readonly kind: Topic; readonly key: string } =>
  name === null ? { kind: 'events', key: stream } : { kind: topicOf(name.category), key: partitionKeyOf(name) }

type Head = Omit<RecordHead, 'metadata'>

const encode = (event: StoredEvent, name: StreamName | null, head: Head, registry: SchemaIds) => {
  try {
    const metadata = metadataFromStored(event.metadata)
    if (name?.tenantId !== metadata.tenantId) {
      throw new Error(`the stream ${event.stream} is not one of the tenant ${metadata.tenantId} whom its event names`)
    }
    if (!isEventType(event.type)) throw new Error(`there is no event type ${event.type}`)
    const version = Number(metadata.schemaVersion)
    const payload = encodeStored(event.type, version, JSON.parse(utf8.decode(event.bytes)))
    const encoded = encodeRecord({ ...head, metadata }, registry.idOf(event.type, version), payload)
    return { encoded, metadata, readable: true }
  } catch (error) {
    return { ...unreadable(event, head, error, registry), readable: false }
  }
}

const utf8 = new TextDecoder('utf-8', { fatal: true })

/** Stands in the topic, at its position, for an event that cannot be published as what it says it is. */
const unreadable = (event: StoredEvent, head: Head, error: unknown, registry: SchemaIds) => {
  const metadata = metadataOf(event)
  const payload = encodeData('Unreadable', {
    type: event.type,
    bytes: Buffer.from(event.bytes).toString('base64'),
    error: String(error).slice(0, 1_000),
  })
  return { encoded: encodeRecord({ ...head, metadata }, registry.idOf('Unreadable', 1), payload), metadata }
}

/** An event's metadata; null if they are not as they must be. */
const metadataOf = (event: StoredEvent): Metadata | null => {
  try {
    const metadata = metadataFromStored(event.metadata)
    encodeMetadata(metadata)
    return metadata
  } catch {
    return null
  }
}
