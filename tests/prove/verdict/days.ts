/** What was known of the figures of an account's day after each of its events. */
import { microsOf } from './campaign-history.ts'
import type { Fact } from './history.ts'

type Measures = {
  readonly impressions: number
  readonly clicks: number
  readonly spendMicros: number
  readonly conversions: readonly { readonly countMicros: number }[]
}
type Said = {
  readonly key: { readonly platformCampaignId: string; readonly adId: string }
  readonly measures?: Measures
  readonly before?: Measures
  readonly after?: Measures
}

/** A row's figures in one text, to be compared. */
export type Reading = { readonly row: string; readonly figures: string; readonly impressions: number }

export const rowsIn = ({ data }: Fact): readonly Said[] => data.rows as readonly Said[]

/** The readings that an event holds. */
export const readingsIn = (fact: Fact): Reading[] =>
  rowsIn(fact).map(({ key, measures, after }) => {
    const said = after ?? measures
    return { row: `${key.platformCampaignId} ${key.adId}`, figures: textOf(said), impressions: said?.impressions ?? 0 }
  })

/** A row as it was sent. */
export const readingOf = (row: Readonly<Record<string, unknown>>): Reading & { readonly date: string } => {
  const [conversion] = row.conversions as { count: string }[]
  const impressions = Number(row.impressions)
  return {
    date: String(row.date),
    row: `${row.platformCampaignId} ${row.adId}`,
    figures: `${impressions} ${row.clicks} ${microsOf(row.spend)} ${Number(conversion?.count) * 1e6}`,
    impressions,
  }
}

const textOf = (said: Measures | undefined): string =>
  `${said?.impressions} ${said?.clicks} ${said?.spendMicros} ${said?.conversions[0]?.countMicros}`

/** What is wrong with the day itself: a row that is observed twice, or restated from something that it was not. */
export const contradictions = (facts: readonly Fact[]): string[] => {
  const known = new Map<string, string>()
  const wrong: string[] = []
  for (const fact of facts) {
    const readings = readingsIn(fact)
    rowsIn(fact).forEach((said, n) => {
      const { row, figures } = readings[n] as Reading
      const before = known.get(row)
      const isRight =
        fact.type === 'MetricsObserved'
          ? before === undefined
          : before !== undefined && before === textOf(said.before) && before !== figures
      if (!isRight) wrong.push(`${fact.stream} revision ${fact.revision}: ${row} was ${before}, then ${figures}`)
      known.set(row, figures)
    })
  }
  return wrong
}
