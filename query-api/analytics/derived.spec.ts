import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { addTotals, figures, type Totals } from './derived.ts'
import { decimalOfMicros, divideRounded, jsonInteger } from './exact.ts'

const big = fc.bigInt({ min: 0n, max: 10n ** 19n })
const totals = fc.record({
  currency: fc.constant('USD'),
  impressions: big,
  clicks: big,
  spendMicros: big,
  conversions: fc.uniqueArray(
    fc.record({ type: fc.constantFrom('total', 'approved', 'purchase'), countMicros: big, valueMicros: big }),
    {
      selector: ({ type }) => type,
    },
  ),
}) satisfies fc.Arbitrary<Totals>

const micros = (amount: string | undefined) =>
  BigInt((amount ?? '').replace(/\.(\d+)$/, (_, digits: string) => digits.padEnd(6, '0')))

describe('figures', () => {
  test('are those of August 2023', () => {
    const august = figures({
      currency: 'USD',
      impressions: 213_434_828n,
      clicks: 38_165n,
      spendMicros: 58_705_230_000n,
      conversions: [
        { type: 'total', countMicros: 3_264_000_000n, valueMicros: 0n },
        { type: 'approved', countMicros: 1_079_000_000n, valueMicros: 0n },
      ],
    })
    expect(august).toEqual({
      impressions: 213_434_828,
      clicks: 38_165,
      spend: { amount: '58705.23', currency: 'USD' },
      ctr: 38_165 / 213_434_828,
      cpc: { amount: '1.538195', currency: 'USD' },
      cpm: { amount: '0.27505', currency: 'USD' },
      conversions: [
        {
          type: 'approved',
          count: '1079',
          revenue: { amount: '0.00', currency: 'USD' },
          cpa: { amount: '54.407071', currency: 'USD' },
          cvr: 1079 / 38_165,
          roas: 0,
        },
        {
          type: 'total',
          count: '3264',
          revenue: { amount: '0.00', currency: 'USD' },
          cpa: { amount: '17.985671', currency: 'USD' },
          cvr: 3264 / 38_165,
          roas: 0,
        },
      ],
    })
  })

  test('are null where there is nothing to divide by, never 0 or Infinity', () => {
    const nothing = figures({
      currency: 'EUR',
      impressions: 0n,
      clicks: 0n,
      spendMicros: 0n,
      conversions: [{ type: 'total', countMicros: 0n, valueMicros: 5n }],
    })
    expect(nothing).toMatchObject({
      ctr: null,
      cpc: null,
      cpm: null,
      conversions: [{ count: '0', cpa: null, cvr: null, roas: null }],
    })
  })

  test('follow from the totals to half a millionth', () => {
    fc.assert(
      fc.property(totals, (t) => {
        const f = figures(t)
        const near = (amount: string | undefined, dividend: bigint, divisor: bigint) => {
          const off = 2n * (micros(amount) * divisor - dividend)
          return (off < 0n ? -off : off) <= divisor
        }
        expect(f.cpc === null ? t.clicks === 0n : near(f.cpc.amount, t.spendMicros, t.clicks)).toBe(true)
        expect(f.cpm === null ? t.impressions === 0n : near(f.cpm.amount, 1000n * t.spendMicros, t.impressions)).toBe(
          true,
        )
        for (const { type, cpa } of f.conversions) {
          const count = t.conversions.find((conversion) => conversion.type === type)?.countMicros ?? 0n
          expect(cpa === null ? count === 0n : near(cpa.amount, 1_000_000n * t.spendMicros, count)).toBe(true)
        }
      }),
    )
  })

  test('of a sum are those of its parts added up, in any order', () => {
    fc.assert(
      fc.property(totals, totals, (a, b) => {
        expect(figures(addTotals(a, b))).toEqual(figures(addTotals(b, a)))
        expect(micros(figures(addTotals(a, b)).spend.amount)).toBe(a.spendMicros + b.spendMicros)
      }),
    )
  })

  test('amounts of different currencies are never added', () => {
    const [usd] = fc.sample(totals, 1)
    expect(() => usd && addTotals(usd, { ...usd, currency: 'EUR' })).toThrow('USD and EUR')
  })
})

describe('exact arithmetic', () => {
  test('rounds half away from zero', () => {
    expect([divideRounded(1n, 2n), divideRounded(-1n, 2n), divideRounded(1n, 3n), divideRounded(2n, 3n)]).toEqual([
      1n,
      -1n,
      0n,
      1n,
    ])
    expect(divideRounded(1n, 0n)).toBeNull()
  })

  test.each([
    [0n, '0.00'],
    [58_705_230_000n, '58705.23'],
    [1_500_000n, '1.50'],
    [1n, '0.000001'],
    [-1_250_000n, '-1.25'],
    [10n ** 25n, '10000000000000000000.00'],
  ])('%d millionths are %s', (value, text) => expect(decimalOfMicros(value)).toBe(text))

  test('a whole number keeps all its digits in JSON', () => {
    expect(JSON.stringify([7n, 2n ** 53n - 1n, 10n ** 20n + 1n].map(jsonInteger))).toBe(
      '[7,9007199254740991,100000000000000000001]',
    )
  })
})
