import { randomUUID } from 'node:crypto'
import type { StoredEvent } from '@bizosaas/event-store'
import { nothingBefore, partitionOf, type SchemaRegistry } from '@bizosaas/kafka'
import {
  decode,
  type Instant,
  instantOf,
  parseStreamName,
  partitionKeyOf,
  type StreamName,
  streamName,
  TenantId,
  topicName,
  topicOf,
} from '@bizosaas/schemas'
import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import type { Piece } from './follow.ts'
import { type Batch, type PositionedRecord, publishing } from './publishing.ts'
import { noTails, type Tails } from './tails.ts'
import { metadataOf } from './testing/events.ts'

const partitions = 3
const tenants = Array.from({ length: 4 }, () => TenantId.parse(randomUUID()))
const registry: Pick<SchemaRegistry, 'idOf'> = { idOf: (type) => (type === 'Unreadable' ? 99 : 1) }

const publish = (events: readonly StoredEvent[], tails: Tails = noTails(partitions)): readonly Batch[] =>
  publishing({ generation: 'g1', partitions, registry, tails, noted: noTails(partitions) }).batchesOf({
    events,
    isLast: true,
  })

const recordsOf = (batches: readonly Batch[]) => batches.flatMap(({ records }) => records)

const renamed = (position: number, tenantId: TenantId, recordedAt: Instant, name = 'Spring'): StoredEvent => ({
  stream: streamName('campaign', tenantId, '1'),
  revision: 0,
  position,
  id: randomUUID(),
  type: 'CampaignRenamed',
  bytes: Buffer.from(JSON.stringify({ campaignId: '1', name })),
  metadata: metadataOf(tenantId, recordedAt),
})

const day = (n: number): Instant => instantOf(new Date(Date.UTC(2026, 0, 1 + n)))

/** Events of several tenants at ascending positions, system events and unreadable ones among them. */
const history = fc
  .array(
    fc.record({
      gap: fc.integer({ min: 1, max: 500 }),
      tenant: fc.nat(3),
      day: fc.nat(300),
      kind: fc.constantFrom('ours', '$', 'odd'),
    }),
  )
  .map((steps) => {
    let position = 0
    return steps.map(({ gap, tenant, day: n, kind }): StoredEvent => {
      position += gap
      const event = renamed(position, tenants[tenant] as TenantId, day(n))
      if (kind === '$') return { ...event, stream: '$$settings', type: '$metadata' }
      return kind === 'odd' ? { ...event, type: 'Nonsense' } : event
    })
  })

const ours = (events: readonly StoredEvent[]) => events.filter(({ stream }) => !stream.startsWith('$'))

const placeOf = (event: StoredEvent) => ({
  topic: topicName(topicOf('campaign'), 'g1'),
  partition: partitionOf(partitionKeyOf(parseStreamName(event.stream) as StreamName), partitions),
})

