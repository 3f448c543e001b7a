import { randomUUID } from 'node:crypto'
import { CampaignId, ClientId, type Measures, type MetricsKey } from '@bizosaas/schemas'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { account, key, measures, metrics, observe } from '../testing/figures.ts'
import { openWorld, type Sender, type Who, type World } from '../testing/world.ts'

let world: World
beforeAll(async () => {
  world = await openWorld()
})
afterAll(() => world.close())

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
    observe(world, who, { adAccountId, date: '2023-08-01' }, [
      [key('916', { adId: '1' }), measures(1000, 10, 5_000_000, [sale])],
      [key('916', { adId: '2' }), measures(3000, 10, 2_500_000)],
      [key('936'), measures(500, 0, 0)],
    ])
    observe(world, who, { adAccountId, date: '2023-08-02' }, [[key('916', { adId: '1' }), measures(1, 1, 1)]])
    await world.settle()
    const token = world.bearer(who)

    const { rows, totals } = await metrics(world, token, 'groupBy=campaign,day')
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

    expect(
      (await metrics(world, token, `campaignId=${campaignId}&from=2023-08-02&to=2023-08-02`)).totals,
    ).toMatchObject([{ impressions: 1 }])
    expect((await metrics(world, token, 'groupBy=day&to=2023-08-01')).rows).toMatchObject([
      { day: '2023-08-01', impressions: 4500 },
    ])
    expect((await metrics(world, token, 'groupBy=platform,account,client')).rows).toMatchObject([
      { platform: 'meta', adAccountId, clientId: who.clientId, impressions: 4501 },
    ])
    expect((await metrics(world, token)).rows).toEqual([])
    expect((await metrics(world, token, 'from=2024-01-01')).totals).toEqual([])
  })

  test('in different currencies are never added', async () => {
    const who = world.newTenant()
    observe(world, who, { adAccountId: account(), date: '2023-08-01', currency: 'USD' }, [
      [key('1'), measures(1, 1, 1_000_000)],
    ])
    observe(world, who, { adAccountId: account(), date: '2023-08-01', currency: 'EUR' }, [
      [key('1'), measures(2, 2, 2_000_000)],
    ])
    await world.settle()
    const { rows, totals } = await metrics(world, world.bearer(who), 'groupBy=day')
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
    observe(world, who, { adAccountId: account(), date: '2023-08-01' }, rows)
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
    observe(world, who, day, [
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
    const { rows, totals } = await metrics(world, world.bearer(who), 'groupBy=campaign')
    expect(rows).toMatchObject([
      { platformCampaignId: '1', impressions: 102 },
      { platformCampaignId: '2', impressions: 3 },
    ])
    expect(totals).toMatchObject([{ impressions: 105 }])
  })

  test('of more groups than one answer holds are refused with what to narrow', async () => {
    const who = world.newTenant()
    const rows = Array.from({ length: 10_001 }, (_, n): [MetricsKey, Measures] => [key(`${n}`), measures(1)])
    observe(world, who, { adAccountId: account(), date: '2023-08-01' }, rows)
    await world.settle()
    const { status, body } = await world.ask('/v1/metrics?groupBy=campaign', world.bearer(who))
    expect([status, body.detail]).toEqual([422, expect.stringContaining('narrow from and to')])
    expect((await metrics(world, world.bearer(who), 'groupBy=day')).rows).toMatchObject([{ impressions: 10_001 }])
  })

  test('are provisional until they are older than the window in which the platform restates', async () => {
    const who = world.newTenant()
    const adAccountId = account()
    const daysAgo = (days: number) => new Date(Date.now() - days * 86_400_000).toISOString().slice(0, 10)
    const [young, old] = [daysAgo(28), daysAgo(29)]
    observe(world, who, { adAccountId, date: young }, [[key('1'), measures(1)]])
    observe(world, who, { adAccountId, date: old }, [[key('1'), measures(1)]])
    await world.settle()
    const { rows, totals } = await metrics(world, world.bearer(who), 'groupBy=day')
    expect(rows.map(({ day, provisional }: { day: string; provisional: boolean }) => [day, provisional])).toEqual([
      [old, false],
      [young, true],
    ])
    expect(totals).toMatchObject([{ provisional: true }])
  })
})

describe('what a sender sees of figures', () => {
  test('is of its own tenant, and of the clients that the token names', async () => {
    const [ours, theirs] = [world.newTenant(), world.newTenant()]
    const otherClient = { ...ours, clientId: ClientId.parse(randomUUID()) }
    observe(world, ours, { adAccountId: account(), date: '2023-08-01' }, [[key('1'), measures(1)]])
    observe(world, otherClient, { adAccountId: account(), date: '2023-08-01' }, [[key('1'), measures(10)]])
    observe(world, theirs, { adAccountId: account(), date: '2023-08-01' }, [[key('1'), measures(100)]])
    await world.settle()
    const seen = async (who: Sender) => (await metrics(world, world.bearer(who))).totals[0].impressions
    expect(await seen({ tenantId: ours.tenantId })).toBe(11)
    expect(await seen(ours)).toBe(1)
    expect(await seen(otherClient)).toBe(10)
    const { tenantId, clientId } = ours
    expect(await seen({ tenantId, clientIds: [clientId, theirs.clientId] })).toBe(1)
    expect(await seen({ tenantId, clientIds: [otherClient.clientId, clientId] })).toBe(11)
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
