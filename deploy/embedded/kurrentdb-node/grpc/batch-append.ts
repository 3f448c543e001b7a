/**
 * Streams/BatchAppend: one long call that carries all appends of a client. An append may come in several parts with one
 * correlation id; each is answered on its own, in the order in which they are committed.
 */
import { type handleBidiStreamingCall, status } from '@grpc/grpc-js'
import type { Outcome } from '../store/append.ts'
import type { Expected } from '../store/check.ts'
import type { ProposedEvent } from '../store/record.ts'
import type { Store } from '../store/store.ts'
import { asCallError, MAX_APPEND_SIZE } from './errors.ts'
import { type Frames, outboxOf } from './outbox.ts'
import { anyOf, type BatchAppendRequest, type ProposedMessage, type StreamIdentifier, type Uuid } from './protocol.ts'
import { eventOf, expectationOf, expectedOf, positionOf, sizeOf, streamOf } from './values.ts'

/** A client that sends faster than the disk takes it waits, so that its appends do not fill the memory. */
const MOST_UNANSWERED = 1024

/** What every answer repeats. */
type Origin = {
  readonly correlationId: Uuid | undefined
  readonly streamIdentifier: StreamIdentifier | undefined
}

/** An append whose last part has not come yet. */
type Pending = Origin & {
  readonly stream: string
  readonly expected: Expected
  /** Milliseconds since 1970. */
  readonly deadline: number
  readonly events: ProposedEvent[]
  size: number
}

export const batchAppend =
  (store: Store): handleBidiStreamingCall<BatchAppendRequest, Frames> =>
  (call) => {
    const outbox = outboxOf(call)
    const pending = new Map<string, Pending>()
    const answers: object[] = []
    let unanswered = 0
    let noMoreRequests = false

    // Appends that were committed together are answered together.
    const answer = ({ correlationId, streamIdentifier }: Origin, result: object): void => {
      answers.push({ correlationId, streamIdentifier, ...result })
      if (answers.length === 1) queueMicrotask(() => void outbox.send(answers.splice(0)))
    }

    const carryOut = async (append: Pending): Promise<void> => {
      if (++unanswered >= MOST_UNANSWERED) call.pause()
      const { stream, expected, events } = append
      try {
        answer(append, resultFor(await store.write({ type: 'append', writes: [{ stream, expected, events }] }), append))
      } catch (error) {
        // No answer of this call means "try again", so the call itself ends: its client knows all of it as unavailable.
        call.emit('error', asCallError(error))
      }
      if (--unanswered < MOST_UNANSWERED) call.resume()
      endWhenDone()
    }

    const endWhenDone = (): void => {
      if (noMoreRequests && unanswered === 0) queueMicrotask(() => call.end())
    }

    const take = (request: BatchAppendRequest): void => {
      const key = keyOf(request.correlationId)
      if (request.options && !pending.has(key)) pending.set(key, begin(request))
      const append = pending.get(key)
      if (append === undefined) return
      const refusal = add(append, request.proposedMessages ?? [])
      if (refusal === null && !request.isFinal) return
      pending.delete(key)
      if (refusal === null) void carryOut(append)
      else answer(append, refusal)
    }

    call.on('data', (request: BatchAppendRequest) => {
      try {
        take(request)
      } catch (error) {
        pending.delete(keyOf(request.correlationId))
        const origin = { correlationId: request.correlationId, streamIdentifier: request.options?.streamIdentifier }
        answer(origin, badRequest(error))
      }
    })
    call.on('end', () => {
      noMoreRequests = true
      endWhenDone()
    })
  }

/** Adds a part's events; answers the error when the append cannot be carried out. */
const add = (append: Pending, messages: readonly ProposedMessage[]): object | null => {
  if (Date.now() > append.deadline) return timeout()
  for (const message of messages) {
    const event = eventOf(message)
    append.size += sizeOf(event)
    append.events.push(event)
  }
  return append.size > MAX_APPEND_SIZE ? tooLarge() : null
}

const keyOf = (id: Uuid | undefined): string =>
  id?.string ?? `${id?.structured?.mostSignificantBits}:${id?.structured?.leastSignificantBits}`

const begin = ({ correlationId, options = {} }: BatchAppendRequest): Pending => ({
  correlationId,
  streamIdentifier: options.streamIdentifier,
  stream: streamOf(options.streamIdentifier),
  expected: expectedOf(options),
  deadline: deadlineOf(options),
  events: [],
  size: 0,
})

const deadlineOf = (options: NonNullable<BatchAppendRequest['options']>): number => {
  const milliseconds = ({ seconds, nanos }: { seconds?: string; nanos?: number }): number =>
    Number(seconds ?? 0) * 1000 + (nanos ?? 0) / 1e6
  if (options.deadline) return Date.now() + milliseconds(options.deadline)
  return options.deadline_21_10_0 ? milliseconds(options.deadline_21_10_0) : Number.POSITIVE_INFINITY
}

const resultFor = (outcome: Outcome, append: Pending): object => {
  switch (outcome.type) {
    case 'tombstoned':
      return errorOf(status.FAILED_PRECONDITION, `Event stream '${append.stream}' is deleted.`, 'StreamDeleted', {
        streamIdentifier: append.streamIdentifier,
      })
    case 'wrong-revision':
      return errorOf(status.FAILED_PRECONDITION, 'Wrong expected version.', 'WrongExpectedVersion', {
        ...(outcome.actual < 0 ? { currentNoStream: {} } : { currentStreamRevision: outcome.actual }),
        ...expectationOf(append.expected, 'expectedStreamPosition'),
      })
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

const tooLarge = (): object =>
  errorOf(status.INVALID_ARGUMENT, `Maximum Append Size of ${MAX_APPEND_SIZE} Exceeded.`, 'MaximumAppendSizeExceeded', {
    maxAppendSize: MAX_APPEND_SIZE,
  })

const timeout = (): object => errorOf(status.DEADLINE_EXCEEDED, 'The append came after its deadline.', 'Timeout', {})

const badRequest = (error: unknown): object => {
  const message = error instanceof Error ? error.message : String(error)
  return errorOf(status.INVALID_ARGUMENT, message, 'BadRequest', { message })
}

const errorOf = (code: status, message: string, type: string, facts: object): object => ({
  error: { code, message, details: anyOf(`event_store.client.${type}`, facts) },
})
