/**
 * What changed the figures of each campaign's day from one set of readings to another, as entries for `changesOf`.
 *
 *   in time          the readings of one version that were known on one side, and those that came to be known on the other
 *   by definition    the last readings of two versions at the same moment
 *
 * A reading comes to its level at its own step, and goes from it at the step of the next reading of its row. Only days are looked at in
 * which anything differs.
 */
import type { ClickHouse } from '@bizosaas/databases'
import { AdAccountId, streamName, TenantId } from '@bizosaas/schemas'
import type { Moment } from '../../past/moment.ts'
import {
  campaignDay,
  conditionsOf,
  detail,
  knownAt,
  levelOrder,
  parametersOf,
  type ReadingsFilter,
  readingsIn,
} from '../readings.ts'
import type { Amounts } from './amounts.ts'
import { type Cause, type Change, changesOf, type Entry } from './attribute.ts'

/** More than these at once are refused. */
export const mostEntries = 50_000

export interface CampaignDay {
  readonly date: string
  readonly adAccountId: string
  readonly platformCampaignId: string
}
export type DayChange = Change & { readonly day: CampaignDay }

const figures = 'impressions, clicks, spend_micros, conversions, conversion_values'
const level = 'client_id, platform, currency, attribution_window, detail'

/**
 * What came to be known in a version of the model beside what was known in `base`: as if its events came one after the other.
 *
 * @returns null for more than can be told at once
 */
export function changesInTime(
  clickhouse: ClickHouse,
  table: string,
  filter: ReadingsFilter,
  base: readonly Moment[],
  until: readonly Moment[],
): Promise<DayChange[] | null> {
  const [before, after] = [knownAt(base, 'base'), knownAt(until, 'until')]
  const known = [...conditionsOf(filter), after.condition].join(' AND ')
  const source = `
    known AS (
      SELECT ${campaignDay}, row_key, position, ordinal, event_id, known_at, ${detail} AS detail, (${before.condition}) AS in_base,
        client_id, platform, currency, attribution_window, ${figures}
      FROM ${readingsIn(table)}
      WHERE ${known}
        AND (${campaignDay}) IN (SELECT ${campaignDay} FROM ${readingsIn(table)} WHERE ${known} AND NOT (${before.condition}))
    ), readings AS (
      SELECT *, maxIf((position, ordinal), in_base) OVER (PARTITION BY ${campaignDay}, row_key) AS base_at,
        max(in_base) OVER (PARTITION BY ${campaignDay}, row_key) AS was_known
      FROM known
    ), relevant AS (
      SELECT *, leadInFrame((position, event_id, known_at)) OVER (
        PARTITION BY ${campaignDay}, row_key ORDER BY position, ordinal ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING
      ) AS next
      FROM readings
      WHERE (position, ordinal) > base_at OR (in_base AND (position, ordinal) = base_at)
    ), entries AS (
      SELECT ${campaignDay}, ${level}, ${figures}, if(was_known, 'restated', 'late') AS why, entry.1 AS sign, entry.2 AS step
      FROM relevant
      ARRAY JOIN arrayConcat(
        [(1::Int8, if(in_base, ${noStep}, (position, event_id, known_at)))], if(next.1 = 0, [], [(-1::Int8, next)])
      ) AS entry
    )`
  return read(clickhouse, source, filter, { ...before.parameters, ...after.parameters }, oneOfEach)
}

/** @returns null for more than can be told at once */
export function changesByDefinition(
  clickhouse: ClickHouse,
  [from, to]: readonly [string, string],
  filter: ReadingsFilter,
  at: readonly Moment[],
): Promise<DayChange[] | null> {
  const known = knownAt(at, 'at')
  const last = (table: string, side: 0 | 1) => `
      SELECT ${campaignDay}, row_key, position, event_id, known_at, ${detail} AS detail, client_id, platform, currency, attribution_window,
        ${figures}, ${side} AS side
      FROM ${readingsIn(table)}
      WHERE ${[...conditionsOf(filter), known.condition].join(' AND ')}
      ORDER BY date DESC, ad_account_id DESC, platform_campaign_id DESC, row_key DESC, position DESC, ordinal DESC
      LIMIT 1 BY ${campaignDay}, row_key`
  const source = `
    last AS (SELECT * FROM (${last(from, 0)}) UNION ALL SELECT * FROM (${last(to, 1)})),
    differing AS (
      SELECT ${campaignDay} FROM last GROUP BY ${campaignDay}
      HAVING sumIf(cityHash64(${level}, toString((${figures}))), side = 0) != sumIf(cityHash64(${level}, toString((${figures}))), side = 1)
    ),
    entries AS (
      SELECT ${campaignDay}, ${level}, ${figures}, 'definition' AS why, entry.1 AS sign, entry.2 AS step
      FROM last
      ARRAY JOIN if(side = 0, [(1::Int8, ${noStep}), (-1::Int8, (position, event_id, known_at))], [(1::Int8, (position, event_id, known_at))])
        AS entry
      WHERE (${campaignDay}) IN (SELECT ${campaignDay} FROM differing)
    )`
  return read(clickhouse, source, filter, known.parameters)
}

