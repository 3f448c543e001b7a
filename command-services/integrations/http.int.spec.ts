import { randomUUID } from 'node:crypto'
import { describe, expect, test } from '@jest/globals'
import { useService } from '../testing/service.ts'
import { start } from './start.ts'

const service = useService((config) => start({ ...config, INTEGRATIONS_PORT: 0, CLAIM_KEY: '5a'.repeat(32) }))
const { ask, clientId, eventsOf, eventCount } = service

const account = (more: object = {}) => ({
  clientId,
  platform: 'meta',
  externalId: randomUUID(),
  name: 'Outdoor',
  currency: 'USD',
  timeZone: 'Europe/Berlin',
  ...more,
})
const newAccount = async (more: object = {}) => {
  const { body } = await ask('POST', '/v1/ad-accounts', { body: account(more) })
  return String(body.id)
}
const row = (more: object = {}) => ({
  date: '2026-01-31',
  platformCampaignId: '916',
  adId: 'a',
  impressions: 1000,
  clicks: 80,
  spend: '25.10',
  conversions: [{ type: 'total', count: '4' }],
  ...more,
})
const observe = (id: string, rows: object[], more: object = {}) =>
  ask('POST', `/v1/ad-accounts/${id}/observations`, { body: { rows }, ...more })

describe('an ad account', () => {
  test('is registered once in a tenant, whoever tries', async () => {
    const body = account()
    const first = await ask('POST', '/v1/ad-accounts', { body })
    expect(first).toMatchObject({ status: 201, etag: '"0"', token: expect.stringMatching(/^events\.g1\.\d+\.\d+$/) })
    expect(first.headers.get('location')).toBeNull()
    const second = await ask('POST', '/v1/ad-accounts', { body: { ...body, name: 'Again' } })
    expect(second).toMatchObject({ status: 409, body: { kind: 'ad-account', holder: first.body.id } })
    const elsewhere = await ask('POST', '/v1/ad-accounts', { body: { ...body, platform: 'google' } })
    expect(elsewhere.status).toBe(201)
    const otherTenant = await ask('POST', '/v1/ad-accounts', { body, tenantId: randomUUID() })
    expect(otherTenant.status).toBe(201)
  })

  test('that another client has is not named to a sender of one client', async () => {
    const body = account()
    const { body: first } = await ask('POST', '/v1/ad-accounts', { body })
    const stranger = randomUUID()
    const theirs = await ask('POST', '/v1/ad-accounts', { body: { ...body, clientId: stranger }, clientId: stranger })
    expect(theirs).toMatchObject({ status: 409, body: { type: '/problems/value-taken', kind: 'ad-account' } })
    expect(JSON.stringify(theirs.body)).not.toContain(first.id)
    expect(await ask('POST', '/v1/ad-accounts', { body, clientId })).toMatchObject({ body: { holder: first.id } })
  })

  test('is answered as the first time when the request is repeated', async () => {
    const sent = { body: account(), headers: { 'idempotency-key': randomUUID() } }
    const first = await ask('POST', '/v1/ad-accounts', sent)
    const again = await ask('POST', '/v1/ad-accounts', sent)
    expect({ ...again, headers: null }).toEqual({ ...first, headers: null })
  })

  test('of many requests at once for the same one, one is registered', async () => {
    const body = account()
    const answers = await Promise.all(Array.from({ length: 8 }, () => ask('POST', '/v1/ad-accounts', { body })))
    expect(answers.map(({ status }) => status).sort()).toEqual([201, ...Array.from({ length: 7 }, () => 409)])
  })
})

