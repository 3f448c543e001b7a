import { randomUUID } from 'node:crypto'
import type { StoredEvent } from '@bizosaas/event-store'
import type { TopicRecord } from '@bizosaas/kafka'
import { type CampaignRow, campaignList } from '@bizosaas/projections/campaigns/campaign-list/campaign-list.ts'
import { foldBatch } from '@bizosaas/projections/runner/fold.ts'
import { type EventType, Instant, instantOf } from '@bizosaas/schemas'
import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { foldStream, recordedOf } from './fold-stream.ts'

const campaignId = randomUUID()
const tenantId = randomUUID()
const stream = `campaign-${tenantId}.${campaignId}`
const first = Date.parse('2026-03-01T00:00:00Z')

const event = (revision: number, type: EventType, data: object, seconds = revision): StoredEvent => ({
  stream,
  revision,
  position: 100 + 10 * revision,
  id: randomUUID(),
  type,
  bytes: Buffer.from(JSON.stringify({ campaignId, ...data })),
  metadata: {
    tenantId,
    actor: 'anna',
    commandId: randomUUID(),
    bodyHash: '',
    correlationId: randomUUID(),
    causationId: randomUUID(),
    recordedAt: instantOf(new Date(first + 1000 * seconds)),
    schemaVersion: '1',
  },
})
const created = (seconds = 0) =>
  event(0, 'CampaignCreated', { clientId: randomUUID(), name: 'Spring', objective: null }, seconds)
const renamed = (revision: number, name: string, seconds = revision) =>
  event(revision, 'CampaignRenamed', { name }, seconds)
const at = (seconds: number) => ({ instant: Instant.parse(new Date(first + 1000 * seconds).toISOString()) })
const nameAt = (events: readonly StoredEvent[], moment: Parameters<typeof foldStream>[2], reached = 99) =>
  (foldStream(campaignList, events, moment, reached) as CampaignRow | null)?.name ?? null

describe('a stream as of a moment', () => {
  test('is folded as the runner folds what stands up to a position, at every position of any history', () => {
    const later = fc.array(
      fc.oneof(
        fc.string({ maxLength: 20 }).map((name) => ['CampaignRenamed', { name }] as const),
        fc.constant(['CampaignSubmitted', {}] as const),
        fc.integer({ min: 1, max: 1e9 }).map((amountMicros) => {
          return ['BudgetAllocated', { budget: { amountMicros, currency: 'EUR' } }] as const
        }),
      ),
      { maxLength: 12 },
    )
    fc.assert(
      fc.property(later, (steps) => {
        const events = [created(), ...steps.map(([type, data], n) => event(n + 1, type, data))]
        for (let position = 95; position <= 100 + 10 * events.length; position += 5) {
          const known = events.filter((each) => each.position <= position)
          const items = known.map((stored) => ({
            record: { stream } as TopicRecord,
            event: recordedOf(stored),
            error: null,
          }))
          const { written } = foldBatch(campaignList, new Map(), items, { streams: new Set(), items: new Map() })
          expect(foldStream(campaignList, events, { position }, events.length)).toEqual(written[0] ?? null)
        }
      }),
    )
  })

  test('holds what was recorded by an instant, also behind what was recorded later', () => {
    const events = [created(0), renamed(1, 'late', 9), renamed(2, 'early', 5)]
    expect([nameAt(events, at(-1)), nameAt(events, at(0)), nameAt(events, at(5)), nameAt(events, at(9))]).toEqual([
      null,
      'Spring',
      'early',
      'early',
    ])
  })

  test('is nothing before its first event, whatever else was recorded by then', () => {
    expect(nameAt([created(9), renamed(1, 'early', 5)], at(5))).toBeNull()
  })

  test('stands still from an event on that is parked, and does without one that was skipped, as the table', () => {
    const unreadable = { ...renamed(1, 'lost'), bytes: Buffer.from('{') }
    const events = [created(), unreadable, renamed(2, 'behind')]
    expect(nameAt(events, { position: 1000 }, 0)).toBe('Spring')
    expect(nameAt(events, { position: 1000 }, 2)).toBe('behind')
    // What a database refuses is parked as well.
    expect(nameAt([created(), renamed(1, 'refused')], { position: 1000 }, 0)).toBe('Spring')
  })
})
