import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { CellRefused, dateReader, parseCount, parseDecimal } from './cells.ts'

describe('dates', () => {
  test.each([
    ['dd-mm-yyyy', '31-08-2023', '2023-08-31'],
    ['d.mm.yyyy', '1.08.2019', '2019-08-01'],
    ['d.mm.yyyy', '30.08.2019', '2019-08-30'],
    ['m/d/yyyy', '2/9/2024', '2024-02-09'],
    ['yyyymmdd', '20240229', '2024-02-29'],
  ])('%s reads %s as %s', (format, text, date) => {
    expect(dateReader(format)(text)).toBe(date)
  })

  test.each([
    ['dd-mm-yyyy', '31-02-2023', 'does not exist'],
    ['yyyymmdd', '20230229', 'does not exist'],
    ['dd-mm-yyyy', '1-08-2023', 'is not a date as dd-mm-yyyy'],
    ['dd-mm-yyyy', '31-08-2023 ', 'is not a date'],
    ['d.mm.yyyy', '1x08x2023', 'is not a date'],
    ['d.mm.yyyy', '', 'is not a date'],
  ])('%s refuses %s, saying why', (format, text, reason) => {
    expect(() => dateReader(format)(text)).toThrow(reason)
    expect(() => dateReader(format)(text)).toThrow(CellRefused)
  })

  test.each(['', 'dd-mm', 'dd-mm-yy', 'dd-dd-yyyy', 'dd-mm-yyyy hh', 'dd-mm-yyyy-mm'])(
    'the format "%s" is refused at once',
    (format) => {
      expect(() => dateReader(format)).toThrow('must name yyyy')
    },
  )

  test('every day of the calendar survives being written and read', () => {
    fc.assert(
      fc.property(fc.date({ min: new Date('1970-01-01'), max: new Date('2200-01-01'), noInvalidDate: true }), (day) => {
        const [year, month, date] = day.toISOString().slice(0, 10).split('-')
        expect(dateReader('dd.mm.yyyy')(`${date}.${month}.${year}`)).toBe(`${year}-${month}-${date}`)
      }),
    )
  })
})

describe('counts', () => {
  test.each(['0', '7350', '9007199254740991'])('%s is a count', (text) => expect(parseCount(text)).toBe(Number(text)))
  test.each(['', '-1', '1.0', '1e3', ' 1', '1,000', '9007199254740992'])('"%s" is none', (text) => {
    expect(() => parseCount(text)).toThrow(CellRefused)
  })
})

describe('decimals', () => {
  test.each([
    ['1.429999948', 2, '1.43'],
    ['1.820000023', 2, '1.82'],
    ['5.5200001', 2, '5.52'],
    ['0.995', 2, '1.00'],
    ['9.999999', 5, '10.00000'],
    ['2.5', 0, '3'],
    ['0', 2, '0'],
    ['1.4', 2, '1.4'],
  ])('%s to %d digits is %s', (text, digits, rounded) => expect(parseDecimal(text, '.', digits)).toBe(rounded))

  test('a decimal comma is read when the mapping says so, and only then', () => {
    expect(parseDecimal('1,25', ',', null)).toBe('1.25')
    expect(() => parseDecimal('1.25', ',', null)).toThrow('decimal mark')
    expect(() => parseDecimal('1,25', '.', null)).toThrow('decimal mark')
  })

  test.each(['', '-1', '1.', '.5', '1e-5', '1.234.567', 'NaN', '1 000'])('"%s" is refused', (text) => {
    expect(() => parseDecimal(text, '.', null)).toThrow(CellRefused)
  })

  test('more decimals than are kept are never dropped in silence', () => {
    expect(() => parseDecimal('1.4299999', '.', null)).toThrow('name "digits" in the mapping')
  })

  test('rounding moves an amount by at most half of the last digit', () => {
    const decimal = fc.tuple(fc.bigInt({ min: 0n, max: 10n ** 12n }), fc.stringMatching(/^\d{1,12}$/))
    fc.assert(
      fc.property(decimal, fc.integer({ min: 0, max: 6 }), ([whole, fraction], digits) => {
        const exact = BigInt(whole + fraction.padEnd(12, '0'))
        const [w = '', f = ''] = parseDecimal(`${whole}.${fraction}`, '.', digits).split('.')
        const off = BigInt(w + f.padEnd(12, '0')) - exact
        const half = 5n * 10n ** BigInt(11 - digits)
        expect(off <= half && off > -half - 1n && f.length <= digits).toBe(true)
      }),
    )
  })
})