describe('figures', () => {
  test('are observed, restated, or unchanged, and only what is new is recorded', async () => {
    const id = await newAccount()
    const both = [row(), row({ adId: 'b' })]
    expect(await observe(id, both)).toMatchObject({ status: 200, body: { observed: 2, restated: 0, unchanged: 0 } })
    expect(await observe(id, both)).toMatchObject({ body: { observed: 0, restated: 0, unchanged: 2 } })
    const changed = [row(), row({ adId: 'b', clicks: 79 }), row({ adId: 'c' })]
    expect(await observe(id, changed)).toMatchObject({ body: { observed: 1, restated: 1, unchanged: 1 } })
    const stored = (await eventsOf(`${id}:2026-01-31`)).map(({ type, bytes }) => [
      type,
      JSON.parse(Buffer.from(bytes).toString()).rows.length,
    ])
    expect(stored).toEqual([
      ['MetricsObserved', 2],
      ['MetricsObserved', 1],
      ['MetricsRestated', 1],
    ])
  })

  test('of several days are one stream and one event for each day', async () => {
    const id = await newAccount()
    const rows = ['2026-01-01', '2026-01-02', '2026-01-03'].flatMap((date) => [row({ date }), row({ date, adId: 'b' })])
    const answer = await observe(id, rows)
    expect(answer).toMatchObject({ body: { observed: 6 }, token: expect.stringMatching(/^observations\.g1\./) })
    const streams = (await eventsOf(id)).filter(({ type }) => type === 'MetricsObserved').map(({ stream }) => stream)
    expect(new Set(streams).size).toBe(3)
    expect(streams).toHaveLength(3)
  })

  test('that are sent again with their key are answered as the first time, also when others came between', async () => {
    const id = await newAccount()
    const headers = { 'idempotency-key': randomUUID() }
    const first = await observe(id, [row(), row({ date: '2026-01-30' })], { headers })
    await observe(id, [row({ clicks: 1 })])
    const again = await observe(id, [row(), row({ date: '2026-01-30' })], { headers })
    expect([again.status, again.body, again.token]).toEqual([first.status, first.body, first.token])
    const other = await observe(id, [row({ clicks: 2 })], { headers })
    expect(other).toMatchObject({ status: 422, body: { type: '/problems/key-reused' } })
  })

  test('that come with the key of others are refused, and none of them is recorded', async () => {
    const id = await newAccount()
    const headers = { 'idempotency-key': randomUUID() }
    await observe(id, [row()], { headers })
    const before = await eventCount()
    for (const rows of [[row({ date: '2026-01-30' }), row({ clicks: 2 })], [row({ date: '2026-01-29' })]]) {
      const other = await observe(id, rows, { headers })
      expect(other).toMatchObject({ status: 422, body: { type: '/problems/key-reused' } })
    }
    expect(await eventCount()).toBe(before)
  })

  test('of two syncs at once are all taken in, each row once', async () => {
    const id = await newAccount()
    const rows = Array.from({ length: 40 }, (_, n) => row({ adId: `${n}`, date: `2026-01-1${n % 10}` }))
    const answers = await Promise.all([observe(id, rows), observe(id, rows.toReversed())])
    expect(answers.map(({ status }) => status)).toEqual([200, 200])
    const sum = (field: string) => answers.reduce((total, { body }) => total + body[field], 0)
    expect([sum('observed'), sum('restated'), sum('unchanged')]).toEqual([40, 0, 40])
  })

  test('may say as much of a row as the bounds allow, in any script', async () => {
    const id = await newAccount()
    const long = (n: number, prefix = '') => prefix + '😀'.repeat(n - prefix.length)
    const fat = (count: string) =>
      row({
        platformCampaignId: long(200),
        adSetId: long(200),
        adId: long(200),
        breakdown: Object.fromEntries(Array.from({ length: 10 }, (_, n) => [`${n}`.padStart(64, 'a'), long(100)])),
        attributionWindow: long(100),
        conversions: Array.from({ length: 50 }, (_, n) => ({ type: long(100, `${n} `), count, value: count })),
      })
    expect(await observe(id, [fat('9007199254.740991')])).toMatchObject({ status: 200, body: { observed: 1 } })
    expect(await observe(id, [fat('9007199254.740990')])).toMatchObject({ status: 200, body: { restated: 1 } })
    for (const { bytes } of await eventsOf(`${id}:`)) expect(bytes.length).toBeLessThanOrEqual(100_000)
  })

  test('have no revision that could be matched', async () => {
    const id = await newAccount()
    expect(await observe(id, [row()], { headers: { 'if-match': '"0"' } })).toMatchObject({ status: 400 })
  })

  test('of a full page of one day are cut into events of at most 100 KB', async () => {
    const id = await newAccount()
    const rows = Array.from({ length: 5_000 }, (_, n) => row({ adId: `ad-${n}`, breakdown: { age: '30-34' } }))
    expect(await observe(id, rows)).toMatchObject({ status: 200, body: { observed: 5_000, restated: 0, unchanged: 0 } })
    const stored = await eventsOf(`${id}:2026-01-31`)
    expect(Math.max(...stored.map(({ bytes }) => bytes.length))).toBeLessThanOrEqual(100_000)
    expect(await observe(id, rows)).toMatchObject({ body: { unchanged: 5_000 } })
  })

  test('of an account that is another tenant’s, another client’s or nobody’s have no place', async () => {
    const id = await newAccount()
    const before = await eventCount()
    const answers = await Promise.all([
      observe(id, [row()], { tenantId: randomUUID() }),
      observe(id, [row()], { clientId: randomUUID() }),
      observe(randomUUID(), [row()]),
    ])
    expect(answers.map(({ status }) => status)).toEqual([404, 404, 404])
    expect(await observe(id, [row()], { roles: ['viewer'] })).toMatchObject({ status: 403 })
    expect(await eventCount()).toBe(before)
  })
})

