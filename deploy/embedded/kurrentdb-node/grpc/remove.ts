/** Streams/Delete and Streams/Tombstone. */
import type { handleUnaryCall } from '@grpc/grpc-js'
import type { Store } from '../store/store.ts'
import { asCallError, streamDeleted, wrongExpectedVersion } from './errors.ts'
import type { RemoveRequest } from './protocol.ts'
import { expectedNumber, expectedOf, positionOf, streamOf } from './values.ts'

/** `delete` hides a stream's events (it can be written again); `tombstone` ends it for ever. */
export const remove =
  (store: Store, type: 'delete' | 'tombstone'): handleUnaryCall<RemoveRequest, object> =>
  (call, answer) => {
    removeStream(store, type, call.request).then(
      (response) => answer(null, response),
      (error: unknown) => answer(asCallError(error)),
    )
  }

const removeStream = async (store: Store, type: 'delete' | 'tombstone', request: RemoveRequest): Promise<object> => {
  const stream = streamOf(request.options?.streamIdentifier)
  const outcome = await store.write({ type, stream, expected: expectedOf(request.options ?? {}) })
  switch (outcome.type) {
    case 'tombstoned':
      throw streamDeleted(stream)
    case 'wrong-revision':
      throw wrongExpectedVersion(stream, expectedNumber(outcome.expected), outcome.actual)
    case 'written':
      return { position: positionOf(outcome.position) }
  }
}
