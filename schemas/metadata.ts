import { codecOf } from './codec.ts'
import { InvalidEvent, UnreadableEvent } from './errors.ts'
import { metadataSchemas } from './generated/schemas.ts'
import type { Metadata } from './generated/types.ts'

const codec = codecOf('Metadata', metadataSchemas, {})
const fields = metadataSchemas[codec.version - 1]?.fields as readonly { name: string; default?: unknown }[]

/** One byte of version, then Avro: a record's header has no other place to say which version it is.
 *  @param room how many bytes are left free in front of them, for the caller to fill
 *  @throws InvalidEvent */
export function encodeMetadata(metadata: Metadata, room = 0): Buffer {
  const bytes = codec.encode(metadata, room + 1)
  bytes[room] = codec.version
  return bytes
}

/** @throws UnknownEvent for a version this process was not built with, UnreadableEvent */
export function decodeMetadata(bytes: Uint8Array): Metadata {
  const [version] = bytes
  if (version === undefined) throw new UnreadableEvent('Metadata', 0, new Error('there are none'))
  return codec.decode(version, bytes.subarray(1)) as Metadata
}

/** As KurrentDB keeps it: a map of strings, in which null is absence.
 *  @throws InvalidEvent */
export function metadataToStored(metadata: Metadata): Record<string, string> {
  codec.encode(metadata)
  return Object.fromEntries(Object.entries(metadata).filter(([, value]) => value !== null))
}

/** What others keep beside ours is left out.
 *  @throws InvalidEvent if something of ours is missing or no string */
export function metadataFromStored(stored: Readonly<Record<string, unknown>>): Metadata {
  const metadata: Record<string, unknown> = {}
  for (const { name, default: absent } of fields) {
    const value = stored[name] ?? absent
    if (typeof value !== 'string' && value !== null) throw new InvalidEvent('Metadata', name, value, 'a string')
    metadata[name] = value
  }
  return metadata as unknown as Metadata
}
