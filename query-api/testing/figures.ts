/** Figures of ads for the tests: readings as events, and the question that adds them up. */
import { randomUUID } from 'node:crypto'
import { AdAccountId, CalendarDate, type Instant, type Measures, type MetricsKey } from '@bizosaas/schemas'
import type { Who, World } from './world.ts'

export const account = () => AdAccountId.parse(randomUUID())

export const key = (platformCampaignId: string, more: Partial<MetricsKey> = {}): MetricsKey => ({
  platformCampaignId,
  adSetId: null,
  adId: null,
  breakdown: {},
  attributionWindow: 'default',
  ...more,
})

export const measures = (
  impressions: number,
  clicks = 0,
  spendMicros = 0,
  conversions: Measures['conversions'] = [],
): Measures => ({
  impressions,
  clicks,
  spendMicros,
  conversions,
})

interface Day {
  readonly adAccountId: AdAccountId
  readonly date: string
  readonly currency?: string
}

const factsOf = (who: Who, { adAccountId, date, currency = 'USD' }: Day) =>
  ({ adAccountId, clientId: who.clientId, platform: 'meta', currency, date: CalendarDate.parse(date) }) as const

export function observe(world: World, who: Who, day: Day, rows: [MetricsKey, Measures][], at?: Instant) {
  const readings = rows.map(([key, measures]) => ({ key, measures }))
  const data = { ...factsOf(who, day), rows: readings }
  return world.record('MetricsObserved', `${day.adAccountId}:${day.date}`, data, who, at)
}

export function restate(world: World, who: Who, day: Day, rows: [MetricsKey, Measures, Measures][], at?: Instant) {
  const restatements = rows.map(([key, before, after]) => ({ key, before, after }))
  const data = { ...factsOf(who, day), rows: restatements }
  return world.record('MetricsRestated', `${day.adAccountId}:${day.date}`, data, who, at)
}

export const metrics = async (world: World, token: string, query = '') =>
  (await world.ask(`/v1/metrics?${query}`, token)).body
