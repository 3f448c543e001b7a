/**
 * The figures that follow from totals:
 *
 *   CTR = clicks / impressions       CPA  = spend / conversions
 *   CPC = spend / clicks             CVR  = conversions / clicks
 *   CPM = 1000 * spend / impressions ROAS = revenue / spend
 *
 * They are ratios of totals, never averages of ratios, and null where there is nothing to divide by. Amounts are rounded to millionths.
 *
 * CPA, CVR, revenue and ROAS belong to one type of conversion: types overlap (an approved conversion is also counted in total), so that a sum
 * over types would count the same thing twice.
 */
import { decimalOfMicros, divideRounded, jsonInteger } from './exact.ts'

/** What was counted, summed up. Amounts are millionths of one currency. */
export interface Totals {
  readonly currency: string
  readonly impressions: bigint
  readonly clicks: bigint
  readonly spendMicros: bigint
  /** At most one of each type. */
  readonly conversions: readonly ConversionTotals[]
}

export interface ConversionTotals {
  readonly type: string
  readonly countMicros: bigint
  readonly valueMicros: bigint
}

/** The totals and what follows from them, as the API answers them. */
export function figures(totals: Totals) {
  const { currency, impressions, clicks, spendMicros } = totals
  const amount = (micros: bigint) => ({ amount: decimalOfMicros(micros), currency })
  const amountOf = (micros: bigint | null) => (micros === null ? null : amount(micros))
  return {
    impressions: jsonInteger(impressions),
    clicks: jsonInteger(clicks),
    spend: amount(spendMicros),
    ctr: ratio(clicks, impressions),
    cpc: amountOf(divideRounded(spendMicros, clicks)),
    cpm: amountOf(divideRounded(1000n * spendMicros, impressions)),
    conversions: totals.conversions
      .toSorted((a, b) => (a.type < b.type ? -1 : 1))
      .map(({ type, countMicros, valueMicros }) => ({
        type,
        count: decimalOfCount(countMicros),
        revenue: amount(valueMicros),
        cpa: amountOf(divideRounded(1_000_000n * spendMicros, countMicros)),
        cvr: ratio(countMicros, 1_000_000n * clicks),
        roas: ratio(valueMicros, spendMicros),
      })),
  }
}

/** Adds totals of the same currency. */
export function addTotals(a: Totals, b: Totals): Totals {
  if (a.currency !== b.currency) throw new Error(`${a.currency} and ${b.currency} are not to be added`)
  const conversions = new Map(a.conversions.map((conversion) => [conversion.type, conversion]))
  for (const { type, countMicros, valueMicros } of b.conversions) {
    const known = conversions.get(type)
    conversions.set(type, {
      type,
      countMicros: countMicros + (known?.countMicros ?? 0n),
      valueMicros: valueMicros + (known?.valueMicros ?? 0n),
    })
  }
  return {
    currency: a.currency,
    impressions: a.impressions + b.impressions,
    clicks: a.clicks + b.clicks,
    spendMicros: a.spendMicros + b.spendMicros,
    conversions: [...conversions.values()],
  }
}

/** A share is a number without unit: the one place where a float may stand. */
function ratio(part: bigint, whole: bigint): number | null {
  return whole === 0n ? null : Number(part) / Number(whole)
}

/** Conversions are whole for most platforms and fractions for some: '3264', '0.5'. */
export function decimalOfCount(micros: bigint): string {
  return decimalOfMicros(micros).replace(/\.?0+$/, '')
}
