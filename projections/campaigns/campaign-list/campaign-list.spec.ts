import { AdAccountId, CalendarDate, CampaignId } from '@bizosaas/schemas'
import { describe, expect, test } from '@jest/globals'
import type { Recorded, Row } from '../../runner/projection.ts'
import { client1, recorded, tenantA, uuid } from '../../runner/spec-support/records.ts'
import { campaignList } from './campaign-list.ts'

const campaignId = CampaignId.parse(uuid('1', 1))
const adAccountId = AdAccountId.parse(uuid('2', 1))
const money = (units: number) => ({ amountMicros: units * 1e6, currency: 'USD' })
const created = recorded('CampaignCreated', { campaignId, clientId: client1, name: 'Spring', objective: 'Leads' })

/** The row after these events, each recorded a second after the one before. */
function rowAfter(...events: Recorded[]): Row | null {
  return events.reduce<Row | null>(
    (row, event, n) =>
      campaignList.handle(row, {
        ...event,
        revision: n,
        position: 100 + n,
        recordedAt: `2026-11-22T00:00:0${n}.000000Z`,
      } as Recorded),
    null,
  )
}

describe('campaign-list', () => {
  test('begins as a draft without budget, days or account', () => {
    expect(rowAfter(created)).toEqual({
      tenant_id: tenantA,
      id: campaignId,
      client_id: client1,
      name: 'Spring',
      objective: 'Leads',
      state: 'draft',
      budget_micros: null,
      currency: null,
      starts_on: null,
      ends_on: null,
      ad_account_id: null,
      platform_campaign_id: null,
      revision: 0,
      position: 100,
      created_at: '2026-11-22T00:00:00.000000Z',
      changed_at: '2026-11-22T00:00:00.000000Z',
    })
  })

  test.each([
    ['CampaignSubmitted', {}, 'inReview'],
    ['CampaignApproved', { comment: null }, 'approved'],
    ['CampaignRejected', { reason: 'No.' }, 'draft'],
    ['CampaignActivated', {}, 'active'],
    ['CampaignPaused', { reason: null }, 'paused'],
    ['CampaignResumed', {}, 'active'],
    ['CampaignCompleted', {}, 'completed'],
    ['CampaignArchived', {}, 'archived'],
    ['CampaignCancelled', { reason: null }, 'cancelled'],
  ] as const)('is in the state that %s leads to, and nothing else of it changes', (type, data, state) => {
    expect(rowAfter(created, recorded(type, { campaignId, ...data } as never))).toEqual({
      ...rowAfter(created),
      state,
      revision: 1,
      position: 101,
      changed_at: '2026-11-22T00:00:01.000000Z',
    })
  })

  test('shows the latest name, budget, days and account', () => {
    const [startsOn, endsOn] = [CalendarDate.parse('2026-12-01'), CalendarDate.parse('2026-12-24')]
    expect(
      rowAfter(
        created,
        recorded('CampaignRenamed', { campaignId, name: 'Summer' }),
        recorded('BudgetAllocated', { campaignId, budget: money(1000) }),
        recorded('BudgetRevised', { campaignId, budget: money(1500), previous: money(1000) }),
        recorded('CampaignScheduled', { campaignId, startsOn, endsOn }),
        recorded('CampaignLinked', { campaignId, adAccountId, platformCampaignId: '916' }),
      ),
    ).toMatchObject({
      name: 'Summer',
      budget_micros: 1_500_000_000,
      currency: 'USD',
      state: 'scheduled',
      starts_on: startsOn,
      ends_on: endsOn,
      ad_account_id: adAccountId,
      platform_campaign_id: '916',
      revision: 5,
      created_at: '2026-11-22T00:00:00.000000Z',
      changed_at: '2026-11-22T00:00:05.000000Z',
    })
  })

  test('refuses an event of a campaign that was never created, so that it is parked and not invented', () => {
    expect(() => rowAfter(recorded('CampaignPaused', { campaignId, reason: null }))).toThrow(
      'CampaignPaused of a campaign that was never created',
    )
  })
})
