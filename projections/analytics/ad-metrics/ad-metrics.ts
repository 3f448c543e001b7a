import {
  type AdAccountId,
  type CalendarDate,
  type ClientId,
  type Conversion,
  type Instant,
  type Measures,
  type MetricsKey,
  metricsRowKey,
  type Platform,
} from '@bizosaas/schemas'
import { type Owned, type Recorded, rows } from '../../runner/projection.ts'

/**
 * One reading of one row of figures; a restated row is a further reading. Both events say the same of a row: these are
 * its figures from now on. What it was before is the reading before.
 */
export type AdMetricsRow = Owned & {
  readonly date: CalendarDate
  readonly ad_account_id: AdAccountId
  readonly platform_campaign_id: string
  /** What else identifies the row in its account, day and campaign; see `metricsRowKey`. */
  readonly row_key: string
  readonly position: number
  /** Place of the row in its event. */
  readonly ordinal: number
  readonly client_id: ClientId
  readonly platform: Platform
  readonly currency: string
  readonly ad_set_id: string | null
  readonly ad_id: string | null
  readonly breakdown: Readonly<Record<string, string>>
  readonly attribution_window: string
  readonly impressions: number
  readonly clicks: number
  readonly spend_micros: number
  /** Millionths of a conversion, by type. */
  readonly conversions: Readonly<Record<string, number>>
  /** Millionths of one unit of the currency, by type. */
  readonly conversion_values: Readonly<Record<string, number>>
  readonly known_at: Instant
  readonly event_id: string
}

type MetricsEvent = Recorded<'MetricsObserved' | 'MetricsRestated'>

export const adMetrics = rows<AdMetricsRow>({
  name: 'ad-metrics',
  version: 1,
  store: 'clickhouse',
  table: new URL('./table.sql', import.meta.url),
  on: {
    MetricsObserved: (event) => event.data.rows.map((row, ordinal) => reading(event, ordinal, row.key, row.measures)),
    MetricsRestated: (event) => event.data.rows.map((row, ordinal) => reading(event, ordinal, row.key, row.after)),
  },
})

function reading(event: MetricsEvent, ordinal: number, key: MetricsKey, measures: Measures): AdMetricsRow {
  const { data } = event
  return {
    tenant_id: event.tenantId,
    date: data.date,
    ad_account_id: data.adAccountId,
    platform_campaign_id: key.platformCampaignId,
    row_key: metricsRowKey(key),
    position: event.position,
    ordinal,
    client_id: data.clientId,
    platform: data.platform,
    currency: data.currency,
    ad_set_id: key.adSetId,
    ad_id: key.adId,
    breakdown: key.breakdown,
    attribution_window: key.attributionWindow,
    impressions: measures.impressions,
    clicks: measures.clicks,
    spend_micros: measures.spendMicros,
    conversions: byType(measures.conversions, 'countMicros'),
    conversion_values: byType(measures.conversions, 'valueMicros'),
    known_at: event.recordedAt,
    event_id: event.eventId,
  }
}

function byType(conversions: readonly Conversion[], measure: 'countMicros' | 'valueMicros'): Record<string, number> {
  // Without a prototype, so that no type is a word of JavaScript's own.
  const measures: Record<string, number> = Object.create(null)
  for (const conversion of conversions) measures[conversion.type] = conversion[measure]
  return measures
}
