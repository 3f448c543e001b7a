/** Which readings of figures a question is about, and which of them count: said once, for whoever adds them up or compares them. */
import { scopedView } from '@bizosaas/projections/runner/projection.ts'
import type { CalendarDate } from '@bizosaas/schemas'
import type { Moment } from '../past/moment.ts'

export interface ReadingsFilter {
  /** Always given, from the access token. */
  readonly tenantId: string
  /** Of a token that is restricted to some. */
  readonly clientIds: readonly string[] | null
  /** First and last day, inclusive. */
  readonly from: CalendarDate | null
  readonly to: CalendarDate | null
  readonly campaign: { readonly adAccountId: string; readonly platformCampaignId: string } | null
}

/** The columns of a campaign's day. */
export const campaignDay = 'date, ad_account_id, platform_campaign_id'

/** Into which dimensions a reading is broken down. */
export const detail = `arraySort(arrayConcat(
  mapKeys(breakdown)::Array(String), if(ad_set_id IS NULL, [], ['ad set']), if(ad_id IS NULL, [], ['ad'])
))`

/** Of a campaign's day the first level counts: that of the window "default" if there is one, and of the fewest dimensions. */
export const levelOrder = `attribution_window != 'default', attribution_window, length(detail), detail, client_id, platform, currency`

/** The readings of the sender's tenant and clients in a version's table: the database gives no others. */
export const readingsIn = (table: string): string =>
  `${scopedView(table)}(tenant = {tenant: UUID}, every_client = {every_client: Bool}, clients = {clients: Array(UUID)})`

export const conditionsOf = ({ from, to, campaign }: ReadingsFilter): string[] =>
  [
    from !== null && 'date >= {from: Date}',
    to !== null && 'date <= {to: Date}',
    campaign !== null && 'ad_account_id = {account: UUID} AND platform_campaign_id = {platform_campaign: String}',
  ].filter((condition) => condition !== false)

export const parametersOf = ({ tenantId, clientIds, from, to, campaign }: ReadingsFilter) => ({
  tenant: tenantId,
  every_client: clientIds === null,
  clients: clientIds ?? [],
  from,
  to,
  account: campaign?.adAccountId,
  platform_campaign: campaign?.platformCampaignId,
})

/** Those that were known at all of these moments. @param name of their parameters */
export function knownAt(moments: readonly Moment[], name: string) {
  const conditions = moments.map((moment, n) =>
    'position' in moment
      ? `position <= {${name}_${n}: UInt64}`
      : `known_at <= parseDateTime64BestEffort({${name}_${n}: String}, 6, 'UTC')`,
  )
  const values = moments.map((moment, n) => [`${name}_${n}`, 'position' in moment ? moment.position : moment.instant])
  return { condition: ['true', ...conditions].join(' AND '), parameters: Object.fromEntries(values) }
}
