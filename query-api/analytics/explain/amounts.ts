/** What was counted, as exact whole numbers by measure, which can be added and taken away. */

/** `impressions`, `clicks` and `spend`; of each type of conversion `count <type>` and `value <type>`. What is missing is 0. */
export type Amounts = ReadonlyMap<string, bigint>

export const nothing: Amounts = new Map()

export function plus(a: Amounts, b: Amounts, times = 1n): Amounts {
  const sum = new Map(a)
  for (const [measure, amount] of b) {
    const added = (sum.get(measure) ?? 0n) + times * amount
    if (added === 0n) sum.delete(measure)
    else sum.set(measure, added)
  }
  return sum
}

export const minus = (a: Amounts, b: Amounts): Amounts => plus(a, b, -1n)

export const isNothing = (amounts: Amounts): boolean => [...amounts.values()].every((amount) => amount === 0n)
