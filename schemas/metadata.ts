import { codecOf } from './codec.ts'
import { UnreadableEvent } from './errors.ts'
import { metadataSchemas } from './generated/schemas.ts'
import type { Metadata } from './generated/types.ts'

const codec = codecOf('Metadata', metadataSchemas, {})

/** One byte of version, then Avro: a record's header has no other place to say which version it is.
 *  @throws InvalidEvent */
export function encodeMetadata(metadata: Metadata): Buffer {
  return Buffer.concat([Buffer.of(codec.version), codec.encode(metadata)])
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
  const entries = Object.entries(codec.canonical(metadata) as Metadata)
  return Object.fromEntries(entries.filter((entry) => entry[1] !== null))
}

/** @throws InvalidEvent if something is missing or malformed; what is not ours is left out */
export function metadataFromStored(stored: Readonly<Record<string, unknown>>): Metadata {
  return codec.canonical(stored) as Metadata
}
