/** Two reports that differ, for the tests: events that are in the event store as well, and what is said of the difference. */
import { randomUUID } from 'node:crypto'
import { type AdAccountId, CalendarDate, CampaignId, type Measures, type MetricsKey } from '@bizosaas/schemas'
import { measures } from './figures.ts'
import type { Who, World } from './world.ts'

export type Reading = readonly [MetricsKey, Measures]
export interface Counted {
  impressions: number
  clicks: number
  spend: { amount: string; currency: string }
  conversions: { type: string; count: string; revenue: { amount: string } }[]
}
export interface Part {
  cause: string
  delta: Counted
  events: { count: number; items: { eventId: string; position: number; delta: Counted | null }[]; next: string | null }
}
export interface Row {
  day?: string
  platformCampaignId?: string
  campaignId?: string | null
  left: Counted
  right: Counted
  delta: Counted
  parts: Part[]
}

const said = (who: Who, adAccountId: AdAccountId, date: string) => ({
  adAccountId,
  clientId: who.clientId,
  platform: 'meta' as const,
  currency: 'USD',
  date: CalendarDate.parse(date),
})
export const observe = (world: World, who: Who, adAccountId: AdAccountId, date: string, rows: readonly Reading[]) =>
  world.commit(
    'MetricsObserved',
    `${adAccountId}:${date}`,
    { ...said(who, adAccountId, date), rows: rows.map(([key, measures]) => ({ key, measures })) },
    who,
  )
export const restate = (world: World, who: Who, adAccountId: AdAccountId, date: string, rows: readonly Reading[]) =>
  world.commit(
    'MetricsRestated',
    `${adAccountId}:${date}`,
    { ...said(who, adAccountId, date), rows: rows.map(([key, after]) => ({ key, before: measures(0), after })) },
    who,
  )
export const create = async (world: World, who: Who, name: string) => {
  const campaignId = CampaignId.parse(randomUUID())
  await world.commit('CampaignCreated', campaignId, { campaignId, clientId: who.clientId, name, objective: null }, who)
  return campaignId
}
export const link = (
  world: World,
  who: Who,
  campaignId: CampaignId,
  adAccountId: AdAccountId,
  platformCampaignId: string,
) => world.commit('CampaignLinked', campaignId, { campaignId, adAccountId, platformCampaignId }, who)

export const explain = async (world: World, who: Who, query: string) => {
  const { status, body } = await world.ask(`/v1/metrics/explain?${query}`, world.bearer(who))
  if (status !== 200) throw new Error(`${query} was answered with ${status} ${JSON.stringify(body)}`)
  return body as { rows: Row[]; totals: Row[]; left: object; right: object }
}

const micros = (amount: string): bigint => {
  const [whole = '0', fraction = ''] = amount.replace('-', '').split('.')
  return BigInt(whole + fraction.padEnd(6, '0')) * (amount.startsWith('-') ? -1n : 1n)
}
/** All measures as whole numbers, in one list. */
const exact = ({ impressions, clicks, spend, conversions }: Counted): [string, bigint][] => [
  ['impressions', BigInt(impressions)],
  ['clicks', BigInt(clicks)],
  ['spend', micros(spend.amount)],
  ...conversions.flatMap(({ type, count, revenue }): [string, bigint][] => [
    [`count ${type}`, micros(count)],
    [`value ${type}`, micros(revenue.amount)],
  ]),
]
export const sum = (...all: readonly Counted[]) => {
  const totals = new Map<string, bigint>()
  for (const [measure, amount] of all.flatMap(exact)) totals.set(measure, (totals.get(measure) ?? 0n) + amount)
  return Object.fromEntries([...totals].filter(([, amount]) => amount !== 0n).toSorted())
}
