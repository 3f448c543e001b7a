import { WrongExpectedVersionError } from '@kurrent/kurrentdb-client'
import { StoreUnavailable, WrongRevision } from './errors.ts'
import type { Write } from './store.ts'

/** gRPC status codes after which trying again can help, and whether the call took effect is not known. */
const unavailableCodes: ReadonlySet<unknown> = new Set([
  1, // CANCELLED: the connection was given up
  4, // DEADLINE_EXCEEDED
  8, // RESOURCE_EXHAUSTED
  13, // INTERNAL: how a broken HTTP/2 stream shows
  14, // UNAVAILABLE
])

/** The same, as the client names its errors (property `type`). */
const unavailableTypes: ReadonlySet<unknown> = new Set([
  'unavailable',
  'cancelled',
  'timeout',
  'deadline-exceeded',
  'not-leader',
])

/** What a failed append means: WrongRevision, StoreUnavailable, or what it is. */
export function appendFault(error: unknown, writes: readonly Write[]): unknown {
  if (error instanceof WrongExpectedVersionError) {
    const refused = writes.find(({ stream }) => stream === error.streamName)
    return refused ? new WrongRevision(refused) : error
  }
  return fault(error)
}

/** Reads come through the client's bridge, whose errors have a name and no code. A bridge that failed stays broken. */
const answersOfReads: ReadonlySet<string> = new Set(['StreamDeletedError', 'AccessDeniedError'])

export function readFault(error: Error): Error {
  if (error instanceof StoreUnavailable || answersOfReads.has(error.name)) return error
  return new StoreUnavailable(error.message, error)
}

/** What a failed call means: StoreUnavailable, or what it is. */
export function fault(error: unknown): unknown {
  if (!(error instanceof Error) || error instanceof StoreUnavailable) return error
  const { code, type } = error as Error & { code?: unknown; type?: unknown }
  const lost = unavailableCodes.has(code) || unavailableTypes.has(type) || error.message === channelClosed
  return lost ? new StoreUnavailable(error.message, error) : error
}

/** Of grpc-js, when the client replaced a broken channel at the moment of a call. */
const channelClosed = 'Channel has been shut down'