describe('Publishing', () => {
  test('makes one record of every event but those of the store itself, each naming the one before in its partition', () => {
    fc.assert(
      fc.property(history, (events) => {
        const heads = new Map<number, number>()
        const expected = ours(events).map((event) => {
          const { topic, partition } = placeOf(event)
          const prev = heads.get(partition) ?? nothingBefore
          heads.set(partition, event.position)
          return { topic, partition, position: event.position, prev }
        })
        const records = recordsOf(publish(events)).map(({ topic, partition, position, headers }) => {
          expect(Number(headers.event.readBigInt64BE(0))).toBe(position)
          return { topic, partition, position, prev: Number(headers.event.readBigInt64BE(8)) }
        })
        expect(records).toEqual(expected)
      }),
    )
  })

  /** Reads of up to nine events, in pieces of up to three; the end of each is told by its own piece or by the last with events. */
  type Cut = { readonly sizes: readonly number[]; readonly isLastEmpty: boolean }
  const reads: fc.Arbitrary<Cut[]> = fc.array(
    fc.record({ sizes: fc.array(fc.nat(3), { maxLength: 3 }), isLastEmpty: fc.boolean() }),
  )
  const piecesOf = (events: readonly StoredEvent[], cut: readonly Cut[]) => {
    const rest = [...events]
    const pieces = cut.flatMap(({ sizes, isLastEmpty }): Piece[] => {
      const some = sizes.map((size) => rest.splice(0, size))
      if (isLastEmpty) some.push([])
      return some.map((taken, index) => ({ events: taken, isLast: index === some.length - 1 }))
    })
    return [...pieces, { events: rest, isLast: true }]
  }

  test('is the same however the events come in reads and pieces, and complete with the last piece of each', () => {
    fc.assert(
      fc.property(history, reads, (events, cut) => {
        const nothing = noTails(partitions)
        const cutUp = publishing({ generation: 'g1', partitions, registry, tails: nothing, noted: nothing })
        const published: PositionedRecord[] = []
        const read: StoredEvent[] = []
        for (const piece of piecesOf(events, cut)) {
          read.push(...ours(piece.events))
          published.push(...recordsOf(cutUp.batchesOf(piece)))
          if (piece.isLast) expect(published).toHaveLength(read.length)
        }
        expect(published).toEqual(recordsOf(publish(events)))
      }),
    )
  })

  test('leaves out what is in Kafka already, and goes on from there', () => {
    fc.assert(
      fc.property(history, fc.nat(40), (events, cut) => {
        const before = recordsOf(publish(events.slice(0, cut)))
        const tailOf = (partition: number) => {
          const last = before.findLast((record) => record.partition === partition)
          return last === undefined ? null : { offset: 0, position: last.position }
        }
        const tails = { ...noTails(partitions), events: [0, 1, 2].map(tailOf) }
        expect([...before, ...recordsOf(publish(events, tails))]).toEqual(recordsOf(publish(events)))
      }),
    )
  })

  /** Each partition has been sent up to some of its events. */
  const sentUpTo = (events: readonly StoredEvent[], cuts: readonly number[]): Tails => {
    const tailOf = (partition: number) => {
      const sent = recordsOf(publish(events)).filter((record) => record.partition === partition)
      const last = sent[(cuts[partition] ?? 0) - 1]
      return last === undefined ? null : { offset: 0, position: last.position }
    }
    return { ...noTails(partitions), events: [0, 1, 2].map(tailOf) }
  }
  const digestOfAll = (batches: readonly Batch[]) => batches.map(({ digests }) => digests)

  test('has the same digests whatever of it was sent before', () => {
    fc.assert(
      fc.property(history, fc.array(fc.nat(9), { minLength: 3, maxLength: 3 }), (events, cuts) => {
        const again = publish(events, sentUpTo(events, cuts))
        expect(digestOfAll(again)).toEqual(digestOfAll(publish(events)))
      }),
    )
  })

  test('ends no batch before the last event that was sent before, however the events come', () => {
    fc.assert(
      fc.property(history, fc.array(fc.nat(9), { minLength: 3, maxLength: 3 }), reads, (events, cuts, cut) => {
        const tails = sentUpTo(events, cuts)
        const lastThere = Math.max(...tails.events.map((tail) => tail?.position ?? nothingBefore))
        const paged = publishing({ generation: 'g1', partitions, registry, tails, noted: noTails(partitions) })
        const batches = piecesOf(events, cut).flatMap(paged.batchesOf)
        for (const { last } of batches) expect(last.position).toBeGreaterThanOrEqual(lastThere)
        expect(batches.reduce((sum, { events: some }) => sum + some, 0)).toBe(ours(events).length)
      }),
    )
  })

  test('tells of each batch its last event, its latest instant, and how many were unreadable', () => {
    fc.assert(
      fc.property(history, (events) => {
        const passed = ours(events)
        const last = passed.at(-1)
        const [batch] = publish(events)
        if (last === undefined) return expect(batch).toBeUndefined()
        expect(batch).toMatchObject({
          last: { position: last.position, eventId: last.id },
          instant: passed
            .map(({ metadata }) => String(metadata.recordedAt))
            .toSorted()
            .at(-1),
          events: passed.length,
          unreadable: passed.filter(({ type }) => type === 'Nonsense').length,
        })
      }),
    )
  })

  test('cuts a batch before it is larger than a topic takes', () => {
    const events = Array.from({ length: 30 }, (_, n) =>
      renamed(n + 1, tenants[0] as TenantId, day(0), 'x'.repeat(900_000)),
    )
    const batches = publish(events)
    const sizes = batches.map(({ records }) => records.reduce((sum, { value }) => sum + value.length, 0))
    expect(Math.max(...sizes)).toBeLessThan(6 * 1024 * 1024)
    expect(recordsOf(batches).length).toBe(30)
  })

  test('keeps the bytes of what it cannot read', () => {
    const event = { ...renamed(1, tenants[0] as TenantId, day(0)), bytes: Buffer.from('{"half":') }
    const [record] = recordsOf(publish([event]))
    const { data } = decode('Unreadable', 1, record?.value.subarray(5) ?? Buffer.alloc(0))
    expect(data).toMatchObject({ type: 'CampaignRenamed', bytes: event.bytes.toString('base64') })
  })
})