/** A reading that was inserted twice is one. FINAL cannot be said of a view; this reaches the table behind it. */
const oneOfEach = '\n     SETTINGS final = 1'

/** Stands for the beginning. */
const noStep = "(0::UInt64, toUUID('00000000-0000-0000-0000-000000000000'), toDateTime64(0, 6, 'UTC'))"

async function read(
  clickhouse: ClickHouse,
  source: string,
  filter: ReadingsFilter,
  parameters: object,
  settings = '',
): Promise<DayChange[] | null> {
  const rows = await clickhouse.query<EntryRow>(
    `WITH ${source}
     SELECT ${campaignDay}, client_id, platform, currency, cause,
       dense_rank() OVER (PARTITION BY ${campaignDay} ORDER BY ${levelOrder}) AS rank,
       step.1 AS position, step.2 AS event_id, step.3 AS known_at, rows, impressions, clicks, spend_micros, conversions, conversion_values
     FROM (
       SELECT ${campaignDay}, ${level}, if(step.1 = 0, '', why) AS cause, step, sum(sign) AS rows,
         toString(sum(sign * toInt128(entries.impressions))) AS impressions, toString(sum(sign * toInt128(entries.clicks))) AS clicks,
         toString(sum(sign * toInt128(entries.spend_micros))) AS spend_micros,
         sumMap(mapApply((type, n) -> (type::String, sign * n::Int128), entries.conversions))::Map(String, String) AS conversions,
         sumMap(mapApply((type, n) -> (type::String, sign * n::Int128), entries.conversion_values))::Map(String, String) AS conversion_values
       FROM entries
       GROUP BY ${campaignDay}, ${level}, cause, step
     )
     ORDER BY ${campaignDay}, position
     LIMIT {limit: UInt32}${settings}`,
    { ...parametersOf(filter), ...parameters, limit: mostEntries + 1 },
  )
  return rows.length > mostEntries ? null : changesByDay(rows, filter.tenantId)
}

interface EntryRow {
  readonly date: string
  readonly ad_account_id: string
  readonly platform_campaign_id: string
  readonly client_id: string
  readonly platform: string
  readonly currency: string
  readonly rank: string
  /** Empty at the beginning. */
  readonly cause: Cause | ''
  readonly position: string
  readonly event_id: string
  readonly known_at: string
  readonly rows: string
  readonly impressions: string
  readonly clicks: string
  readonly spend_micros: string
  readonly conversions: Readonly<Record<string, string>>
  readonly conversion_values: Readonly<Record<string, string>>
}

function changesByDay(rows: readonly EntryRow[], tenantId: string): DayChange[] {
  const days = Map.groupBy(rows, (row) => `${row.date} ${row.ad_account_id} ${row.platform_campaign_id}`)
  return [...days.values()].flatMap((of) => {
    const [{ date, ad_account_id: adAccountId, platform_campaign_id: platformCampaignId }] = of as [EntryRow]
    const stream = streamName('adAccountDay', TenantId.parse(tenantId), `${AdAccountId.parse(adAccountId)}:${date}`)
    const day = { date, adAccountId, platformCampaignId }
    return changesOf(of.map((row) => entryOf(row, stream))).map((change) => ({ ...change, day }))
  })
}

const entryOf = (row: EntryRow, stream: string): Entry => ({
  level: { rank: Number(row.rank), clientId: row.client_id, platform: row.platform, currency: row.currency },
  rows: Number(row.rows),
  amounts: amountsOf(row),
  step:
    row.cause === ''
      ? null
      : {
          cause: row.cause,
          event: { eventId: row.event_id, stream, position: Number(row.position), recordedAt: row.known_at },
        },
})

function amountsOf(row: EntryRow): Amounts {
  const amounts = [
    ['impressions', row.impressions],
    ['clicks', row.clicks],
    ['spend', row.spend_micros],
    ...Object.entries(row.conversions).map(([type, count]) => [`count ${type}`, count]),
    ...Object.entries(row.conversion_values).map(([type, value]) => [`value ${type}`, value]),
  ] as [string, string][]
  return new Map(amounts.map(([measure, amount]) => [measure, BigInt(amount)]))
}
