/**
 * What was known of figures at a moment, summed up.
 *
 * The table holds every reading of every row of figures. Per row the last reading that was known by then counts. A platform can be read
 * at several levels of detail (the campaign, its ads, its ads by age) and attribution windows, which all tell of the same impressions: of a
 * campaign's day one level counts, that of the window "default" if there is one, and of the fewest dimensions.
 */
import type { ClickHouse } from '@bizosaas/databases'
import type { CalendarDate, Platform } from '@bizosaas/schemas'
import type { Moment } from '../past/moment.ts'
import type { Totals } from './derived.ts'
import {
  campaignDay,
  conditionsOf,
  detail,
  knownAt,
  levelOrder,
  parametersOf,
  type ReadingsFilter,
  readingsIn,
} from './readings.ts'

/** What figures can be grouped by, and the columns that stand for it. */
export const dimensions = {
  campaign: ['ad_account_id', 'platform_campaign_id'],
  day: ['date'],
  platform: ['platform'],
  account: ['ad_account_id'],
  client: ['client_id'],
} as const satisfies Record<string, readonly string[]>
export type Dimension = keyof typeof dimensions

/**
 * Platforms revise a day's figures for so many days; until then they are provisional.
 * https://support.google.com/google-ads/answer/2375435 and its like speak of 30 and 28 days.
 */
export const restatementDays = { google: 30, meta: 28, linkedin: 30 } as const satisfies Record<Platform, number>

export interface MetricsQuestion extends ReadingsFilter {
  readonly groupBy: readonly Dimension[]
  /** What was known at all of them is; without any, all is. */
  readonly knownAt: readonly Moment[]
  /** The day on which the question is asked, or which it goes back to: it tells what is provisional. */
  readonly knownOn: CalendarDate
  readonly limit: number
}

export interface MetricsGroup {
  readonly adAccountId: string | null
  readonly platformCampaignId: string | null
  readonly day: CalendarDate | null
  readonly platform: Platform | null
  readonly clientId: string | null
  readonly totals: Totals
  readonly provisional: boolean
}

/** The groups, at most `limit` of them, one for each currency. */
export async function sumMetrics(
  clickhouse: ClickHouse,
  table: string,
  question: MetricsQuestion,
): Promise<MetricsGroup[]> {
  const rows = await clickhouse.query<SumRow>(sql(table, question), {
    ...parametersOf(question),
    ...knownAt(question.knownAt, 'known').parameters,
    known_on: question.knownOn,
    restatement_days: new Map(Object.entries(restatementDays)),
    limit: question.limit,
  })
  return rows.map(groupOf)
}

/** Whoever asks pays for each expression and column, a dashboard more than for its rows. */
function sql(table: string, question: MetricsQuestion): string {
  const conditions = [...conditionsOf(question), knownAt(question.knownAt, 'known').condition]
  const columns = question.groupBy.flatMap((dimension): readonly string[] => dimensions[dimension])
  const keys = [...new Set(columns), 'currency']
  return `
    WITH readings AS (
      SELECT ${campaignDay}, client_id, platform, currency, attribution_window, ${detail} AS detail,
        impressions, clicks, spend_micros, conversions, conversion_values
      FROM ${readingsIn(table)}
      WHERE ${conditions.join(' AND ')}
      -- the table's own order from its end, so that nothing is sorted and the last reading of a row comes first
      ORDER BY date DESC, ad_account_id DESC, platform_campaign_id DESC, row_key DESC, position DESC, ordinal DESC
      LIMIT 1 BY ${campaignDay}, row_key
    ), levels AS (
      SELECT ${campaignDay}, client_id, platform, currency, attribution_window, detail,
        sum(toInt128(readings.impressions)) AS impressions, sum(toInt128(readings.clicks)) AS clicks,
        sum(toInt128(readings.spend_micros)) AS spend_micros,
        sumMap(readings.conversions::Map(String, Int128)) AS conversions,
        sumMap(readings.conversion_values::Map(String, Int128)) AS conversion_values
      FROM readings
      GROUP BY ALL
      ORDER BY ${campaignDay}, ${levelOrder}
      LIMIT 1 BY ${campaignDay}
    )
    SELECT ${keys.join(', ')},
      sum(impressions) AS impressions, sum(clicks) AS clicks, sum(spend_micros) AS spend_micros,
      sumMap(conversions) AS conversions, sumMap(conversion_values) AS conversion_values,
      max({known_on: Date} - date <= {restatement_days: Map(String, UInt16)}[platform]) AS provisional
    FROM levels
    GROUP BY ${keys.join(', ')}
    ORDER BY ${keys.join(', ')}
    LIMIT {limit: UInt32}`
}

interface SumRow {
  readonly ad_account_id?: string
  readonly platform_campaign_id?: string
  readonly date?: CalendarDate
  readonly platform?: Platform
  readonly client_id?: string
  readonly currency: string
  readonly impressions: string
  readonly clicks: string
  readonly spend_micros: string
  readonly conversions: Readonly<Record<string, string>>
  readonly conversion_values: Readonly<Record<string, string>>
  readonly provisional: 0 | 1
}

const groupOf = (row: SumRow): MetricsGroup => ({
  adAccountId: row.ad_account_id ?? null,
  platformCampaignId: row.platform_campaign_id ?? null,
  day: row.date ?? null,
  platform: row.platform ?? null,
  clientId: row.client_id ?? null,
  totals: {
    currency: row.currency,
    impressions: BigInt(row.impressions),
    clicks: BigInt(row.clicks),
    spendMicros: BigInt(row.spend_micros),
    conversions: Object.entries(row.conversions).map(([type, count]) => ({
      type,
      countMicros: BigInt(count),
      valueMicros: BigInt(row.conversion_values[type] ?? 0),
    })),
  },
  provisional: row.provisional === 1,
})
