/** How the campaigns perform, as a table, as the query API answers it. */
import { parseDecimal } from '@bizosaas/streams/import/cells.ts'
import { patientFetch, sayProblem } from '@bizosaas/streams/import/patient-fetch.ts'

export interface PerformanceQuestion {
  readonly queryUrl: string
  readonly token: string
  /** Consistency tokens that the answer must have seen, one of each topic. */
  readonly after: readonly string[]
}

interface Amount {
  readonly amount: string
  readonly currency: string
}
interface Figures {
  readonly impressions: number
  readonly clicks: number
  readonly spend: Amount
  readonly ctr: number | null
  readonly cpc: Amount | null
  readonly conversions: readonly { readonly type: string; readonly count: string; readonly cpa: Amount | null }[]
}
interface Row extends Figures {
  readonly campaign: { readonly name: string; readonly state: string } | null
  readonly platformCampaignId: string
}
export interface Performance {
  readonly rows: readonly Row[]
  readonly totals: readonly Figures[]
  readonly asOf: { readonly position: number | null; readonly instant: string | null }
}

const patienceMs = 60_000

/** @throws Error with the problem's words; Unanswered when the read models do not come there within a minute */
export async function readPerformance({ queryUrl, token, after }: PerformanceQuestion): Promise<Performance> {
  const [asHeader, asParameter] = after
  const url = new URL('/v1/metrics?groupBy=campaign', queryUrl)
  if (asParameter) url.searchParams.set('after', asParameter)
  const headers = { authorization: `Bearer ${token}`, ...(asHeader && { 'x-consistency-token': asHeader }) }
  const answer = await patientFetch(url, { headers }, patienceMs)
  if (!answer.ok) throw new Error(`The performance cannot be read: ${await sayProblem(answer)}`)
  return (await answer.json()) as Performance
}

/** Reads and prints; answers what it printed. */
export async function printPerformance(
  question: PerformanceQuestion & { readonly print: (line: string) => void },
): Promise<Performance> {
  const performance = await readPerformance(question)
  for (const line of performanceTable(performance)) question.print(line)
  return performance
}

const columns = [
  'Campaign',
  'State',
  'Impressions',
  'Clicks',
  'CTR',
  'Spend',
  'CPC',
  'Conversions',
  'Approved',
  'CPA',
] as const
const leftAligned = 2

/** Lines of a table; amounts of different currencies have totals of their own. */
export function performanceTable({ rows, totals }: Pick<Performance, 'rows' | 'totals'>): string[] {
  const body = rows.map((row) => [
    row.campaign?.name ?? row.platformCampaignId,
    row.campaign?.state ?? 'not linked',
    ...cells(row),
  ])
  const sums = totals.map((sum) => ['Total', '', ...cells(sum)])
  const widths = columns.map((name, n) =>
    Math.max(name.length, ...[...body, ...sums].map((line) => line[n]?.length ?? 0)),
  )
  const drawn = (line: readonly string[]) =>
    `│ ${line.map((cell, n) => (n < leftAligned ? cell.padEnd(widths[n] ?? 0) : cell.padStart(widths[n] ?? 0))).join(' │ ')} │`
  const rule = (left: string, cross: string, right: string) =>
    `${left}${widths.map((width) => '─'.repeat(width + 2)).join(cross)}${right}`
  return [
    rule('┌', '┬', '┐'),
    drawn(columns),
    rule('├', '┼', '┤'),
    ...body.map(drawn),
    rule('├', '┼', '┤'),
    ...sums.map(drawn),
    rule('└', '┴', '┘'),
  ]
}

function cells({ impressions, clicks, ctr, spend, cpc, conversions }: Figures): string[] {
  const of = (type: string) => conversions.find((conversion) => conversion.type === type)
  return [
    grouped(String(impressions)),
    grouped(String(clicks)),
    ctr === null ? '–' : `${(ctr * 100).toFixed(3)} %`,
    `${grouped(spend.amount)} ${spend.currency}`,
    shortened(cpc),
    grouped(of('total')?.count ?? '0'),
    grouped(of('approved')?.count ?? '0'),
    shortened(of('total')?.cpa ?? null),
  ]
}

/** An amount for the eye, to the cent. */
const shortened = (amount: Amount | null) => (amount === null ? '–' : grouped(parseDecimal(amount.amount, '.', 2)))

/** 213434828 reads 213,434,828; digits after the point are left alone. */
const grouped = (number: string) => number.replace(/^\d+/, (whole) => whole.replace(/\B(?=(\d{3})+$)/g, ','))
