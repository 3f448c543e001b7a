/**
 * The figures of both sides, and what leads from the left ones to the right ones. The way is walked in steps, each of which changes one
 * thing, so that what they change adds up to all that differs:
 *
 *   1  the definition     from the left side's version to the one that serves, as known on the left, by the links of the left side
 *   2  what was known     in the version that serves
 *   3  the definition     from the version that serves to the right side's, as known on the right
 *   4  our own links      of the right side's figures, from the campaigns that they belonged to on the left to those on the right
 */
import type { ClickHouse } from '@bizosaas/databases'
import { CalendarDate } from '@bizosaas/schemas'
import { byLink, type Link, type LinkedCampaign } from '../linked-campaigns.ts'
import { mostRows, tooMany } from '../metrics.ts'
import { type Dimension, type MetricsGroup, sumMetrics } from '../metrics-query.ts'
import type { ReadingsFilter } from '../readings.ts'
import { type Amounts, minus, nothing } from './amounts.ts'
import type { EventRef } from './attribute.ts'
import { type Cell, type CellKey, Cells, keyOf } from './cells.ts'
import { changesByDefinition, changesInTime, type DayChange } from './changes-query.ts'
import { mayExceed, type Side, type Sides } from './sides.ts'

export interface Ours {
  readonly campaigns: readonly LinkedCampaign[]
  /** To which the campaign that is asked for is tied: null for none, undefined where none is asked for. */
  readonly link: Link | null | undefined
}

export interface Comparison {
  readonly filter: Omit<ReadingsFilter, 'campaign'>
  readonly groupBy: readonly Dimension[]
  readonly sides: Sides
  readonly ours: { readonly left: Ours; readonly right: Ours }
  /** The one campaign of ours that is asked for. */
  readonly campaignId: string | null
  /** Events that linked a campaign of ours between the sides. */
  readonly linkEvents: ReadonlyMap<string, readonly EventRef[]>
}

/** The cells by group, and one for each currency. @throws Problem invalid (422) for more than one answer holds */
export async function compare(
  clickhouse: ClickHouse,
  comparison: Comparison,
): Promise<{ readonly cells: Cell[]; readonly totals: Cell[] }> {
  const { filter, groupBy, sides, ours, campaignId, linkEvents } = comparison
  const tables = [
    { by: groupBy, cells: new Cells() },
    { by: [], cells: new Cells() },
  ] as const
  const say = (whole: Whole, owner: LinkedCampaign | null, tell: (cells: Cells, key: CellKey) => void) => {
    for (const { by, cells } of tables) tell(cells, keyOf(by, whole, owner?.id ?? null))
  }
  const owners = { left: byLink(ours.left.campaigns), right: byLink(ours.right.campaigns) }
  const groupsOf = async (side: Side, link: Ours['link']): Promise<MetricsGroup[]> => {
    if (link === null) return []
    const knownOn = CalendarDate.parse('1970-01-01')
    const question = { ...filter, campaign: link ?? null, groupBy, knownAt: side.known, knownOn, limit: mostRows + 1 }
    const groups = await sumMetrics(clickhouse, side.table, question)
    if (groups.length > mostRows) throw tooMany()
    return groups
  }
  const ownerOf = (name: 'left' | 'right', { adAccountId, platformCampaignId }: Whole) =>
    owners[name](adAccountId, platformCampaignId)

  const [left, right] = await Promise.all([
    groupsOf(sides.left, ours.left.link),
    groupsOf(sides.right, ours.right.link),
  ])
  for (const group of left) {
    say(wholeOf(group), ownerOf('left', wholeOf(group)), (cells, key) => cells.was('left', key, amountsOf(group)))
  }
  for (const group of right) {
    say(wholeOf(group), ownerOf('right', wholeOf(group)), (cells, key) => cells.was('right', key, amountsOf(group)))
  }

  for (const { change, sign } of await changes(clickhouse, comparison)) {
    const { day, level, cause, event, amounts } = change
    const whole = { ...day, day: day.date, ...level }
    const signed = sign > 0 ? amounts : minus(nothing, amounts)
    say(whole, ownerOf('left', whole), (cells, key) => cells.changed(key, cause, event, signed))
  }

  const isSameLink = JSON.stringify(ours.left.link) === JSON.stringify(ours.right.link)
  const moved = (groups: readonly MetricsGroup[], name: 'left' | 'right') => {
    for (const group of groups) {
      const whole = wholeOf(group)
      const [from, to] = [ownerOf('left', whole), ownerOf('right', whole)]
      if (isSameLink && from?.id === to?.id) continue
      const movers = campaignId === null ? [from?.id, to?.id] : [campaignId]
      const events = movers.flatMap((id) => (id === undefined ? [] : (linkEvents.get(id) ?? [])))
      const amounts = name === 'left' ? minus(nothing, amountsOf(group)) : amountsOf(group)
      say(whole, name === 'left' ? from : to, (cells, key) => cells.changedTogether(key, 'ownChange', events, amounts))
    }
  }
  moved(isSameLink ? right : await groupsOf(sides.right, ours.left.link), 'left')
  moved(right, 'right')
  return { cells: tables[0].cells.all(), totals: tables[1].cells.all() }
}

/** Steps 1 to 3. */
async function changes(clickhouse: ClickHouse, { filter, sides, ours }: Comparison): Promise<SignedChange[]> {
  const { left, right, table } = sides
  if (ours.left.link === null) return []
  const of = { ...filter, campaign: ours.left.link ?? null }
  const base = [...left.known, ...right.known]
  const runs: { sign: 1 | -1; found: Promise<DayChange[] | null> }[] = []
  if (mayExceed(right.moment, left.moment)) {
    runs.push({ sign: 1, found: changesInTime(clickhouse, table, of, base, right.known) })
  }
  if (mayExceed(left.moment, right.moment)) {
    runs.push({ sign: -1, found: changesInTime(clickhouse, table, of, base, left.known) })
  }
  if (left.table !== table) {
    runs.push({ sign: 1, found: changesByDefinition(clickhouse, [left.table, table], of, left.known) })
  }
  if (right.table !== table) {
    runs.push({ sign: 1, found: changesByDefinition(clickhouse, [table, right.table], of, right.known) })
  }
  const all = await Promise.all(
    runs.map(async ({ sign, found }) => {
      const changes = await found
      if (changes === null) throw tooMany()
      return changes.map((change) => ({ change, sign }))
    }),
  )
  return all.flat()
}

type SignedChange = { readonly change: DayChange; readonly sign: 1 | -1 }
type Whole = Omit<CellKey, 'campaignId'>

const wholeOf = ({ totals, ...group }: MetricsGroup): Whole => ({ ...group, currency: totals.currency })

function amountsOf({ totals }: MetricsGroup): Amounts {
  const { impressions, clicks, spendMicros, conversions } = totals
  return new Map([
    ['impressions', impressions],
    ['clicks', clicks],
    ['spend', spendMicros],
    ...conversions.flatMap(({ type, countMicros, valueMicros }): [string, bigint][] => [
      [`count ${type}`, countMicros],
      [`value ${type}`, valueMicros],
    ]),
  ])
}
