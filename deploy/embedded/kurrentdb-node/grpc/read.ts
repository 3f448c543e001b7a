/** Streams/Read: reads and subscriptions, of a stream or of `$all`. This file tells them apart; the others do them. */
import type { handleServerStreamingCall } from '@grpc/grpc-js'
import type { Store } from '../store/store.ts'
import { asCallError, invalidArgument } from './errors.ts'
import { type Frames, type Outbox, outboxOf } from './outbox.ts'
import type { ReadOptions, ReadRequest } from './protocol.ts'
import { readAll } from './read-all.ts'
import { readStream } from './read-stream.ts'
import { subscribeToAll } from './subscribe-to-all.ts'
import { subscribeToStream } from './subscribe-to-stream.ts'

/** How a kind of read is done: it returns when everything is sent, or when the client is gone. */
export type Reading = (store: Store, options: ReadOptions, outbox: Outbox) => Promise<void>

export const read =
  (store: Store): handleServerStreamingCall<ReadRequest, Frames> =>
  (call) => {
    const outbox = outboxOf(call)
    const options = call.request.options ?? {}
    Promise.resolve()
      .then(() => readingOf(options)(store, options, outbox))
      .then(
        () => call.end(),
        (error: unknown) => call.emit('error', asCallError(error)),
      )
  }

const readingOf = (options: ReadOptions): Reading => {
  if (options.uuidOption === undefined) throw invalidArgument("'uuid_option' is required")
  const forwards = options.readDirection !== 'BACKWARDS'
  if (options.stream && !options.filter) {
    if (options.count !== undefined) return readStream
    if (options.subscription && forwards) return subscribeToStream
  }
  if (options.all) {
    if (options.count !== undefined) return readAll
    if (options.subscription && forwards) return subscribeToAll
  }
  throw invalidArgument('This combination of stream, count, direction and filter is invalid')
}
