import { randomUUID } from 'node:crypto'
import { AdAccountId, CalendarDate, CampaignId, ClientId, type Measures, type MetricsKey } from '@bizosaas/schemas'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { openWorld, type Who, type World } from '../testing/world.ts'

let world: World
beforeAll(async () => {
  world = await openWorld()
})
afterAll(() => world.close())

const account = () => AdAccountId.parse(randomUUID())

const key = (platformCampaignId: string, more: Partial<MetricsKey> = {}): MetricsKey => ({
  platformCampaignId,
  adSetId: null,
  adId: null,
  breakdown: {},
  attributionWindow: 'default',
  ...more,
})
const measures = (
  impressions: number,
  clicks = 0,
  spendMicros = 0,
  conversions: Measures['conversions'] = [],
): Measures => ({
  impressions,
  clicks,
  spendMicros,
  conversions,
})

interface Day {
  readonly adAccountId: AdAccountId
  readonly date: string
  readonly currency?: string
}

function observe(who: Who, { adAccountId, date, currency = 'USD' }: Day, rows: [MetricsKey, Measures][]) {
  const data = {
    adAccountId,
    clientId: who.clientId,
    platform: 'meta',
    currency,
    date: CalendarDate.parse(date),
  } as const
  const readings = rows.map(([key, measures]) => ({ key, measures }))
  return world.record('MetricsObserved', `${adAccountId}:${date}`, { ...data, rows: readings }, who)
}

function restate(who: Who, { adAccountId, date, currency = 'USD' }: Day, rows: [MetricsKey, Measures, Measures][]) {
  const data = {
    adAccountId,
    clientId: who.clientId,
    platform: 'meta',
    currency,
    date: CalendarDate.parse(date),
  } as const
  const restatements = rows.map(([key, before, after]) => ({ key, before, after }))
  return world.record('MetricsRestated', `${adAccountId}:${date}`, { ...data, rows: restatements }, who)
}

const metrics = async (token: string, query = '') => (await world.ask(`/v1/metrics?${query}`, token)).body

