import { AdAccountId, CalendarDate, CampaignId, type EventData, streamName } from '@bizosaas/schemas'
import { describe, expect, test } from '@jest/globals'
import { client1, recorded, tenantA, uuid } from '../../runner/spec-support/records.ts'
import type { CampaignEventType } from '../events.ts'
import { campaignTimeline } from './campaign-timeline.ts'
import { inWords } from './wording.ts'

const campaignId = CampaignId.parse(uuid('1', 1))
const adAccountId = AdAccountId.parse(uuid('2', 1))
const usd = (amountMicros: number) => ({ amountMicros, currency: 'USD' })
const [startsOn, endsOn] = [CalendarDate.parse('2026-12-01'), CalendarDate.parse('2026-12-24')]

const sentences: { [T in CampaignEventType]: readonly (readonly [Omit<EventData[T], 'campaignId'>, string])[] } = {
  CampaignCreated: [
    [{ clientId: client1, name: 'Spring', objective: null }, 'Created as “Spring”'],
    [{ clientId: client1, name: 'Spring', objective: 'More leads' }, 'Created as “Spring”: “More leads”'],
  ],
  CampaignRenamed: [[{ name: 'Summer' }, 'Renamed to “Summer”']],
  CampaignSubmitted: [[{}, 'Submitted for review']],
  CampaignApproved: [
    [{ comment: null }, 'Approved'],
    [{ comment: 'Go' }, 'Approved: “Go”'],
  ],
  CampaignRejected: [[{ reason: 'Too dear' }, 'Sent back to draft: “Too dear”']],
  CampaignScheduled: [
    [{ startsOn, endsOn: null }, 'Scheduled from 2026-12-01'],
    [{ startsOn, endsOn }, 'Scheduled from 2026-12-01 to 2026-12-24'],
  ],
  CampaignActivated: [[{}, 'Went live']],
  CampaignPaused: [[{ reason: null }, 'Paused']],
  CampaignResumed: [[{}, 'Resumed']],
  CampaignCompleted: [[{}, 'Completed']],
  CampaignArchived: [[{}, 'Archived']],
  CampaignCancelled: [[{ reason: 'Client left' }, 'Cancelled: “Client left”']],
  BudgetAllocated: [
    [{ budget: usd(1_000_000_000) }, 'Budget of 1,000.00 USD allocated'],
    [{ budget: usd(1_234_567_123_456) }, 'Budget of 1,234,567.123456 USD allocated'],
  ],
  BudgetRevised: [
    [{ previous: usd(1_000_000_000), budget: usd(1_500_000_000) }, 'Budget raised from 1,000.00 to 1,500.00 USD'],
    [{ previous: usd(1_000_000_000), budget: usd(999_000_000) }, 'Budget lowered from 1,000.00 to 999.00 USD'],
    [
      { previous: usd(1_000_000), budget: { amountMicros: 1_000_000, currency: 'EUR' } },
      'Budget changed from 1.00 USD to 1.00 EUR',
    ],
  ],
  CampaignLinked: [[{ adAccountId, platformCampaignId: '916' }, 'Linked to campaign 916 on the platform']],
}

const cases = Object.entries(sentences).flatMap(([type, several]) =>
  several.map(
    ([data, words]) => [words, recorded(type as CampaignEventType, { campaignId, ...data } as never)] as const,
  ),
)

describe('campaign-timeline', () => {
  test.each(cases)('says: %s', (words, event) => {
    expect(inWords(event)).toBe(words)
  })

  test('has a line for every event of a campaign', () => {
    expect([...campaignTimeline.types].sort()).toEqual(Object.keys(sentences).sort())
  })

  test('says what, who and when, with the event behind it', () => {
    const event = recorded('CampaignRenamed', { campaignId, name: 'Summer' }, { revision: 4, position: 90 })
    expect(campaignTimeline.handle(event)).toEqual([
      {
        tenant_id: tenantA,
        client_id: client1,
        campaign_id: campaignId,
        revision: 4,
        type: 'CampaignRenamed',
        text: 'Renamed to “Summer”',
        actor: 'user:anna',
        recorded_at: '2026-11-22T00:00:00.000000Z',
        details: { campaignId, name: 'Summer' },
        position: 90,
        event_id: event.eventId,
      },
    ])
  })

  test('takes an event from the stream of its own campaign alone, so that no other stream writes its rows', () => {
    const stream = streamName('campaign', tenantA, '11111111-0000-4000-8000-000000000002')
    const event = recorded('CampaignRenamed', { campaignId, name: 'Summer' }, { stream })
    expect(() => campaignTimeline.handle(event)).toThrow(
      `An event of campaign ${campaignId} stands in the stream ${stream}.`,
    )
  })
})