describe('bad figures', () => {
  const bad: [what: string, rows: object[], pointer: string][] = [
    ['a date that does not exist', [row({ date: '2026-02-30' })], '/rows/0/date'],
    ['a day in the future', [row(), row({ date: '2999-01-01' })], '/rows/1/date'],
    ['a day before there were any', [row({ date: '1999-12-31' })], '/rows/0/date'],
    ['a row without a campaign', [row({ platformCampaignId: undefined })], '/rows/0/platformCampaignId'],
    ['a dimension that is no word', [row({ breakdown: { 'a b': 'x' } })], '/rows/0/breakdown/a b'],
    ['a negative spend', [row({ spend: '-1' })], '/rows/0/spend'],
    ['a negative conversion', [row({ conversions: [{ type: 't', count: '-1' }] })], '/rows/0/conversions/0/count'],
    ['a negative count', [row({ clicks: -1 })], '/rows/0/clicks'],
    ['a fraction of a count', [row({ impressions: 0.5 })], '/rows/0/impressions'],
    ['more than can be counted exactly', [row({ impressions: 10 ** 18 })], '/rows/0/impressions'],
    ['money with more digits than millionths', [row({ spend: '1.0000001' })], '/rows/0/spend'],
    ['money that is not text', [row({ spend: 1.5 })], '/rows/0/spend'],
    ['a field that nobody knows', [row({ likes: 1 })], '/rows/0/likes'],
    ['the same thing twice', [row(), row({ clicks: 1 })], '/rows/1'],
    [
      'a type of conversions twice',
      [row({ conversions: Array(2).fill({ type: 't', count: '1' }) })],
      '/rows/0/conversions',
    ],
    ['an empty page', [], '/rows'],
    ['a page of more than 5,000 rows', Array.from({ length: 5_001 }, (_, n) => row({ adId: `${n}` })), '/rows'],
  ]

  test.each(bad)('%s is refused by row and field, and nothing is recorded', async (_, rows, pointer) => {
    const id = await newAccount()
    const before = await eventCount()
    const answer = await observe(id, rows)
    expect(answer).toMatchObject({ status: 422, body: { type: '/problems/invalid' } })
    expect(answer.body.errors.map((error: { pointer: string }) => error.pointer)).toContain(pointer)
    expect(await eventCount()).toBe(before)
  })

  test.each([
    ['currency', { currency: 'XXZ' }],
    ['timeZone', { timeZone: 'Mars/Olympus' }],
    ['platform', { platform: 'myspace' }],
    ['externalId', { externalId: 'with space' }],
  ])('an account with a bad %s is refused', async (field, more) => {
    const answer = await ask('POST', '/v1/ad-accounts', { body: account(more) })
    expect(answer).toMatchObject({ status: 422, body: { errors: [{ pointer: `/${field}` }] } })
  })
})
