import { AdAccountId, CalendarDate, type Measures, type MetricsKey } from '@bizosaas/schemas'
import { describe, expect, test } from '@jest/globals'
import { client1, recorded, tenantA, uuid } from '../../runner/spec-support/records.ts'
import { adMetrics } from './ad-metrics.ts'

const account = {
  adAccountId: AdAccountId.parse(uuid('2', 1)),
  clientId: client1,
  platform: 'meta',
  currency: 'USD',
  date: CalendarDate.parse('2023-08-17'),
} as const

const key: MetricsKey = {
  platformCampaignId: '916',
  adSetId: null,
  adId: '708746',
  breakdown: { gender: 'M', age: '30-34' },
  attributionWindow: 'default',
}

const measures = (clicks: number): Measures => ({
  impressions: 7350,
  clicks,
  spendMicros: 1_430_000,
  conversions: [
    { type: 'approved', countMicros: 1_000_000, valueMicros: 0 },
    { type: 'total', countMicros: 2_000_000, valueMicros: 3_500_000 },
  ],
})

const rowKeyOf = (changes: Partial<MetricsKey>) =>
  adMetrics.handle(
    recorded('MetricsObserved', { ...account, rows: [{ key: { ...key, ...changes }, measures: measures(1) }] }),
  )[0]?.row_key

describe('ad-metrics', () => {
  test('holds one reading of each row, known since its event', () => {
    const event = recorded('MetricsObserved', { ...account, rows: [{ key, measures: measures(1) }] }, { position: 500 })
    expect(adMetrics.handle(event)).toEqual([
      {
        tenant_id: tenantA,
        client_id: client1,
        date: '2023-08-17',
        ad_account_id: account.adAccountId,
        platform: 'meta',
        currency: 'USD',
        platform_campaign_id: '916',
        ad_set_id: null,
        ad_id: '708746',
        breakdown: { gender: 'M', age: '30-34' },
        attribution_window: 'default',
        row_key: '-,6:708746,3:age,5:30-34,6:gender,1:M,7:default,',
        impressions: 7350,
        clicks: 1,
        spend_micros: 1_430_000,
        conversions: { approved: 1_000_000, total: 2_000_000 },
        conversion_values: { approved: 0, total: 3_500_000 },
        position: 500,
        ordinal: 0,
        known_at: '2026-11-22T00:00:00.000000Z',
        event_id: event.eventId,
      },
    ])
  })

  test('takes the new figures of a restatement; the old ones are the reading before', () => {
    const [row] = adMetrics.handle(
      recorded('MetricsRestated', { ...account, rows: [{ key, before: measures(1), after: measures(2) }] }),
    )
    expect(row?.clicks).toBe(2)
  })

  test('yields the same rows every time, each with its own ordinal', () => {
    const rows = [1, 2, 3].map((n) => ({ key: { ...key, adId: String(n) }, measures: measures(n) }))
    const event = recorded('MetricsObserved', { ...account, rows })
    expect(adMetrics.handle(event)).toEqual(adMetrics.handle(event))
    expect(adMetrics.handle(event).map((row) => row.ordinal)).toEqual([0, 1, 2])
  })

  test('tells rows apart that differ in anything that identifies them', () => {
    const keys = [
      {},
      { adSetId: '1' },
      { adSetId: 'null' },
      { adId: null },
      { breakdown: {} },
      { breakdown: { age: '30-34', gender: 'F' } },
      { attributionWindow: '7d_click' },
    ].map(rowKeyOf)
    expect(new Set(keys).size).toBe(keys.length)
  })
})