describe('figures', () => {
  test('are added up by what one groups by, and name the campaign that is linked to those of the platform', async () => {
    const who = world.newTenant()
    const adAccountId = account()
    const campaignId = CampaignId.parse(randomUUID())
    world.record(
      'CampaignCreated',
      campaignId,
      { campaignId, clientId: who.clientId, name: 'Spring', objective: null },
      who,
    )
    world.record('CampaignLinked', campaignId, { campaignId, adAccountId, platformCampaignId: '916' }, who)
    const sale = { type: 'purchase', countMicros: 2_500_000, valueMicros: 99_990_000 }
    observe(who, { adAccountId, date: '2023-08-01' }, [
      [key('916', { adId: '1' }), measures(1000, 10, 5_000_000, [sale])],
      [key('916', { adId: '2' }), measures(3000, 10, 2_500_000)],
      [key('936'), measures(500, 0, 0)],
    ])
    observe(who, { adAccountId, date: '2023-08-02' }, [[key('916', { adId: '1' }), measures(1, 1, 1)]])
    await world.settle()
    const token = world.bearer(who)

    const { rows, totals } = await metrics(token, 'groupBy=campaign,day')
    expect(rows).toHaveLength(3)
    expect(rows[1]).toEqual({
      campaign: { id: campaignId, name: 'Spring', state: 'draft' },
      platformCampaignId: '916',
      adAccountId,
      day: '2023-08-01',
      impressions: 4000,
      clicks: 20,
      spend: { amount: '7.50', currency: 'USD' },
      ctr: 0.005,
      cpc: { amount: '0.375', currency: 'USD' },
      cpm: { amount: '1.875', currency: 'USD' },
      conversions: [
        {
          type: 'purchase',
          count: '2.5',
          revenue: { amount: '99.99', currency: 'USD' },
          cpa: { amount: '3.00', currency: 'USD' },
          cvr: 0.125,
          roas: 13.332,
        },
      ],
      provisional: false,
    })
    expect(rows[0]).toMatchObject({ campaign: null, platformCampaignId: '936', day: '2023-08-01', ctr: 0, cpc: null })
    expect(totals).toMatchObject([{ impressions: 4501, clicks: 21, spend: { amount: '7.500001', currency: 'USD' } }])

    expect((await metrics(token, `campaignId=${campaignId}&from=2023-08-02&to=2023-08-02`)).totals).toMatchObject([
      { impressions: 1 },
    ])
    expect((await metrics(token, 'groupBy=day&to=2023-08-01')).rows).toMatchObject([
      { day: '2023-08-01', impressions: 4500 },
    ])
    expect((await metrics(token, 'groupBy=platform,account,client')).rows).toMatchObject([
      { platform: 'meta', adAccountId, clientId: who.clientId, impressions: 4501 },
    ])
    expect((await metrics(token)).rows).toEqual([])
    expect((await metrics(token, 'from=2024-01-01')).totals).toEqual([])
  })

  test('in different currencies are never added', async () => {
    const who = world.newTenant()
    observe(who, { adAccountId: account(), date: '2023-08-01', currency: 'USD' }, [
      [key('1'), measures(1, 1, 1_000_000)],
    ])
    observe(who, { adAccountId: account(), date: '2023-08-01', currency: 'EUR' }, [
      [key('1'), measures(2, 2, 2_000_000)],
    ])
    await world.settle()
    const { rows, totals } = await metrics(world.bearer(who), 'groupBy=day')
    const amounts = [{ spend: { amount: '2.00', currency: 'EUR' } }, { spend: { amount: '1.00', currency: 'USD' } }]
    expect(rows).toMatchObject(amounts)
    expect(totals).toMatchObject(amounts)
  })

  test('beyond all floats and 64 bits are exact', async () => {
    const who = world.newTenant()
    const most = Number.MAX_SAFE_INTEGER
    const rows = Array.from({ length: 1100 }, (_, n): [MetricsKey, Measures] => [
      key('1', { adId: `${n}` }),
      measures(most, 1, most, [{ type: 'total', countMicros: most, valueMicros: most }]),
    ])
    observe(who, { adAccountId: account(), date: '2023-08-01' }, rows)
    await world.settle()
    const answer = await fetch(`${world.url}/v1/metrics`, { headers: { authorization: `Bearer ${world.bearer(who)}` } })
    const text = await answer.text()
    expect(text).toContain(`"impressions":${BigInt(most) * 1100n},`)
    expect(text).toContain('"spend":{"amount":"9907919180215.0901","currency":"USD"}')
    expect(text).toContain('"count":"9907919180215.0901"')
  })

  test('of a day that is read at several levels and windows count once: the default window, the coarsest level', async () => {
    const who = world.newTenant()
    const day = { adAccountId: account(), date: '2023-08-01' }
    observe(who, day, [
      [key('1', { adId: 'a', breakdown: { age: '18-24' } }), measures(60)],
      [key('1', { adId: 'a', breakdown: { age: '25-34' } }), measures(40)],
      [key('1', { adId: 'a' }), measures(101)],
      [key('1'), measures(102)],
      [key('1', { attributionWindow: '1d_view' }), measures(103)],
      [key('2', { adId: 'b', breakdown: { age: '18-24' } }), measures(1)],
      [key('2', { adId: 'b', breakdown: { age: '25-34' } }), measures(2)],
      [key('2', { adId: 'b', breakdown: { age: '25-34', gender: 'F' } }), measures(4)],
    ])
    await world.settle()
    const { rows, totals } = await metrics(world.bearer(who), 'groupBy=campaign')
    expect(rows).toMatchObject([
      { platformCampaignId: '1', impressions: 102 },
      { platformCampaignId: '2', impressions: 3 },
    ])
    expect(totals).toMatchObject([{ impressions: 105 }])
  })

  test('of more groups than one answer holds are refused with what to narrow', async () => {
    const who = world.newTenant()
    const rows = Array.from({ length: 10_001 }, (_, n): [MetricsKey, Measures] => [key(`${n}`), measures(1)])
    observe(who, { adAccountId: account(), date: '2023-08-01' }, rows)
    await world.settle()
    const { status, body } = await world.ask('/v1/metrics?groupBy=campaign', world.bearer(who))
    expect([status, body.detail]).toEqual([422, expect.stringContaining('narrow from and to')])
    expect((await metrics(world.bearer(who), 'groupBy=day')).rows).toMatchObject([{ impressions: 10_001 }])
  })

  test('are provisional until they are older than the window in which the platform restates', async () => {
    const who = world.newTenant()
    const adAccountId = account()
    const daysAgo = (days: number) => new Date(Date.now() - days * 86_400_000).toISOString().slice(0, 10)
    const [young, old] = [daysAgo(28), daysAgo(29)]
    observe(who, { adAccountId, date: young }, [[key('1'), measures(1)]])
    observe(who, { adAccountId, date: old }, [[key('1'), measures(1)]])
    await world.settle()
    const { rows, totals } = await metrics(world.bearer(who), 'groupBy=day')
    expect(rows.map(({ day, provisional }: { day: string; provisional: boolean }) => [day, provisional])).toEqual([
      [old, false],
      [young, true],
    ])
    expect(totals).toMatchObject([{ provisional: true }])
  })
})

