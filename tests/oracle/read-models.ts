/** The read models as the databases hold them, in the oracle's words. */
import { createClient } from '@clickhouse/client'
import { Client } from 'pg'
import type { CampaignRow } from './campaigns.ts'
import type { DayTotals } from './metrics.ts'

type Settings = Record<string, string>

/** Rows of the serving version of `campaign_list`, by `tenant/id`. */
export const readCampaigns = async (settings: Settings): Promise<Map<string, CampaignRow>> => {
  const rows = await fromPostgres(
    settings,
    (version) => `
    SELECT tenant_id AS tenant, id, client_id AS client, name, state, budget_micros::float8 AS "budgetMicros", currency,
      starts_on::text AS "startsOn", ends_on::text AS "endsOn", ad_account_id AS "adAccount",
      platform_campaign_id AS "platformCampaign", revision::float8 AS revision
    FROM read_model.campaign_list_v${version('campaign-list')}`,
  )
  return new Map((rows as CampaignRow[]).map((row) => [`${row.tenant}/${row.id}`, row]))
}

/** How many rows `campaign_timeline` has for each `tenant/campaign`. */
export const countTimeline = async (settings: Settings): Promise<Map<string, number>> => {
  const rows = await fromPostgres(
    settings,
    (version) => `
    SELECT tenant_id || '/' || campaign_id AS key, count(*)::int AS count
    FROM read_model.campaign_timeline_v${version('campaign-timeline')} GROUP BY 1`,
  )
  return new Map((rows as { key: string; count: number }[]).map(({ key, count }) => [key, count]))
}

/** The last reading of every row of figures, summed by `tenant/account/platform campaign/day`. */
export const readMetrics = async (settings: Settings): Promise<Map<string, DayTotals>> => {
  let metricsVersion = 0
  await fromPostgres(settings, (version) => {
    metricsVersion = version('ad-metrics')
    return 'SELECT 1'
  })
  const client = createClient({ url: settings.CLICKHOUSE_PROJECTOR_URL ?? '' })
  try {
    const answer = await client.query({
      format: 'JSONEachRow',
      query: `
        SELECT concat(toString(tenant_id), '/', toString(ad_account_id), '/', platform_campaign_id, '/', toString(date)) AS key,
          toString(sum(last.1)) AS impressions, toString(sum(last.2)) AS clicks, toString(sum(last.3)) AS spendMicros,
          sumMap(last.4) AS conversions, count() AS rows
        FROM (
          SELECT tenant_id, ad_account_id, platform_campaign_id, date, row_key,
            argMax((impressions, clicks, spend_micros, conversions), (position, ordinal)) AS last
          FROM ad_metrics_v${metricsVersion} GROUP BY ALL
        ) GROUP BY key`,
    })
    type Line = {
      key: string
      impressions: string
      clicks: string
      spendMicros: string
      conversions: Record<string, string>
      rows: string
    }
    const lines = await answer.json<Line>()
    return new Map(
      lines.map(({ key, impressions, clicks, spendMicros, conversions, rows }) => [
        key,
        {
          impressions: BigInt(impressions),
          clicks: BigInt(clicks),
          spendMicros: BigInt(spendMicros),
          conversionMicros: Object.fromEntries(Object.entries(conversions).map(([type, n]) => [type, BigInt(n)])),
          rows: Number(rows),
        },
      ]),
    )
  } finally {
    await client.close()
  }
}

const fromPostgres = async (settings: Settings, query: (version: (model: string) => number) => string) => {
  const client = new Client({ connectionString: settings.POSTGRES_PROJECTOR_URL })
  await client.connect()
  try {
    const live = await client.query('SELECT model, version FROM read_model.live_version')
    const versions = new Map<string, number>(live.rows.map(({ model, version }) => [model, version]))
    const { rows } = await client.query(query((model) => versions.get(model) ?? 0))
    return rows
  } finally {
    await client.end()
  }
}
