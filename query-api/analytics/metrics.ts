/** What did the campaigns bring, and at which cost, as known now or at an earlier moment? */
import type { ClickHouse } from '@bizosaas/databases'
import type { EventStore } from '@bizosaas/event-store'
import { get, invalid, Problem, type Request, type Route } from '@bizosaas/http'
import { adMetrics } from '@bizosaas/projections/analytics/ad-metrics/ad-metrics.ts'
import { campaignList } from '@bizosaas/projections/campaigns/campaign-list/campaign-list.ts'
import { CalendarDate, type Instant } from '@bizosaas/schemas'
import type { Reader } from '../answer.ts'
import type { Past } from '../past/moment.ts'
import { addTotals, figures, type Totals } from './derived.ts'
import { byLink, campaignsOf, findCampaigns, type LinkedCampaign, linkOf } from './linked-campaigns.ts'
import { Metrics, MetricsFilter, type MetricsRow } from './metrics-answer.ts'
import type { MetricsGroup } from './metrics-query.ts'
import { rememberedMetrics, tenantChange } from './remembered-metrics.ts'

export const mostRows = 10_000

export const metricsRoutes = (read: Reader, clickhouse: ClickHouse, store: Pick<EventStore, 'readStream'>): Route[] => {
  const sums = rememberedMetrics(clickhouse)
  return [
    get('/v1/metrics', {
      may: 'metrics:read',
      summary: 'Add up the figures of campaigns',
      description:
        'Impressions, clicks, spend and conversions, and what follows from them. With `asOf` they are what was known at that moment, ' +
        'before later restatements: exactly what was recorded by an instant, or what stands at a position and before. An instant of the ' +
        'last second is waited for until it is a second old, one that is still to come is refused; a position that is not reached is waited ' +
        'for a little, and then put off. `asOf` of the answer says what it stands on and whether it is final. Beside `asOf`, ' +
        'what `after` names is waited for, and is in the answer only if it was known then. The links, names and states of campaigns are those of then, too.',
      query: MetricsFilter,
      answer: Metrics,
      run: async (request) => {
        const { groupBy = [], campaignId } = request.query
        const question = questionOf(request)
        const byCampaign = groupBy.includes('campaign')
        const isNamed = byCampaign || campaignId !== undefined
        const { asOf, metrics, change, found, past } = await read(
          request,
          [adMetrics, campaignList],
          async (snapshot) => ({
            metrics: snapshot.table(adMetrics),
            change: await tenantChange(snapshot, adMetrics),
            found: isNamed ? await findCampaigns(snapshot, campaignId) : { now: [] },
            past: snapshot.past,
          }),
        )
        const campaigns = await campaignsOf(store, request.principal, found)
        const campaign = campaignId === undefined ? null : linkOf(campaigns, campaignId)
        // a campaign that is tied to none on a platform has no figures
        if (campaignId !== undefined && campaign === null) return { rows: [], totals: [], asOf }

        const groups = await sums(metrics, change, {
          ...question,
          campaign,
          knownAt: past ? [past.moment] : [],
          knownOn: dayOf(past, past === null && request.query.version === undefined ? null : asOf.instant, request.now),
          limit: mostRows + 1,
        })
        if (groups.length > mostRows) throw tooMany()
        return {
          rows: groupBy.length === 0 ? [] : inOrder(groups, campaigns, byCampaign),
          totals: totalsOf(groups),
          asOf,
        }
      },
    }),
  ]
}

type Question = { readonly [Name in 'groupBy' | 'from' | 'to']?: Readonly<MetricsFilter[Name]> }

/** @throws Problem invalid (422) for days that are no span */
export function questionOf({ principal, query }: Pick<Request<unknown, Question>, 'principal' | 'query'>) {
  const { groupBy = [], from, to } = query
  if (from !== undefined && to !== undefined && from > to) {
    throw invalid([{ in: 'query', pointer: '/to', detail: 'must not be before `from`' }])
  }
  return {
    tenantId: principal.tenantId,
    clientIds: principal.clientIds,
    groupBy,
    from: from === undefined ? null : CalendarDate.parse(from),
    to: to === undefined ? null : CalendarDate.parse(to),
  }
}

/** The day on which the question is asked, or which it goes back to. */
function dayOf(past: Past | null, stands: string | null, now: Instant): CalendarDate {
  const instant = past && 'instant' in past.moment ? past.moment.instant : (stands ?? now)
  return CalendarDate.parse(instant.slice(0, 10))
}

function inOrder(groups: readonly MetricsGroup[], campaigns: readonly LinkedCampaign[], byCampaign: boolean) {
  const oursOf = byLink(campaigns)
  const rows = groups.map((group) => {
    const linked = oursOf(group.adAccountId, group.platformCampaignId)
    const campaign = linked ? { id: linked.id, name: linked.name, state: linked.state } : null
    return rowOf(group, byCampaign ? campaign : undefined)
  })
  return rows.sort((a, b) => compare(sortKey(a), sortKey(b)))
}

function rowOf(group: MetricsGroup, campaign: MetricsRow['campaign']): MetricsRow {
  const { adAccountId, platformCampaignId, day, platform, clientId, totals, provisional } = group
  return {
    ...(campaign !== undefined && { campaign }),
    ...(platformCampaignId !== null && { platformCampaignId }),
    ...(adAccountId !== null && { adAccountId }),
    ...(day !== null && { day }),
    ...(platform !== null && { platform }),
    ...(clientId !== null && { clientId }),
    ...figures(totals),
    provisional,
  }
}

const sortKey = (row: MetricsRow) =>
  [
    row.day,
    row.campaign?.name ?? row.platformCampaignId,
    row.platformCampaignId,
    row.adAccountId,
    row.platform,
    row.clientId,
  ].map((part) => part ?? '')

function compare(a: readonly string[], b: readonly string[]): number {
  const at = a.findIndex((part, n) => part !== b[n])
  return at === -1 ? 0 : (a[at] ?? '') < (b[at] ?? '') ? -1 : 1
}

function totalsOf(groups: readonly MetricsGroup[]) {
  const byCurrency = new Map<string, { totals: Totals; provisional: boolean }>()
  for (const { totals, provisional } of groups) {
    const sum = byCurrency.get(totals.currency)
    byCurrency.set(totals.currency, {
      totals: sum ? addTotals(sum.totals, totals) : totals,
      provisional: provisional || (sum?.provisional ?? false),
    })
  }
  return [...byCurrency.values()].map(({ totals, provisional }) => ({ ...figures(totals), provisional }))
}

export const tooMany = () =>
  new Problem(
    'invalid',
    `The answer would have more than ${mostRows} rows: narrow from and to, name a campaignId, or group by less.`,
  )
