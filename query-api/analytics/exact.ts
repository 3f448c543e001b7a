/** Exact arithmetic of totals. Sums outgrow what a float holds exactly (nine thousand million rupiah are not much), so they are bigints. */

/** Quotient of two whole numbers, rounded half away from zero; null when there is nothing to divide by. */
export function divideRounded(dividend: bigint, divisor: bigint): bigint | null {
  if (divisor === 0n) return null
  const negative = dividend < 0n !== divisor < 0n
  const [n, d] = [dividend < 0n ? -dividend : dividend, divisor < 0n ? -divisor : divisor]
  const rounded = (2n * n + d) / (2n * d)
  return negative ? -rounded : rounded
}

/** Millionths as decimal text with 2 to 6 decimals: 58705230000n is '58705.23'. */
export function decimalOfMicros(micros: bigint): string {
  const digits = (micros < 0n ? -micros : micros).toString().padStart(7, '0')
  const fraction = digits.slice(-6).replace(/0{1,4}$/, '')
  return `${micros < 0n ? '-' : ''}${digits.slice(0, -6)}.${fraction}`
}

declare global {
  interface JSON {
    /** Text that JSON.stringify writes as it is (ECMAScript proposal "JSON.parse source text access", in Node since 21). */
    rawJSON(text: string): unknown
  }
}

/** A whole number for a JSON answer: JSON's integers have no limit, so that it stays exact also where JavaScript's end. */
export function jsonInteger(value: bigint): number {
  const number = Number(value)
  return Number.isSafeInteger(number) ? number : (JSON.rawJSON(value.toString()) as number)
}
