import { type AvroType, avroType } from './avro.ts'
import { InvalidEvent, UnknownEvent, UnreadableEvent } from './errors.ts'

/** Takes data as one version has it to what the latest has, where Avro's own resolution cannot. */
export type Upcast = (stored: unknown) => unknown

/** Reads and writes one record type in all its versions. */
export type Codec = {
  /** The latest. */
  readonly version: number
  /** @param room how many bytes are left free, for the caller to fill, in front of those of Avro; 0 unless said */
  encode(data: unknown, room?: number): Buffer
  decode(version: number, bytes: Uint8Array): unknown
  canonical(data: unknown): unknown
  fromStored(version: number, json: unknown): unknown
  encodeStored(version: number, json: unknown): Buffer
}

/** Bytes are laid out here and copied out once they are complete, because how many there will be is not known before. */
let scratch = Buffer.allocUnsafeSlow(64 * 1024)

/**
 * Types and resolvers are built once, here.
 * @param schemas self-contained Avro schemas; the first is version 1
 * @param upcasts by version; a version without one is read by Avro's resolution
 */
export function codecOf(type: string, schemas: readonly unknown[], upcasts: Readonly<Record<number, Upcast>>): Codec {
  const versions = schemas.map((schema) => avroType(schema))
  const latest = versions[versions.length - 1] as AvroType
  const numbers = versions.map((_, index) => index + 1)
  const readers = versions.map((own, index) => readerOf(own, latest, upcasts[index + 1]))

  function at<Item>(items: readonly Item[], version: number): Item {
    const item = items[version - 1]
    if (item === undefined) throw new UnknownEvent(type, version, numbers)
    return item
  }

  const encodeStored = (version: number, json: unknown) => write(type, at(versions, version), json)

  const decode = (version: number, bytes: Uint8Array) => {
    const read = at(readers, version)
    try {
      return read(Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength))
    } catch (error) {
      throw new UnreadableEvent(type, version, error)
    }
  }

  return {
    version: versions.length,
    encode: (data, room) => write(type, latest, data, room),
    decode,
    canonical: (data) => latest.fromBuffer(write(type, latest, data)),
    encodeStored,
    fromStored(version, json) {
      if (version === versions.length && typeof json === 'object' && json !== null) return json
      const upcast = upcasts[version]
      return upcast && at(versions, version) ? upcast(json) : decode(version, encodeStored(version, json))
    },
  }
}

function readerOf(own: AvroType, latest: AvroType, upcast: Upcast | undefined): (bytes: Buffer) => unknown {
  if (upcast) return (bytes) => upcast(own.fromBuffer(bytes))
  if (own === latest) return (bytes) => latest.fromBuffer(bytes)
  const resolver = latest.createResolver(own, { ignoreNamespaces: true })
  return (bytes) => latest.fromBuffer(bytes, resolver)
}

function write(type: string, schema: AvroType, data: unknown, room = 0): Buffer {
  // A field that the schema lacks would be dropped without a word, and a fact with it.
  if (!schema.isValid(data, { noUndeclaredFields: true })) throw explained(type, schema, data)
  try {
    let end = schema.encode(data, scratch, room)
    if (end < 0) {
      // It answers by how many bytes it was too long.
      scratch = Buffer.allocUnsafeSlow(2 * (scratch.length - end))
      end = schema.encode(data, scratch, room)
    }
    return Buffer.from(scratch.subarray(0, end))
  } catch (error) {
    throw new InvalidEvent(type, '', data, `encodable (${error instanceof Error ? error.message : error})`)
  }
}

/** Checking is fast because it does not track where it is; only a failure asks again for the place. */
function explained(type: string, schema: AvroType, data: unknown): InvalidEvent {
  const found: InvalidEvent[] = []
  schema.isValid(data, {
    noUndeclaredFields: true,
    errorHook: (path, value, expected) => {
      if (found.length === 0) found.push(invalid(type, path, value, expected))
    },
  })
  return found[0] ?? new InvalidEvent(type, '', data, 'what its schema says')
}

function invalid(type: string, path: readonly string[], value: unknown, expected: AvroType): InvalidEvent {
  const { fields } = expected as { fields?: readonly { name: string }[] }
  if (fields && typeof value === 'object' && value !== null) {
    const undeclared = Object.entries(value).find(([name]) => !fields.some((field) => field.name === name))
    if (undeclared) {
      const [name, extra] = undeclared
      return new InvalidEvent(type, [...path, name].join('.'), extra, 'left out (the schema has no such field)')
    }
  }
  return new InvalidEvent(type, path.join('.'), value, describe(expected))
}

const descriptions: Readonly<Record<string, string>> = {
  long: 'a safe integer',
  int: 'a 32-bit integer',
  string: 'a string',
  null: 'null',
  array: 'an array',
  'logical:date': 'a date that exists, written YYYY-MM-DD',
  'logical:timestamp-micros':
    'an instant written with six digits after the second, such as 2026-11-22T23:38:28.123456Z',
  'logical:base64': 'Base64 text',
}

function describe(type: AvroType): string {
  const { symbols, types } = type as { symbols?: readonly string[]; types?: readonly AvroType[] }
  if (symbols) return `one of ${symbols.join(', ')}`
  if (types) return types.map(describe).join(' or ')
  return descriptions[type.typeName] ?? `a ${type.name?.split('.').at(-1) ?? type.typeName}`
}
