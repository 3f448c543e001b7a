import { isRefusal } from '@bizosaas/event-store'
import {
  AdAccountId,
  CalendarDate,
  ClientId,
  type Measures,
  type MetricsKey,
  metricsRowId,
  type Reading,
} from '@bizosaas/schemas'
import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { testDeciderLaws } from '../testing/decider-laws.ts'
import { eventsOf, live, storedAndRead } from '../testing/history.ts'
import { adAccountDay, maxEventBytes, maxEventsAtOnce, type Observe, saysAll } from './ad-account-day.ts'

const about = {
  adAccountId: AdAccountId.parse('019ab000-0000-4000-8000-00000000000a'),
  clientId: ClientId.parse('019ab000-0000-4000-8000-00000000000c'),
  platform: 'meta',
  currency: 'USD',
  date: CalendarDate.parse('2023-08-31'),
} as const
const observe = (...rows: Reading[]): Observe => ({ type: 'observe', ...about, rows })
const key = (platformCampaignId: string, more: Partial<MetricsKey> = {}): MetricsKey => ({
  platformCampaignId,
  adSetId: null,
  adId: null,
  breakdown: {},
  attributionWindow: 'default',
  ...more,
})
const measures = (clicks: number, ...conversions: Measures['conversions']): Measures => ({
  impressions: 100,
  clicks,
  spendMicros: 1_430_000,
  conversions,
})
const conversion = (type: string, countMicros = 1_000_000, valueMicros = 0) => ({ type, countMicros, valueMicros })
const reading = (name: string, clicks: number, ...conversions: Measures['conversions']): Reading => ({
  key: key(name),
  measures: measures(clicks, ...conversions),
})
const after = (...history: Observe[]) => live(adAccountDay, history).at(-1)?.after ?? adAccountDay.initial
const given = (...history: Observe[]) => ({ when: (next: Observe) => adAccountDay.decide(next, after(...history)) })

describe('a row of figures', () => {
  test('that is new is observed', () => {
    const rows = [reading('a', 1), reading('b', 2)]
    expect(given().when(observe(...rows))).toEqual([{ type: 'MetricsObserved', data: { ...about, rows } }])
  })

  test('belongs to the client of its account', () => {
    expect(adAccountDay.clientOf(after())).toBeNull()
    expect(adAccountDay.clientOf(after(observe(reading('a', 1))))).toBe(about.clientId)
  })

  test('that the platform changed is restated, with what it was and what it is', () => {
    expect(given(observe(reading('a', 1), reading('b', 2))).when(observe(reading('a', 1), reading('b', 3)))).toEqual([
      {
        type: 'MetricsRestated',
        data: { ...about, rows: [{ key: key('b'), before: measures(2), after: measures(3) }] },
      },
    ])
  })

  test('that is as it was appends nothing, and one that is left out stays', () => {
    expect(given(observe(reading('a', 1), reading('b', 2))).when(observe(reading('b', 2)))).toEqual([])
    expect(after(observe(reading('a', 1)), observe(reading('b', 2))).rows.size).toBe(2)
  })

  test('both new and changed ones come in one decision', () => {
    const decision = given(observe(reading('a', 1))).when(observe(reading('a', 2), reading('b', 2)))
    expect(eventsOf(decision).map(({ type }) => type)).toEqual(['MetricsObserved', 'MetricsRestated'])
  })

  test('that comes twice in one reading is refused by name', () => {
    const decision = given().when(observe(reading('a', 1), reading('a', 1)))
    expect(decision).toEqual({ refusal: 'invalid', detail: `The row ${metricsRowId(key('a'))} comes twice.` })
  })
})

describe('figures are the same', () => {
  const known = observe(reading('a', 1, conversion('approved'), conversion('total', 2)))

  test('in whatever order their conversions come', () => {
    expect(given(known).when(observe(reading('a', 1, conversion('total', 2), conversion('approved'))))).toEqual([])
  })

  test.each<[string, Measures]>([
    ['impressions', { ...measures(1, conversion('approved'), conversion('total', 2)), impressions: 101 }],
    ['clicks', measures(2, conversion('approved'), conversion('total', 2))],
    ['spend', { ...measures(1, conversion('approved'), conversion('total', 2)), spendMicros: 0 }],
    ['the count of a conversion', measures(1, conversion('approved'), conversion('total', 3))],
    ['the value of a conversion', measures(1, conversion('approved'), conversion('total', 2, 5))],
    ['the type of a conversion', measures(1, conversion('approved'), conversion('untold', 2))],
    ['one conversion less', measures(1, conversion('approved'))],
  ])('only if nothing differs, as %s does', (_, changed) => {
    expect(given(known).when(observe({ key: key('a'), measures: changed }))).toMatchObject([
      { type: 'MetricsRestated' },
    ])
  })
})

describe('a row is known by its whole key', () => {
  test.each<[string, MetricsKey]>([
    ['campaign', key('b')],
    ['ad set', key('a', { adSetId: '1' })],
    ['ad', key('a', { adId: '1' })],
    ['breakdown', key('a', { breakdown: { age: '30-34' } })],
    ['value of a breakdown', key('a', { breakdown: { age: '35-39' } })],
    ['attribution window', key('a', { attributionWindow: '7d_click' })],
  ])('another %s is another row', (_, other) => {
    const first = { key: key('a', { breakdown: {} }), measures: measures(1) }
    expect(given(observe(first)).when(observe({ key: other, measures: measures(1) }))).toMatchObject([
      { type: 'MetricsObserved' },
    ])
  })

  test('the order of a breakdown does not matter', () => {
    const one = key('a', { breakdown: { age: '30-34', gender: 'M' } })
    const other = key('a', { breakdown: { gender: 'M', age: '30-34' } })
    expect(metricsRowId(one)).toBe(metricsRowId(other))
  })
})

