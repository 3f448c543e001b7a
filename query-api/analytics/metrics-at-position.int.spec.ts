import type { Measures, MetricsKey } from '@bizosaas/schemas'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { account, key, measures, metrics, observe, restate } from '../testing/figures.ts'
import { openWorld, type Who, type World } from '../testing/world.ts'

let world: World
beforeAll(async () => {
  world = await openWorld()
})
afterAll(() => world.close())

const day = () => ({ adAccountId: account(), date: '2023-08-01' })
const impressions = async (who: Who, position: number) =>
  (await metrics(world, world.bearer(who), `asOf=${position}`)).totals.map(
    (each: { impressions: number }) => each.impressions,
  )

describe('figures as known at a position', () => {
  test('hold what stands there and before, and nothing after it, whenever it was recorded', async () => {
    const who = world.newTenant()
    const on = day()
    const [early, late] = [world.tick(), world.tick()]
    const first = observe(world, who, on, [[key('1'), measures(100)]], late)
    const second = restate(world, who, on, [[key('1'), measures(100), measures(90)]], early)
    await world.settle()
    expect(await impressions(who, first.position - 1)).toEqual([])
    expect(await impressions(who, first.position)).toEqual([100])
    expect(await impressions(who, second.position - 1)).toEqual([100])
    expect(await impressions(who, second.position)).toEqual([90])
    const { asOf } = await metrics(world, world.bearer(who), `asOf=${second.position}`)
    expect(asOf).toEqual({ position: second.position, instant: late, final: true, parked: 0 })
    expect((await metrics(world, world.bearer(who), 'asOf=0')).asOf).toMatchObject({ position: 0, instant: null })
  })

  test('equal a fold of what stands up to there, at every position of any history', async () => {
    const page = fc.array(
      fc.record({
        campaign: fc.constantFrom('1', '2'),
        ad: fc.constantFrom('a', 'b'),
        impressions: fc.nat(1000),
        spendMicros: fc.nat(10_000_000),
      }),
      { minLength: 1, maxLength: 4 },
    )
    await fc.assert(
      fc.asyncProperty(fc.array(page, { minLength: 1, maxLength: 8 }), async (pages) => {
        const who = world.newTenant()
        const on = day()
        const known = new Map<string, Measures>()
        const expected = []
        for (const readings of pages) {
          const rows = readings.map(({ campaign, ad, impressions, spendMicros }): [MetricsKey, Measures] => [
            key(campaign, { adId: ad }),
            measures(impressions, 0, spendMicros),
          ])
          const { position } = observe(world, who, on, rows)
          for (const [{ platformCampaignId, adId }, figures] of rows)
            known.set(`${platformCampaignId} ${adId}`, figures)
          const sum = (of: (figures: Measures) => number) =>
            [...known.values()].reduce((sum, each) => sum + of(each), 0)
          expected.push({
            position,
            impressions: sum((each) => each.impressions),
            spend: sum((each) => each.spendMicros),
          })
        }
        await world.settle()
        for (const { position, impressions, spend } of expected) {
          const [totals] = (await metrics(world, world.bearer(who), `asOf=${position}`)).totals
          expect([totals.impressions, Math.round(Number(totals.spend.amount) * 1e6)]).toEqual([impressions, spend])
        }
      }),
      { numRuns: 5 },
    )
  }, 60_000)

  test('are waited for while the position is not published or not applied, and then put off with how far it is', async () => {
    const who = world.newTenant()
    const token = world.bearer(who)
    const { position } = observe(world, who, day(), [[key('1'), measures(100)]])
    const unpublished = await world.askOnce(`/v1/metrics?asOf=${position}`, token)
    expect([unpublished.status, unpublished.body.type]).toEqual([503, '/problems/not-yet-visible'])
    expect(unpublished.body.detail).toMatch(/^Position \d+ is not reached: /)

    const asked = world.askOnce(`/v1/metrics?asOf=${position}`, token)
    await world.publish()
    await world.settle()
    expect(await asked).toMatchObject({ status: 200, body: { totals: [{ impressions: 100 }] } })

    const next = restate(world, who, day(), [[key('1'), measures(100), measures(90)]])
    await world.publish()
    expect((await world.askOnce(`/v1/metrics?asOf=${next.position}`, token)).status).toBe(503)
  })

  test.each(['-1', '1.5', '1e3', '1234567890123456'])('%s is no position, and is refused', async (asOf) => {
    const { status, body } = await world.ask(`/v1/metrics?asOf=${asOf}`, world.bearer(world.newTenant()))
    expect([status, body.errors[0].pointer]).toEqual([422, '/asOf'])
    expect(body.errors[0].detail).toContain('or a position')
  })
})
