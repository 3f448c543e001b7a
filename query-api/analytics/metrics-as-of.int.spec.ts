import { adMetrics } from '@bizosaas/projections/analytics/ad-metrics/ad-metrics.ts'
import { campaignList } from '@bizosaas/projections/campaigns/campaign-list/campaign-list.ts'
import { Instant, instantOf, type Measures, type MetricsKey } from '@bizosaas/schemas'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { account, key, measures, metrics, observe, restate } from '../testing/figures.ts'
import { openWorld, type World } from '../testing/world.ts'

let world: World
beforeAll(async () => {
  world = await openWorld()
})
afterAll(() => world.close())

/** The instant, so many microseconds later. */
const later = (instant: Instant, micros: number) => Instant.parse(instant.replace(/.Z$/, `${micros}Z`))

async function impressions(token: string, asOf: Instant, after?: { readonly token: string }) {
  const { totals } = await metrics(world, token, `asOf=${asOf}${after ? `&after=${after.token}` : ''}`)
  return totals.map((each: { impressions: number }) => each.impressions)
}

describe('figures as known at an instant', () => {
  test('are those before a restatement, and name the position that they stand on', async () => {
    const who = world.newTenant()
    const day = { adAccountId: account(), date: '2023-08-01' }
    const [first, second] = [measures(100, 1, 1_000_000), measures(90, 2, 1_500_000)]
    const token = world.bearer(who)

    const beforeAll = world.tick()
    const observed = observe(world, who, day, [[key('1'), first]])
    await world.settle()
    const between = world.tick()
    const restated = restate(world, who, day, [[key('1'), first, second]])
    await world.settle()

    const now = await metrics(world, token)
    expect(now.totals).toMatchObject([{ impressions: 90, clicks: 2, spend: { amount: '1.50' } }])
    expect(now.asOf.position).toBe(restated.position)

    const then = await metrics(world, token, `asOf=${between}`)
    expect(then.totals).toMatchObject([{ impressions: 100, clicks: 1, spend: { amount: '1.00' } }])
    expect(then.asOf.position).toBe(observed.position)

    const offset = between.replace('Z', encodeURIComponent('+00:00'))
    expect((await metrics(world, token, `asOf=${offset}`)).totals).toEqual(then.totals)
    expect((await metrics(world, token, `asOf=${beforeAll}`)).totals).toEqual([])
    expect(await metrics(world, token, 'asOf=1829-01-01T00:00:00Z')).toMatchObject({
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
            observe(world, who, { adAccountId, date }, [now])
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
          const [totals] = (await metrics(world, world.bearer(who), `asOf=${at}`)).totals
          expect(totals.impressions).toBe(impressions)
          expect(Math.round(Number(totals.spend.amount) * 1e6)).toBe(spendMicros)
        }
      }),
      { numRuns: 5 },
    )
  }, 60_000)

  test('tell two readings apart that one row of the ledger covers, to the microsecond', async () => {
    const who = world.newTenant()
    const day = { adAccountId: account(), date: '2023-08-01' }
    const before = world.tick()
    const [first, between, second] = [later(before, 1), later(before, 2), later(before, 3)]
    observe(world, who, day, [[key('1'), measures(100)]], first)
    restate(world, who, day, [[key('1'), measures(100), measures(90)]], second)
    await world.settle()
    const token = world.bearer(who)
    expect(await impressions(token, before)).toEqual([])
    expect(await impressions(token, first)).toEqual([100])
    expect(await impressions(token, between)).toEqual([100])
    expect(await impressions(token, second)).toEqual([90])
  })

  test('hold a reading that stands behind something recorded later', async () => {
    const [who, other] = [world.newTenant(), world.newTenant()]
    const [early, between, late] = [world.tick(), world.tick(), world.tick()]
    const day = { adAccountId: account(), date: '2023-08-01' }
    observe(world, other, { ...day, adAccountId: account() }, [[key('1'), measures(1)]], late)
    await world.settle()
    observe(world, who, day, [[key('1'), measures(100)]], early)
    await world.settle()
    expect(await impressions(world.bearer(who), between)).toEqual([100])
    expect(await impressions(world.bearer(other), between)).toEqual([])
  })

  test('are final when something from well after it is published, and stay as they are', async () => {
    const who = world.newTenant()
    const day = { adAccountId: account(), date: '2023-08-01' }
    const token = world.bearer(who)
    const [straggling, instant] = [world.tick(), world.tick()]
    observe(world, who, day, [[key('1'), measures(100)]], instant)
    await world.settle()
    const first = await metrics(world, token, `asOf=${instant}`)
    expect(first).toMatchObject({ totals: [{ impressions: 100 }], asOf: { final: false } })

    observe(world, who, day, [[key('2'), measures(1)]], straggling)
    for (let seconds = 0; seconds <= 60; seconds++) world.tick()
    observe(world, who, day, [[key('3'), measures(10)]])
    await world.settle()
    const settled = await metrics(world, token, `asOf=${instant}`)
    expect(settled).toMatchObject({ totals: [{ impressions: 101 }], asOf: { final: true } })

    observe(world, who, day, [[key('3'), measures(20)]])
    await world.settle()
    expect(await metrics(world, token, `asOf=${instant}`)).toEqual(settled)
  })

  test('of an instant that is hardly over are told only when the relay has had the time to publish it', async () => {
    const instant = Instant.now()
    expect((await world.ask(`/v1/metrics?asOf=${instant}`, world.bearer(world.newTenant()))).status).toBe(200)
    // A timer may come a little early.
    expect(Date.now() - Date.parse(instant)).toBeGreaterThan(990)
  })

  test('of an instant to come are refused', async () => {
    const tomorrow = instantOf(new Date(Date.now() + 86_400_000))
    const { status, body } = await world.ask(`/v1/metrics?asOf=${tomorrow}`, world.bearer(world.newTenant()))
    expect([status, body.errors[0].pointer]).toEqual([422, '/asOf'])
  })

  test('wait for what a token names, and hold it only if it was recorded by then', async () => {
    const who = world.newTenant()
    const day = { adAccountId: account(), date: '2023-08-01' }
    const token = world.bearer(who)
    const instant = world.tick()
    const first = observe(world, who, day, [[key('1'), measures(100)]], instant)
    // Applied although no row of the ledger tells of it yet.
    await world.apply(adMetrics, campaignList)
    expect(await impressions(token, instant, first)).toEqual([100])

    const second = restate(world, who, day, [[key('1'), measures(100), measures(90)]])
    const early = await world.askOnce(`/v1/metrics?asOf=${instant}&after=${second.token}`, token)
    expect(early.status).toBe(503)
    await world.settle()
    expect(await impressions(token, instant, second)).toEqual([100])
    expect(await impressions(token, world.tick(), second)).toEqual([90])
  })
})
