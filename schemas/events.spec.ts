import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { arbitraryOf } from './arbitrary.ts'
import {
  AdAccountId,
  CalendarDate,
  CampaignId,
  ClientId,
  canonical,
  decode,
  type EventData,
  encode,
  encodeStored,
  eventTypes,
  fromStored,
  InvalidEvent,
  type MetricsObserved,
  schemaOf,
  UnknownEvent,
  UnreadableEvent,
} from './index.ts'

const campaignId = CampaignId.parse('01989a3c-6f00-7cc1-9d6e-2b1f0c4d5e02')
const observed: MetricsObserved = {
  adAccountId: AdAccountId.parse('01989a3c-6f00-7cc1-9d6e-2b1f0c4d5e01'),
  clientId: ClientId.parse('01989a3c-6f00-7cc1-9d6e-2b1f0c4d5e03'),
  platform: 'meta',
  currency: 'USD',
  date: CalendarDate.parse('2026-01-31'),
  rows: [
    {
      key: {
        platformCampaignId: '916',
        adSetId: null,
        adId: '708746',
        breakdown: { gender: 'M', age: '30-34' },
        attributionWindow: 'default',
      },
      measures: { impressions: 7350, clicks: 1, spendMicros: 1_430_000, conversions: [] },
    },
  ],
}

describe.each(eventTypes)('%s', (type) => {
  const { version } = schemaOf(type)
  const anyData = arbitraryOf(type) as fc.Arbitrary<EventData[typeof type]>

  test('reads back exactly what was written', () => {
    fc.assert(
      fc.property(anyData, (data) => {
        expect(decode(type, version, encode(type, data))).toStrictEqual({ type, data })
      }),
    )
  })

  test('is the same in memory, as JSON and as Avro', () => {
    fc.assert(
      fc.property(anyData, (data) => {
        const stored = canonical(type, data)
        const json = JSON.parse(JSON.stringify(stored))
        expect(canonical(type, stored)).toStrictEqual(stored)
        expect(json).toStrictEqual(stored)
        expect(structuredClone(stored)).toStrictEqual(stored)
        expect(fromStored(type, version, json)).toStrictEqual({ type, data: stored })
        expect(encodeStored(type, version, json)).toEqual(encode(type, data))
      }),
    )
  })

  test('is not read from fewer or more bytes than were written', () => {
    fc.assert(
      fc.property(anyData, fc.nat(), (data, cut) => {
        const bytes = encode(type, data)
        expect(() => decode(type, version, bytes.subarray(0, cut % bytes.length))).toThrow(UnreadableEvent)
        expect(() => decode(type, version, Buffer.concat([bytes, Buffer.of(0)]))).toThrow(UnreadableEvent)
      }),
    )
  })
})

test('bytes are those of the Avro specification', () => {
  const text = (value: string) => [value.length * 2, ...Buffer.from(value)]
  expect([...encode('ValueClaimed', { kind: 'ad-account', holder: 'me' })]).toEqual([
    ...text('ad-account'),
    ...text('me'),
  ])
  // Union branch 1; 20484 days, zigzag.
  const scheduled = { campaignId, startsOn: CalendarDate.parse('1969-12-31'), endsOn: CalendarDate.parse('2026-01-31') }
  expect([...encode('CampaignScheduled', scheduled)]).toEqual([...text(campaignId), 1, 2, 0x88, 0xc0, 0x02])
})

test('equal data gives equal bytes, however its maps are ordered', () => {
  const [row] = observed.rows
  if (!row) throw new Error('no row')
  const reordered = { ...observed, rows: [{ ...row, key: { ...row.key, breakdown: { age: '30-34', gender: 'M' } } }] }
  expect(encode('MetricsObserved', reordered)).toEqual(encode('MetricsObserved', observed))
  expect(JSON.stringify(canonical('MetricsObserved', reordered))).toBe(
    JSON.stringify(canonical('MetricsObserved', observed)),
  )
})

test('data that came from elsewhere gets the defaults of its schema', () => {
  const data = { campaignId } as EventData['CampaignPaused']
  expect(canonical('CampaignPaused', data)).toEqual({ campaignId, reason: null })
})

describe('data that a schema refuses names the event type, the path and the value', () => {
  const [row] = observed.rows
  const withMeasures = (measures: object) => ({
    ...observed,
    rows: [{ ...row, measures: { ...row?.measures, ...measures } }],
  })

  test.each([
    ['rows.0.measures.impressions', 10 ** 18, withMeasures({ impressions: 10 ** 18 })],
    ['rows.0.measures.clicks', 1.5, withMeasures({ clicks: 1.5 })],
    ['rows.0.measures.clicks', '1', withMeasures({ clicks: '1' })],
    ['rows.0.measures.clicks', undefined, withMeasures({ clicks: undefined })],
    ['rows.0.measures.conversions', {}, withMeasures({ conversions: {} })],
    ['rows.0.measures.ctr', 0.5, withMeasures({ ctr: 0.5 })],
    ['rows.0', null, { ...observed, rows: [null] }],
    ['date', '2026-02-30', { ...observed, date: '2026-02-30' }],
    ['platform', 'tiktok', { ...observed, platform: 'tiktok' }],
    ['', null, null],
  ])('%s: %p', (path, value, data) => {
    const write = () => encode('MetricsObserved', data as unknown as MetricsObserved)
    expect(write).toThrow(InvalidEvent)
    expect(write).toThrow(expect.objectContaining({ type: 'MetricsObserved', path, value }))
    expect(write).toThrow(`MetricsObserved${path && `.${path}`} must be`)
  })

  test('a map key that JavaScript cannot hold is refused, not lost', () => {
    const key = { ...row?.key, breakdown: JSON.parse('{"__proto__": "x"}') }
    const data = { ...observed, rows: [{ ...row, key }] } as MetricsObserved
    expect(() => encode('MetricsObserved', data)).toThrow('a map cannot have the key __proto__')
  })

  test('bytes that are no Base64', () => {
    const write = () => encode('Unreadable', { type: 'X', bytes: 'not base64!', error: '' })
    expect(write).toThrow("Unreadable.bytes must be Base64 text, not 'not base64!'")
  })

  test('stored data that is no object', () => {
    expect(() => fromStored('CampaignPaused', 1, null)).toThrow(InvalidEvent)
  })
})

test('a type or version that this release lacks says so', () => {
  expect(() => decode('CampaignTeleported', 1, Buffer.of())).toThrow('There is no event type CampaignTeleported.')
  expect(() => decode('CampaignPaused', 99, Buffer.of())).toThrow(
    'CampaignPaused has no version 99 here (known: 1). Deploy a release that has it.',
  )
  expect(() => fromStored('CampaignPaused', 99, {})).toThrow(UnknownEvent)
  expect(() => encodeStored('CampaignPaused', 0, {})).toThrow(UnknownEvent)
})

test('a schema is known by its context, category and subject', () => {
  expect(schemaOf('MetricsObserved')).toEqual({
    version: 1,
    versions: [1],
    subject: 'bizosaas.integrations.v1.MetricsObserved',
    context: 'integrations',
    category: 'adAccountDay',
  })
})
