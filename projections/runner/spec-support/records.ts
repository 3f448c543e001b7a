import { nothingBefore, type TopicRecord } from '@bizosaas/kafka'
import {
  ClientId,
  type EventData,
  type EventType,
  encode,
  instantOf,
  schemaOf,
  streamName,
  TenantId,
} from '@bizosaas/schemas'
import type { Recorded } from '../projection.ts'

/** UUIDs that tests can tell apart: `uuid('c', 7)` ends in 7 and begins with c. */
export function uuid(digit: string, n: number): string {
  return `${digit.repeat(8)}-0000-4000-8000-${n.toString(16).padStart(12, '0')}`
}

export const tenantA = TenantId.parse(uuid('a', 1))
export const tenantB = TenantId.parse(uuid('b', 1))
export const client1 = ClientId.parse(uuid('c', 1))
export const client2 = ClientId.parse(uuid('c', 2))

type Place = {
  readonly tenantId?: TenantId
  readonly clientId?: ClientId
  /** Id in the stream's name, by which the stream is told apart. */
  readonly id: string
}

/**
 * Events as they lie in one partition: positions ascend by three, as in a store that has other events too, offsets and
 * revisions by one.
 */
export function partitionLog(topic = 'events.g0', partition = 0) {
  const log: TopicRecord[] = []
  const revisions = new Map<string, number>()
  let prev: number = nothingBefore
  return {
    log,
    add<T extends EventType>(type: T, data: EventData[T], { tenantId = tenantA, clientId = client1, id }: Place) {
      const stream = streamName(schemaOf(type).category ?? 'campaign', tenantId, id)
      const revision = revisions.get(stream) ?? 0
      const n = log.length
      const position = 100 + 3 * n
      const record: TopicRecord = {
        topic,
        partition,
        offset: n,
        position,
        prev,
        revision,
        eventId: uuid('e', position),
        stream,
        type,
        version: schemaOf(type).version,
        bytes: encode(type, data),
        metadata: {
          tenantId,
          clientId,
          actor: 'user:anna',
          commandId: uuid('d', n),
          bodyHash: '',
          correlationId: uuid('d', n),
          causationId: uuid('d', n),
          recordedAt: instantOf(new Date(Date.UTC(2026, 10, 22) + n * 1000)),
          schemaVersion: '1',
          traceparent: null,
          roles: null,
          origin: null,
        },
      }
      revisions.set(stream, revision + 1)
      prev = position
      log.push(record)
      return record
    },
  }
}

/** An event as a handler sees it. */
export function recorded<T extends EventType>(
  type: T,
  data: EventData[T],
  facts: Partial<Omit<Recorded<T>, 'type' | 'data'>> = {},
): Recorded<T> {
  return {
    type,
    data,
    eventId: uuid('e', 1),
    stream: streamName(schemaOf(type).category ?? 'campaign', tenantA, 'campaignId' in data ? data.campaignId : '1'),
    revision: 0,
    position: 100,
    tenantId: tenantA,
    clientId: client1,
    actor: 'user:anna',
    roles: 'owner viewer',
    origin: null,
    commandId: uuid('d', 1),
    correlationId: uuid('d', 2),
    causationId: uuid('d', 1),
    recordedAt: instantOf(new Date(Date.UTC(2026, 10, 22))),
    ...facts,
  } as Recorded<T>
}
