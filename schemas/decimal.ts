/** Exact amounts: decimal text outside, a whole number of millionths inside, never a float in between. */
const decimal = /^(-?)(0|[1-9]\d*)(?:\.(\d+))?$/

/**
 * '58705.23' is 58705230000.
 * @throws TypeError if the text is no plain decimal number; RangeError if it has more than six decimals or its
 *   millionths are no safe integer (beyond about nine thousand million)
 */
export function decimalToMicros(text: string): number {
  const parts = typeof text === 'string' ? decimal.exec(text) : null
  if (parts === null) throw new TypeError(`An amount is written like 58705.23, unlike ${JSON.stringify(text)}.`)
  const [, sign, whole = '', fraction = ''] = parts
  if (fraction.length > 6) throw new RangeError(`An amount has at most 6 decimals, unlike ${text}.`)
  // Digits of a safe integer are read exactly.
  const micros = Number(whole + fraction.padEnd(6, '0'))
  if (!Number.isSafeInteger(micros)) throw new RangeError(`${text} is too large: at most 9007199254.740991 is counted.`)
  return sign === '-' && micros !== 0 ? -micros : micros
}

/**
 * 58705230000 is '58705.23'; at least two decimals are printed, and as many as it takes.
 * @throws RangeError unless it is a safe integer
 */
export function microsToDecimal(micros: number): string {
  if (!Number.isSafeInteger(micros)) throw new RangeError(`${micros} is no whole number of millionths.`)
  const digits = String(Math.abs(micros)).padStart(7, '0')
  const fraction = digits.slice(-6).replace(/0{1,4}$/, '')
  return `${micros < 0 ? '-' : ''}${digits.slice(0, -6)}.${fraction}`
}
