/** From the protocol's values to the store's and back. */
import type { Expected } from '../store/check.ts'
import type { ProposedEvent } from '../store/record.ts'
import { invalidArgument, missingMetadata } from './errors.ts'
import type { ExpectedRevision, ProposedMessage, StreamIdentifier, Uuid } from './protocol.ts'

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/
const NO_BYTES = Buffer.alloc(0)

/** A UUID as lower-case text. Throws INVALID_ARGUMENT. */
export const uuidOf = (uuid: Uuid | undefined, what: string): string => {
  const text = uuid?.structured ? fromHalves(uuid.structured) : (uuid?.string ?? '').toLowerCase()
  if (!UUID.test(text)) throw invalidArgument(`${what} '${text}' is not a UUID`)
  return text
}

const fromHalves = (halves: { mostSignificantBits?: string; leastSignificantBits?: string }): string => {
  const hex = (half: string | undefined): string =>
    BigInt.asUintN(64, BigInt(half ?? 0))
      .toString(16)
      .padStart(16, '0')
  const digits = hex(halves.mostSignificantBits) + hex(halves.leastSignificantBits)
  return digits.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5')
}

/** A stream's name. Throws INVALID_ARGUMENT when it is missing. */
export const streamOf = (identifier: StreamIdentifier | undefined): string => {
  const name = identifier?.streamName?.toString('utf8') ?? ''
  if (name === '') throw invalidArgument('A stream name is required')
  return name
}

/** The expectation in a request's options. Throws INVALID_ARGUMENT when there is none. */
export const expectedOf = (options: ExpectedRevision): Expected => {
  if (options.noStream) return 'no-stream'
  if (options.any) return 'any'
  if (options.streamExists) return 'stream-exists'
  const revision = options.revision ?? options.streamPosition
  if (revision === undefined) throw invalidArgument('An expected stream revision is required')
  return Number(revision)
}

/** How a wrong revision's answer repeats what was expected. */
export const expectationOf = (expected: Expected, revisionField: string): object => {
  switch (expected) {
    case 'any':
      return { expectedAny: {} }
    case 'no-stream':
      return { expectedNoStream: {} }
    case 'stream-exists':
      return { expectedStreamExists: {} }
    default:
      return { [revisionField]: expected }
  }
}

/** The numbers by which the protocol's errors name an expectation. */
export const expectedNumber = (expected: Expected): number => {
  switch (expected) {
    case 'no-stream':
      return -1
    case 'any':
      return -2
    case 'stream-exists':
      return -4
    default:
      return expected
  }
}

/** A proposed event. Throws INVALID_ARGUMENT when its id, type or content type is missing. */
export const eventOf = ({ id, metadata, customMetadata, data }: ProposedMessage): ProposedEvent => {
  const type = metadata?.type
  const contentType = metadata?.['content-type']
  if (type === undefined) throw missingMetadata('type')
  if (contentType === undefined) throw missingMetadata('content-type')
  return {
    id: uuidOf(id, 'Event id'),
    type,
    json: contentType === 'application/json',
    data: data ?? NO_BYTES,
    metadata: customMetadata ?? NO_BYTES,
  }
}

/** What an event counts towards the largest append. */
export const sizeOf = (event: ProposedEvent): number =>
  event.data.length + event.metadata.length + Buffer.byteLength(event.type, 'utf16le')

export const positionOf = (position: number): { commitPosition: number; preparePosition: number } => ({
  commitPosition: position,
  preparePosition: position,
})
