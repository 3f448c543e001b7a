import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import type { MetricsKey } from './generated/types.ts'
import { metricsRowId, metricsRowKey } from './metrics-row.ts'

// Few texts, made of what stands between the parts, so that many rows are nearly or wholly the same.
const text = fc.string({ unit: fc.constantFrom('1', ':', ',', '-'), maxLength: 3 })
const maybe = fc.option(text)
const keys: fc.Arbitrary<MetricsKey> = fc.record({
  platformCampaignId: text,
  adSetId: maybe,
  adId: maybe,
  breakdown: fc.dictionary(text, text, { maxKeys: 3 }),
  attributionWindow: text,
})
const reordered = (key: MetricsKey): MetricsKey => ({
  ...key,
  breakdown: Object.fromEntries(Object.entries(key.breakdown).reverse()),
})
const isEqual = (one: unknown, other: unknown) => {
  try {
    expect(one).toEqual(other)
    return true
  } catch {
    return false
  }
}

describe('a row of figures', () => {
  test('is known again in whatever order its dimensions are written', () => {
    fc.assert(
      fc.property(keys, (key) => {
        expect(metricsRowId(reordered(key))).toBe(metricsRowId(key))
        expect(metricsRowKey(reordered(key))).toBe(metricsRowKey(key))
      }),
    )
  })

  test('is told apart from every other, in its day and in its campaign', () => {
    const one = fc.constantFrom<keyof MetricsKey>(
      'platformCampaignId',
      'adSetId',
      'adId',
      'breakdown',
      'attributionWindow',
    )
    const pairs = fc
      .tuple(keys, keys, one)
      .map(([key, other, field]) => [key, { ...key, [field]: other[field] }] as const)
    fc.assert(
      fc.property(fc.oneof(pairs, fc.tuple(keys, keys)), ([key, other]) => {
        expect(metricsRowId(other) === metricsRowId(key)).toBe(isEqual(other, key))
        const inOneCampaign = { ...other, platformCampaignId: key.platformCampaignId }
        expect(metricsRowKey(other) === metricsRowKey(key)).toBe(isEqual(inOneCampaign, key))
      }),
      { numRuns: 1_000 },
    )
  })

  test('is written as the tables hold it', () => {
    const key = { platformCampaignId: '916', adSetId: null, adId: '708746', attributionWindow: 'default' }
    const row = { ...key, breakdown: { gender: 'M', age: '30-34' } }
    expect(metricsRowKey(row)).toBe('-,6:708746,3:age,5:30-34,6:gender,1:M,7:default,')
    expect(metricsRowId(row)).toBe('3:916,-,6:708746,3:age,5:30-34,6:gender,1:M,7:default,')
  })
})
