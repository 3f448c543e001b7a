/** What the figures must add up to: the last reading of every row, summed by account, campaign and day. */
import type { Fact } from './history.ts'

type Conversion = { type: string; countMicros: number; valueMicros: number }
type Measures = { impressions: number; clicks: number; spendMicros: number; conversions: Conversion[] }
type Row = { key: Record<string, unknown> & { platformCampaignId: string }; measures?: Measures; after?: Measures }

export type DayTotals = {
  impressions: bigint
  clicks: bigint
  spendMicros: bigint
  conversionMicros: Record<string, bigint>
  rows: number
}

/** Totals by `tenant/account/platform campaign/day`. */
export const foldMetrics = (facts: Fact[]): Map<string, DayTotals> => {
  const last = new Map<string, { group: string; measures: Measures }>()
  for (const { type, tenantId, data } of facts) {
    if (type !== 'MetricsObserved' && type !== 'MetricsRestated') continue
    const { adAccountId, date, rows } = data as { adAccountId: string; date: string; rows: Row[] }
    for (const { key, measures, after } of rows) {
      const figures = after ?? measures
      if (!figures) throw new Error(`A row of ${type} has no figures`)
      const group = `${tenantId}/${adAccountId}/${key.platformCampaignId}/${date}`
      last.set(`${group}/${JSON.stringify(sorted(key))}`, { group, measures: figures })
    }
  }
  const totals = new Map<string, DayTotals>()
  for (const { group, measures } of last.values()) {
    const sum = totals.get(group) ?? { impressions: 0n, clicks: 0n, spendMicros: 0n, conversionMicros: {}, rows: 0 }
    sum.impressions += BigInt(measures.impressions)
    sum.clicks += BigInt(measures.clicks)
    sum.spendMicros += BigInt(measures.spendMicros)
    for (const { type, countMicros } of measures.conversions)
      sum.conversionMicros[type] = (sum.conversionMicros[type] ?? 0n) + BigInt(countMicros)
    sum.rows += 1
    totals.set(group, sum)
  }
  return totals
}

const sorted = (value: unknown): unknown =>
  value && typeof value === 'object'
    ? Object.fromEntries(
        Object.entries(value)
          .sort(([a], [b]) => (a < b ? -1 : 1))
          .map(([name, inner]) => [name, sorted(inner)]),
      )
    : value
