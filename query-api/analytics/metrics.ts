/** What did the campaigns bring, and at which cost, as known now or at an earlier instant? */
import type { ClickHouse, Queryable } from '@bizosaas/databases'
import { get, invalid, notFound, Problem, type Request, type Route } from '@bizosaas/http'
import { adMetrics } from '@bizosaas/projections/analytics/ad-metrics/ad-metrics.ts'
import { type CampaignRow, campaignList } from '@bizosaas/projections/campaigns/campaign-list/campaign-list.ts'
import { CalendarDate, Instant } from '@bizosaas/schemas'
import type { Reader } from '../answer.ts'
import { addTotals, figures, type Totals } from './derived.ts'
import { Metrics, MetricsFilter, type MetricsRow } from './metrics-answer.ts'
import { type MetricsGroup, sumMetrics } from './metrics-query.ts'

const mostRows = 10_000

type LinkedCampaign = Pick<CampaignRow, 'id' | 'name' | 'state' | 'ad_account_id' | 'platform_campaign_id'>

export const metricsRoutes = (read: Reader, clickhouse: ClickHouse): Route[] => [
  get('/v1/metrics', {
    may: 'metrics:read',
    summary: 'Add up the figures of campaigns',
    description:
      'Impressions, clicks, spend and conversions, and what follows from them. With `asOf` they are what was known at that instant, ' +
      'before later restatements: exactly what was recorded by then. An instant of the last second is waited for until it is a second old, ' +
      'one that is still to come is refused. `asOf` of the answer says what it stands on and whether it is final. Beside `asOf`, ' +
      'what `after` names is waited for, and is in the answer only if it was recorded by then. Names and states of campaigns are those of now.',
    query: MetricsFilter,
    answer: Metrics,
    run: async (request) => {
      const { groupBy = [], from, to, campaignId } = request.query
      if (from !== undefined && to !== undefined && from > to) {
        throw invalid([{ in: 'query', pointer: '/to', detail: 'must not be before `from`' }])
      }
      const byCampaign = groupBy.includes('campaign')
      const { asOf, metrics, campaigns, knownBy } = await read(
        request,
        [adMetrics, campaignList],
        async ({ tx, table, knownBy }) => {
          const isNamed = byCampaign || campaignId !== undefined
          const campaigns = isNamed ? await linkedCampaigns(tx, table(campaignList), campaignId) : []
          return { metrics: table(adMetrics), campaigns, knownBy }
        },
      )
      const campaign = campaignId === undefined ? null : linkOf(campaigns, campaignId)
      // a campaign that is tied to none on a platform has no figures
      if (campaignId !== undefined && campaign === null) return { rows: [], totals: [], asOf }

      const groups = await sumMetrics(clickhouse, metrics, {
        ...questionOf(request),
        campaign,
        knownBy,
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

type Question = { readonly [Name in keyof MetricsFilter]: Readonly<MetricsFilter[Name]> }

function questionOf({ principal, query, now }: Pick<Request<unknown, Question>, 'principal' | 'query' | 'now'>) {
  const { groupBy = [], from, to, asOf } = query
  return {
    tenantId: principal.tenantId,
    clientId: principal.clientId,
    groupBy,
    from: from === undefined ? null : CalendarDate.parse(from),
    to: to === undefined ? null : CalendarDate.parse(to),
    knownOn: CalendarDate.parse((asOf === undefined ? now : Instant.parse(asOf)).slice(0, 10)),
  }
}

/** Campaigns that are tied to one on a platform, the oldest first; all that the sender may see, or one. */
function linkedCampaigns(tx: Queryable, table: string, id: string | undefined): Promise<LinkedCampaign[]> {
  return tx.query<LinkedCampaign>(
    `SELECT id, name, state, ad_account_id, platform_campaign_id FROM read_model.${table}
     WHERE ${id === undefined ? 'ad_account_id IS NOT NULL' : 'id = $1'} ORDER BY created_at, id`,
    id === undefined ? [] : [id],
  )
}

/** Null for a campaign without figures, for it is tied to none on a platform. */
function linkOf([campaign]: readonly LinkedCampaign[], campaignId: string) {
  if (campaign === undefined) throw notFound(`There is no campaign ${campaignId}.`)
  const { ad_account_id: adAccountId, platform_campaign_id: platformCampaignId } = campaign
  return adAccountId === null || platformCampaignId === null ? null : { adAccountId, platformCampaignId }
}

function inOrder(groups: readonly MetricsGroup[], campaigns: readonly LinkedCampaign[], byCampaign: boolean) {
  // Several may be tied to one on the platform; its figures stand once, with the oldest.
  const byLink = new Map(
    campaigns.toReversed().map((campaign) => [`${campaign.ad_account_id} ${campaign.platform_campaign_id}`, campaign]),
  )
  const rows = groups.map((group) => {
    const linked = byLink.get(`${group.adAccountId} ${group.platformCampaignId}`)
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

const tooMany = () =>
  new Problem(
    'invalid',
    `The answer would have more than ${mostRows} rows: narrow from and to, name a campaignId, or group by less.`,
  )
