/** The protocol's services, loaded from proto/, and the shapes that proto-loader gives their messages. */
import { fileURLToPath } from 'node:url'
import type { MethodDefinition, ServiceDefinition } from '@grpc/grpc-js'
import { loadSync, type MessageTypeDefinition, type PackageDefinition } from '@grpc/proto-loader'

/** 64-bit numbers come as text, since a revision or half a UUID may be above 2^53. */
const definitions: PackageDefinition = loadSync(
  ['streams.proto', 'server-features.proto', 'append-session.proto', 'append-session-errors.proto'],
  { includeDirs: [fileURLToPath(new URL('../proto', import.meta.url))], longs: String, oneofs: true, enums: String },
)

export type Uuid = {
  readonly string?: string
  readonly structured?: { mostSignificantBits?: string; leastSignificantBits?: string }
}
export type StreamIdentifier = { readonly streamName?: Buffer }
export type Empty = Record<string, never>

export type ExpectedRevision = {
  readonly revision?: string
  readonly streamPosition?: string
  readonly noStream?: Empty
  readonly any?: Empty
  readonly streamExists?: Empty
}

export type StreamOptions = ExpectedRevision & { readonly streamIdentifier?: StreamIdentifier }
/** Delete and Tombstone. */
export type RemoveRequest = { readonly options?: StreamOptions }

export type ProposedMessage = {
  readonly id?: Uuid
  readonly metadata?: Readonly<Record<string, string>>
  readonly customMetadata?: Buffer
  readonly data?: Buffer
}

export type AppendRequest = { readonly options?: StreamOptions; readonly proposedMessage?: ProposedMessage }

export type BatchAppendRequest = {
  readonly correlationId?: Uuid
  readonly options?: StreamOptions & {
    readonly deadline_21_10_0?: { seconds?: string; nanos?: number }
    readonly deadline?: { seconds?: string; nanos?: number }
  }
  readonly proposedMessages?: readonly ProposedMessage[]
  readonly isFinal?: boolean
}

export type Expression = { readonly regex?: string; readonly prefix?: readonly string[] }
export type FilterOptions = {
  readonly streamIdentifier?: Expression
  readonly eventType?: Expression
  readonly max?: number
  readonly count?: Empty
  readonly checkpointIntervalMultiplier?: number
}

export type ReadOptions = {
  readonly stream?: { streamIdentifier?: StreamIdentifier; revision?: string; start?: Empty; end?: Empty }
  readonly all?: { position?: { commitPosition?: string; preparePosition?: string }; start?: Empty; end?: Empty }
  readonly readDirection?: 'FORWARDS' | 'BACKWARDS'
  readonly resolveLinks?: boolean
  readonly count?: string
  readonly subscription?: Empty
  readonly filter?: FilterOptions
  readonly noFilter?: Empty
  readonly uuidOption?: { structured?: Empty; string?: Empty }
  readonly controlOption?: { compatibility?: number }
}
export type ReadRequest = { readonly options?: ReadOptions }

export type SessionRecord = {
  readonly recordId?: string
  readonly properties?: Readonly<Record<string, { stringValue?: string }>>
  readonly schema?: { format?: string; name?: string; id?: string }
  readonly data?: Buffer
}
export type SessionRequest = {
  readonly stream?: string
  readonly records?: readonly SessionRecord[]
  readonly expectedRevision?: string
}

/** A service of the protocol, by its full name. */
export const service = (name: string): ServiceDefinition => {
  const found = definitions[name]
  if (found === undefined || 'format' in found) throw new Error(`proto/ defines no service ${name}`)
  return found
}

/** A message inside a google.protobuf.Any: the loader encodes it by its type. */
export const anyOf = (type: string, message: object): object => ({ '@type': `type.googleapis.com/${type}`, ...message })

/** Encodes a google.rpc.Status, as it stands in a trailer. */
export const encodeStatus = (status: object): Buffer => {
  const found = definitions['google.rpc.Status'] as MessageTypeDefinition<object, object>
  return found.serialize(status)
}

/** The same method, but a response that is encoded already passes as it is. */
export const withReadyResponses = <Request>(
  method: MethodDefinition<Request, object>,
): MethodDefinition<Request, object> => ({
  ...method,
  responseSerialize: (response) =>
    response instanceof Uint8Array
      ? Buffer.from(response.buffer, response.byteOffset, response.byteLength)
      : method.responseSerialize(response),
})
