/** Streams/Append: one append a call. The client takes this way when BatchAppend is not to be had or has credentials. */
import type { handleClientStreamingCall } from '@grpc/grpc-js'
import type { ProposedEvent } from '../store/record.ts'
import type { Store } from '../store/store.ts'
import {
  appendTooLarge,
  asCallError,
  type CallError,
  invalidArgument,
  MAX_APPEND_SIZE,
  streamDeleted,
} from './errors.ts'
import type { AppendRequest, StreamOptions } from './protocol.ts'
import { eventOf, expectationOf, expectedOf, positionOf, sizeOf, streamOf } from './values.ts'

export const append =
  (store: Store): handleClientStreamingCall<AppendRequest, object> =>
  (call, answer) => {
    let options: StreamOptions | undefined
    const events: ProposedEvent[] = []
    let size = 0
    let refused: CallError | undefined

    const take = (request: AppendRequest): void => {
      if (request.options) options = request.options
      if (!request.proposedMessage) return
      const event = eventOf(request.proposedMessage)
      size += sizeOf(event)
      if (size > MAX_APPEND_SIZE) throw appendTooLarge()
      events.push(event)
    }

    call.on('data', (request: AppendRequest) => {
      if (refused) return
      try {
        take(request)
      } catch (error) {
        refused = asCallError(error)
        answer(refused)
      }
    })
    call.on('end', () => {
      if (refused) return
      appendTo(store, options, events).then(
        (response) => answer(null, response),
        (error: unknown) => answer(asCallError(error)),
      )
    })
  }

const appendTo = async (
  store: Store,
  options: StreamOptions | undefined,
  events: readonly ProposedEvent[],
): Promise<object> => {
  if (options === undefined) throw invalidArgument('An append begins with its options')
  const stream = streamOf(options.streamIdentifier)
  const expected = expectedOf(options)
  const outcome = await store.write({ type: 'append', writes: [{ stream, expected, events }] })
  switch (outcome.type) {
    case 'tombstoned':
      throw streamDeleted(stream)
    case 'wrong-revision':
      return {
        wrongExpectedVersion: {
          ...(outcome.actual < 0 ? { currentNoStream: {} } : { currentRevision: outcome.actual }),
          ...expectationOf(expected, 'expectedRevision'),
        },
      }
    case 'written': {
      const revision = outcome.revisions[0] ?? -1
      return {
        success: {
          ...(revision < 0 ? { noStream: {} } : { currentRevision: revision }),
          position: positionOf(outcome.position),
        },
      }
    }
  }
}