describe('figures as known at an instant', () => {
  test('are those before a restatement, and name the position that they stand on', async () => {
    const who = world.newTenant()
    const day = { adAccountId: account(), date: '2023-08-01' }
    const [first, second] = [measures(100, 1, 1_000_000), measures(90, 2, 1_500_000)]
    const token = world.bearer(who)

    const beforeAll = world.tick()
    const observed = observe(who, day, [[key('1'), first]])
    await world.settle()
    const between = world.tick()
    const restated = restate(who, day, [[key('1'), first, second]])
    await world.settle()

    const now = await metrics(token)
    expect(now.totals).toMatchObject([{ impressions: 90, clicks: 2, spend: { amount: '1.50' } }])
    expect(now.asOf.position).toBe(restated.position)

    const then = await metrics(token, `asOf=${between}`)
    expect(then.totals).toMatchObject([{ impressions: 100, clicks: 1, spend: { amount: '1.00' } }])
    expect(then.asOf.position).toBe(observed.position)

    const offset = between.replace('Z', encodeURIComponent('+00:00'))
    expect((await metrics(token, `asOf=${offset}`)).totals).toEqual(then.totals)
    expect((await metrics(token, `asOf=${beforeAll}`)).totals).toEqual([])
    expect(await metrics(token, 'asOf=1999-01-01T00:00:00Z')).toMatchObject({
      totals: [],
      asOf: { position: null, instant: null },
    })
  })

  test('equal a fold of what was recorded up to there, for any history', async () => {
    const reading = fc.record({
      campaign: fc.constantFrom('1', '2'),
      ad: fc.constantFrom('a', 'b', 'c'),
      date: fc.constantFrom('2023-08-01', '2023-08-02'),
      impressions: fc.nat(1000),
      spendMicros: fc.nat(10_000_000),
      countMicros: fc.nat(5_000_000),
    })
    const history = fc.array(fc.array(reading, { minLength: 1, maxLength: 4 }), { minLength: 1, maxLength: 8 })
    await fc.assert(
      fc.asyncProperty(history, async (pages) => {
        const who = world.newTenant()
        const adAccountId = account()
        const known = new Map<string, { impressions: number; spendMicros: number }>()
        const expected = []
        for (const page of pages) {
          for (const { campaign, ad, date, impressions, spendMicros, countMicros } of page) {
            const conversions = [{ type: 'total', countMicros, valueMicros: 0 }]
            const now: [MetricsKey, Measures] = [
              key(campaign, { adId: ad }),
              { impressions, clicks: 0, spendMicros, conversions },
            ]
            observe(who, { adAccountId, date }, [now])
            known.set(`${campaign} ${ad} ${date}`, { impressions, spendMicros })
          }
          await world.settle()
          const sum = [...known.values()].reduce((a, b) => ({
            impressions: a.impressions + b.impressions,
            spendMicros: a.spendMicros + b.spendMicros,
          }))
          expected.push({ at: world.tick(), ...sum })
        }
        for (const { at, impressions, spendMicros } of expected) {
          const [totals] = (await metrics(world.bearer(who), `asOf=${at}`)).totals
          expect(totals.impressions).toBe(impressions)
          expect(Math.round(Number(totals.spend.amount) * 1e6)).toBe(spendMicros)
        }
      }),
      { numRuns: 5 },
    )
  }, 60_000)
})

describe('what a sender sees of figures', () => {
  test('is of its own tenant, and of its own client where the token names one', async () => {
    const [ours, theirs] = [world.newTenant(), world.newTenant()]
    const otherClient = { ...ours, clientId: ClientId.parse(randomUUID()) }
    observe(ours, { adAccountId: account(), date: '2023-08-01' }, [[key('1'), measures(1)]])
    observe(otherClient, { adAccountId: account(), date: '2023-08-01' }, [[key('1'), measures(10)]])
    observe(theirs, { adAccountId: account(), date: '2023-08-01' }, [[key('1'), measures(100)]])
    await world.settle()
    const seen = async (who: { tenantId: string; clientId?: string }) =>
      (await metrics(world.bearer(who))).totals[0].impressions
    expect(await seen({ tenantId: ours.tenantId })).toBe(11)
    expect(await seen(ours)).toBe(1)
    expect(await seen(otherClient)).toBe(10)
    expect(await seen(theirs)).toBe(100)
  })

  test("does not include another tenant's or client's campaign", async () => {
    const [ours, theirs] = [world.newTenant(), world.newTenant()]
    const campaignId = CampaignId.parse(randomUUID())
    world.record(
      'CampaignCreated',
      campaignId,
      { campaignId, clientId: theirs.clientId, name: 'X', objective: null },
      theirs,
    )
    await world.settle()
    const status = async (who: Who) =>
      (await world.ask(`/v1/metrics?campaignId=${campaignId}`, world.bearer(who))).status
    expect(await status(theirs)).toBe(200)
    expect(await status(ours)).toBe(404)
    expect(await status({ ...theirs, clientId: ours.clientId })).toBe(404)
    expect((await world.ask('/v1/metrics', world.bearer(ours, ['operator']))).status).toBe(403)
  })

  test.each([
    ['groupBy=month', '/groupBy/0'],
    ['groupBy=day,day', '/groupBy'],
    ['from=2023-02-30', '/from'],
    ['from=2023-08-02&to=2023-08-01', '/to'],
    ['campaignId=916', '/campaignId'],
    ['asOf=yesterday', '/asOf'],
  ])('%s is refused with the parameter at fault', async (query, pointer) => {
    const { status, body } = await world.ask(`/v1/metrics?${query}`, world.bearer(world.newTenant()))
    expect(status).toBe(422)
    expect(body.errors[0]).toMatchObject({ in: 'query', pointer })
  })
})
