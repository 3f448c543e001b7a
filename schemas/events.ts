import { type Codec, codecOf, type Upcast } from './codec.ts'
import { UnknownEvent } from './errors.ts'
import { type AvroSchema, eventSchemas } from './generated/schemas.ts'
import type { Category, EventData } from './generated/types.ts'
import { upcasters } from './upcasters.ts'

export type EventType = keyof EventData

/** What happened; `type` tells which data it has. */
export type DomainEvent<T extends EventType = EventType> = {
  [K in T]: { readonly type: K; readonly data: EventData[K] }
}[T]

export const eventTypes = Object.keys(eventSchemas) as readonly EventType[]

const codecs: ReadonlyMap<string, Codec> = new Map(
  eventTypes.map((type) => [
    type,
    codecOf(type, eventSchemas[type].versions, (upcasters[type] ?? {}) as Record<number, Upcast>),
  ]),
)

export const isEventType = (type: string): type is EventType => codecs.has(type)

/** @returns Avro in the latest version
 *  @throws InvalidEvent that names the path and the value */
export function encode<T extends EventType>(type: T, data: EventData[T]): Buffer {
  return codecFor(type).encode(data)
}

/** The data as reading it back gives it: defaults filled in, maps in order. This is what is stored as JSON.
 *  @throws InvalidEvent that names the path and the value */
export function canonical<T extends EventType>(type: T, data: EventData[T]): EventData[T] {
  return codecFor(type).canonical(data) as EventData[T]
}

/** Reads Avro of any version as the latest.
 *  @throws UnknownEvent, UnreadableEvent */
export function decode(type: string, version: number, bytes: Uint8Array): DomainEvent {
  return { type, data: codecFor(type).decode(version, bytes) } as DomainEvent
}

/** Reads stored JSON of any version as the latest; that of the latest is taken as it stands.
 *  @throws UnknownEvent; InvalidEvent if an older version's data is not what its schema says */
export function fromStored(type: string, version: number, json: unknown): DomainEvent {
  return { type, data: codecFor(type).fromStored(version, json) } as DomainEvent
}

/** Stored JSON as Avro of the version it was stored in, so that a topic's bytes never depend on later versions.
 *  @throws UnknownEvent, InvalidEvent */
export function encodeStored(type: string, version: number, json: unknown): Buffer {
  return codecFor(type).encodeStored(version, json)
}

export type SchemaOf = {
  /** The latest. */
  readonly version: number
  readonly versions: readonly number[]
  /** Full Avro name of the latest version, and the registry's subject. */
  readonly subject: string
  readonly context: string
  /** Of the streams that hold it; null for what stands in topics only. */
  readonly category: Category | null
}

export function schemaOf(type: EventType): SchemaOf {
  const { context, category, versions } = eventSchemas[type]
  const version = versions.length
  return {
    version,
    versions: versions.map((_, index) => index + 1),
    subject: avroSchema(type, version).subject,
    context,
    category,
  }
}

/** What the schema registry is given for one version: a self-contained schema, under its full name.
 *  @throws UnknownEvent */
export function avroSchema(
  type: EventType,
  version: number,
): { readonly subject: string; readonly schema: AvroSchema } {
  const { versions } = eventSchemas[type]
  const schema = versions[version - 1]
  if (!schema)
    throw new UnknownEvent(
      type,
      version,
      versions.map((_, index) => index + 1),
    )
  return { subject: `${schema.namespace}.${schema.name}`, schema }
}

function codecFor(type: string): Codec {
  const codec = codecs.get(type)
  if (codec === undefined) throw new UnknownEvent(type, null, [])
  return codec
}