describe('size', () => {
  const manyConversions = Array.from({ length: 20 }, (_, n) => conversion(`Käufe im Geschäft ${n}`))
  const page = Array.from({ length: 5_000 }, (_, n) => reading(`campaign ${n}`, n, ...manyConversions))
  const sizeOf = (event: { data: object }) => Buffer.byteLength(JSON.stringify(event.data))

  test('no event is larger than 100 KB, and what is appended at once is less than 1 MiB', () => {
    const first = eventsOf(given().when(observe(...page)))
    expect(first).toHaveLength(maxEventsAtOnce)
    for (const event of first.map(storedAndRead)) expect(sizeOf(event)).toBeLessThanOrEqual(maxEventBytes)
    expect(Math.max(...first.map(sizeOf))).toBeGreaterThan(maxEventBytes - 2_000)
    expect(first.reduce((sum, event) => sum + sizeOf(event) + 1_000, 0)).toBeLessThan(1_048_576)
  })

  test('observing again goes on until all is said, nothing twice', () => {
    const command = observe(...page)
    let day = adAccountDay.initial
    let said = 0
    while (!saysAll(day, page)) {
      const events = eventsOf(adAccountDay.decide(command, day))
      expect(events.length).toBeGreaterThan(0)
      said += events.reduce((sum, { data }) => sum + data.rows.length, 0)
      day = events.reduce(adAccountDay.evolve, day)
    }
    expect(said).toBe(page.length)
    expect(adAccountDay.decide(command, day)).toEqual([])
  })
})

describe('whatever is read, in whatever order', () => {
  const figures = fc.record({
    impressions: fc.integer({ min: 0, max: 2 }),
    clicks: fc.constantFrom(0, Number.MAX_SAFE_INTEGER),
    spendMicros: fc.integer({ min: 0, max: 1 }),
    conversions: fc.uniqueArray(
      fc.record({
        type: fc.constantFrom('approved', 'total', 'purchase'),
        countMicros: fc.integer({ min: 0, max: 1 }),
        valueMicros: fc.integer({ min: 0, max: 1 }),
      }),
      { selector: ({ type }) => type },
    ),
  })
  const keys = fc.constantFrom(
    key('a'),
    key('b'),
    key('a', { adId: '1' }),
    key('a', { breakdown: { age: '30-34' } }),
    key('a', { breakdown: { gender: 'M', age: '30-34' } }),
    key('a', { breakdown: { age: '30-34', gender: 'M' } }),
  )
  const rows = fc.uniqueArray(fc.record({ key: keys, measures: figures }), { selector: (row) => metricsRowId(row.key) })
  const pages = rows.map((page) => observe(...page))
  const anyPages = fc
    .array(fc.record({ key: keys, measures: figures }), { maxLength: 6 })
    .map((page) => observe(...page))

  testDeciderLaws(adAccountDay, fc.oneof({ arbitrary: pages, weight: 4 }, anyPages))

  test('a page is refused only for a row that comes twice', () => {
    fc.assert(
      fc.property(anyPages, (page) => {
        const distinct = new Set(page.rows.map((row) => metricsRowId(row.key)))
        expect(isRefusal(given().when(page))).toBe(distinct.size < page.rows.length)
      }),
    )
  })

  test('what is known in the end is the last reading of each row', () => {
    fc.assert(
      fc.property(fc.array(pages), (history) => {
        const last = new Map(history.flatMap((page) => page.rows.map((row) => [metricsRowId(row.key), row] as const)))
        const day = after(...history)
        expect([...day.rows.keys()].toSorted()).toEqual([...last.keys()].toSorted())
        expect(saysAll(day, [...last.values()])).toBe(true)
      }),
    )
  })

  test('as many rows are observed and restated as readings differ from the one before, and each says what was before', () => {
    fc.assert(
      fc.property(fc.array(pages), (history) => {
        const known = new Map<string, string>()
        const text = ({ conversions, ...rest }: Measures) =>
          JSON.stringify([rest, conversions.toSorted((one, other) => (one.type < other.type ? -1 : 1))])
        for (const { command, decision } of live(adAccountDay, history)) {
          const changed = command.rows.filter((row) => known.get(metricsRowId(row.key)) !== text(row.measures))
          const told = eventsOf(decision).flatMap<Reading & { before?: Measures }>((event) =>
            event.type === 'MetricsObserved'
              ? event.data.rows
              : event.data.rows.map((row) => ({ key: row.key, measures: row.after, before: row.before })),
          )
          expect(told.map((row) => metricsRowId(row.key)).toSorted()).toEqual(
            changed.map((row) => metricsRowId(row.key)).toSorted(),
          )
          for (const row of told) {
            expect(row.before && text(row.before)).toBe(known.get(metricsRowId(row.key)))
            known.set(metricsRowId(row.key), text(row.measures))
          }
        }
      }),
    )
  })
})
