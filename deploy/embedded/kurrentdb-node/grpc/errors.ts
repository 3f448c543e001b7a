/** The protocol's errors: a status, and trailers by which the client knows which error it is. */
import { Metadata, status } from '@grpc/grpc-js'
import { WriteFailed } from '../store/group-commit.ts'
import { anyOf, encodeStatus } from './protocol.ts'

/** What grpc-js sends as a call's status. */
export class CallError extends Error {
  override readonly name = 'CallError'
  readonly code: status
  readonly details: string
  readonly metadata: Metadata

  constructor(code: status, details: string, trailers: Readonly<Record<string, string>> = {}) {
    super(details)
    this.code = code
    this.details = details
    this.metadata = new Metadata()
    for (const [key, value] of Object.entries(trailers)) this.metadata.set(key, headerSafe(value))
  }
}

/** Stream names may hold any character, HTTP/2 headers only visible ASCII: others are percent-encoded. */
const headerSafe = (value: string): string => value.replace(/[^\x20-\x7e]+/g, encodeURIComponent)

/** The most that one append may hold, in bytes of types, data and metadata: the server's default. */
export const MAX_APPEND_SIZE = 1024 * 1024

export const invalidArgument = (details: string): CallError => new CallError(status.INVALID_ARGUMENT, details)

export const streamDeleted = (stream: string): CallError =>
  new CallError(status.FAILED_PRECONDITION, `Event stream '${stream}' is deleted.`, {
    exception: 'stream-deleted',
    'stream-name': stream,
  })

/** For Delete and Tombstone; appends answer a wrong revision in their response. */
export const wrongExpectedVersion = (stream: string, expected: number, actual: number): CallError =>
  new CallError(
    status.FAILED_PRECONDITION,
    `Delete failed due to WrongExpectedVersion. Stream: ${stream}, Expected version: ${expected}, Actual version: ${actual}`,
    {
      exception: 'wrong-expected-version',
      'stream-name': stream,
      'expected-version': String(expected),
      'actual-version': String(actual),
    },
  )

export const appendTooLarge = (): CallError =>
  new CallError(status.INVALID_ARGUMENT, `Maximum Append Size of ${MAX_APPEND_SIZE} Exceeded.`, {
    exception: 'maximum-append-size-exceeded',
    'maximum-append-size': String(MAX_APPEND_SIZE),
  })

export const missingMetadata = (property: string): CallError =>
  new CallError(status.INVALID_ARGUMENT, `Required Metadata Property '${property}' is missing`, {
    exception: 'missing-required-metadata-property',
    'required-metadata-properties': 'type,content-type',
  })

/** An error of the second protocol version: its facts are a message in `grpc-status-details-bin`. */
export const detailedError = (code: status, details: string, message: string, facts: object): CallError => {
  const error = new CallError(code, details)
  error.metadata.set(
    'grpc-status-details-bin',
    encodeStatus({ code, message: details, details: anyOf(message, facts) }),
  )
  return error
}

/** What a call answers when something failed that is not its caller's fault. */
export const asCallError = (error: unknown): CallError => {
  if (error instanceof CallError) return error
  if (error instanceof WriteFailed) return new CallError(status.UNAVAILABLE, error.message)
  return new CallError(status.INTERNAL, error instanceof Error ? error.message : String(error))
}
