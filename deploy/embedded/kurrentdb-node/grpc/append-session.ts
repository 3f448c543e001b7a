/** StreamsService/AppendSession: several streams, one atomic append. Record metadata is a map of texts, kept as JSON. */
import { randomUUID } from 'node:crypto'
import { type handleClientStreamingCall, status } from '@grpc/grpc-js'
import type { StreamWrite } from '../store/append.ts'
import type { Expected } from '../store/check.ts'
import type { ProposedEvent } from '../store/record.ts'
import type { Store } from '../store/store.ts'
import { asCallError, type CallError, detailedError, invalidArgument, MAX_APPEND_SIZE } from './errors.ts'
import type { SessionRecord, SessionRequest } from './protocol.ts'
import { expectedNumber, sizeOf, uuidOf } from './values.ts'

const ERRORS = 'kurrentdb.protocol.v2.streams.errors'

export const appendSession =
  (store: Store): handleClientStreamingCall<SessionRequest, object> =>
  (call, answer) => {
    const writes: StreamWrite[] = []
    let size = 0
    let refused: CallError | undefined

    const take = (request: SessionRequest): void => {
      const write = writeOf(request)
      if (writes.some(({ stream }) => stream === write.stream)) throw alreadyInSession(write.stream)
      size += write.events.reduce((sum, event) => sum + sizeOf(event), 0)
      if (size > MAX_APPEND_SIZE) throw sessionTooLarge(size)
      writes.push(write)
    }

    call.on('data', (request: SessionRequest) => {
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
      appendAll(store, writes).then(
        (response) => answer(null, response),
        (error: unknown) => answer(asCallError(error)),
      )
    })
  }

const appendAll = async (store: Store, writes: readonly StreamWrite[]): Promise<object> => {
  if (writes.length === 0) throw invalidArgument('An append session needs at least one stream')
  const outcome = await store.write({ type: 'append', writes })
  switch (outcome.type) {
    case 'tombstoned':
      throw detailedError(
        status.FAILED_PRECONDITION,
        `Stream '${outcome.stream}' is tombstoned`,
        `${ERRORS}.StreamTombstonedErrorDetails`,
        { stream: outcome.stream },
      )
    case 'wrong-revision':
      throw detailedError(
        status.FAILED_PRECONDITION,
        `Stream '${outcome.stream}' is at revision ${outcome.actual}, not at ${outcome.expected}`,
        `${ERRORS}.StreamRevisionConflictErrorDetails`,
        {
          stream: outcome.stream,
          expectedRevision: expectedNumber(outcome.expected),
          actualRevision: outcome.actual,
        },
      )
    case 'written':
      return {
        position: outcome.position,
        output: writes.map(({ stream }, index) => ({ stream, streamRevision: outcome.revisions[index] ?? -1 })),
      }
  }
}

const writeOf = ({ stream = '', records = [], expectedRevision }: SessionRequest): StreamWrite => {
  if (stream === '') throw invalidArgument('A stream name is required')
  if (records.length === 0) throw invalidArgument(`The append to stream '${stream}' has no records`)
  return { stream, expected: expectedFrom(expectedRevision), events: records.map(recordOf) }
}

const expectedFrom = (revision: string | undefined): Expected => {
  switch (revision) {
    case undefined:
    case '-2':
      return 'any'
    case '-1':
      return 'no-stream'
    case '-4':
      return 'stream-exists'
    default:
      if (revision.startsWith('-')) throw invalidArgument(`The expected revision ${revision} is unknown`)
      return Number(revision)
  }
}

const recordOf = ({ recordId, properties = {}, schema, data }: SessionRecord): ProposedEvent => {
  if (!schema?.name) throw invalidArgument('A record needs a schema name')
  const json = schema.format === 'SCHEMA_FORMAT_JSON'
  if (!json && schema.format !== 'SCHEMA_FORMAT_BYTES')
    throw invalidArgument(`The schema format ${schema.format ?? 'SCHEMA_FORMAT_UNSPECIFIED'} is not supported`)
  return {
    id: recordId === undefined ? randomUUID() : uuidOf({ string: recordId }, 'Record id'),
    type: schema.name,
    json,
    data: data ?? Buffer.alloc(0),
    metadata: metadataOf(properties),
  }
}

const metadataOf = (properties: NonNullable<SessionRecord['properties']>): Buffer => {
  const entries = Object.entries(properties).map(([key, { stringValue }]) => {
    if (stringValue === undefined) throw invalidArgument(`The property '${key}' has to be text`)
    return [key, stringValue]
  })
  return Buffer.from(entries.length === 0 ? '' : JSON.stringify(Object.fromEntries(entries)))
}

const alreadyInSession = (stream: string): CallError =>
  detailedError(
    status.ABORTED,
    `Stream '${stream}' is already part of this append session`,
    `${ERRORS}.StreamAlreadyInAppendSessionErrorDetails`,
    { stream },
  )

const sessionTooLarge = (size: number): CallError =>
  detailedError(
    status.ABORTED,
    `The append of ${size} bytes exceeds the largest of ${MAX_APPEND_SIZE}`,
    `${ERRORS}.AppendTransactionSizeExceededErrorDetails`,
    { size, maxSize: MAX_APPEND_SIZE },
  )
