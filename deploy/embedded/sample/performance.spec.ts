import { expect, test } from '@jest/globals'
import { performanceTable } from './performance.ts'

const usd = (amount: string) => ({ amount, currency: 'USD' })

test('the table shows each campaign and the totals, as they were answered', () => {
  const total = {
    impressions: 213_434_828,
    clicks: 38_165,
    spend: usd('58705.23'),
    ctr: 0.000178813,
    cpc: usd('1.538195'),
    conversions: [
      { type: 'approved', count: '1079', cpa: usd('54.407071') },
      { type: 'total', count: '3264', cpa: usd('17.985671') },
    ],
  }
  const none = { impressions: 0, clicks: 0, spend: usd('0.00'), ctr: null, cpc: null, conversions: [] }
  const rows = [
    { campaign: { name: 'Back to School', state: 'active' }, platformCampaignId: '1178', ...total },
    { campaign: null, platformCampaignId: '77', ...none },
  ]
  expect(performanceTable({ rows, totals: [total] })).toEqual([
    '┌────────────────┬────────────┬─────────────┬────────┬─────────┬───────────────┬──────┬─────────────┬──────────┬───────┐',
    '│ Campaign       │ State      │ Impressions │ Clicks │     CTR │         Spend │  CPC │ Conversions │ Approved │   CPA │',
    '├────────────────┼────────────┼─────────────┼────────┼─────────┼───────────────┼──────┼─────────────┼──────────┼───────┤',
    '│ Back to School │ active     │ 213,434,828 │ 38,165 │ 0.018 % │ 58,705.23 USD │ 1.54 │       3,264 │    1,079 │ 17.99 │',
    '│ 77             │ not linked │           0 │      0 │       – │      0.00 USD │    – │           0 │        0 │     – │',
    '├────────────────┼────────────┼─────────────┼────────┼─────────┼───────────────┼──────┼─────────────┼──────────┼───────┤',
    '│ Total          │            │ 213,434,828 │ 38,165 │ 0.018 % │ 58,705.23 USD │ 1.54 │       3,264 │    1,079 │ 17.99 │',
    '└────────────────┴────────────┴─────────────┴────────┴─────────┴───────────────┴──────┴─────────────┴──────────┴───────┘',
  ])
})
