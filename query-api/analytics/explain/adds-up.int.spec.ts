import type { CampaignId } from '@bizosaas/schemas'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { account, key, measures } from '../../testing/figures.ts'
import { type Counted, create, explain, link, observe, type Row, restate, sum } from '../../testing/reports.ts'
import { openWorld, type Who, type World } from '../../testing/world.ts'

let world: World
beforeAll(async () => {
  world = await openWorld()
})
afterAll(() => world.close())

const aReading = fc.tuple(
  fc.record({ campaign: fc.constantFrom('1', '2'), adId: fc.constantFrom(null, null, 'a', 'b') }),
  fc.constantFrom('default', '1d_view'),
  fc.record({ impressions: fc.nat(1000), clicks: fc.nat(50), spend: fc.nat(9_999_999), count: fc.nat(5_000_000) }),
)
const aStep = fc.record({
  act: fc.constantFrom('observe', 'restate', 'restate', 'link'),
  date: fc.constantFrom('2023-08-01', '2023-08-02'),
  readings: fc.array(aReading, { minLength: 1, maxLength: 4 }),
  ours: fc.nat(1),
})
const groupings = ['', '&groupBy=day', '&groupBy=campaign', '&groupBy=campaign,day', '&groupBy=account,client']

type Step = typeof aStep extends fc.Arbitrary<infer S> ? S : never

/** Lets it happen. @returns moments of all of it */
async function play(who: Who, ours: readonly CampaignId[], steps: readonly Step[]) {
  const on = account()
  const moments: (number | string)[] = [0]
  for (const { act, date, readings, ours: which } of steps) {
    const rows = readings.map(([{ campaign, adId }, attributionWindow, { impressions, clicks, spend, count }]) => {
      const conversions = [{ type: 'total', countMicros: count, valueMicros: 3 * count }]
      return [key(campaign, { adId, attributionWindow }), measures(impressions, clicks, spend, conversions)] as const
    })
    const linked = rows[0]?.[0].platformCampaignId ?? '1'
    const done =
      act === 'link'
        ? await link(world, who, ours[which] as CampaignId, on, linked)
        : await (act === 'observe' ? observe : restate)(world, who, on, date, rows)
    moments.push(done.position, world.tick())
  }
  await world.settle()
  return moments
}

function addsUp(row: Row) {
  expect(sum(row.left, ...row.parts.map(({ delta }) => delta))).toEqual(sum(row.right))
  expect(sum(row.left, row.delta)).toEqual(sum(row.right))
  for (const { cause, delta, events } of row.parts) {
    if (cause === 'ownChange' || events.next !== null) continue
    expect(sum(...events.items.flatMap(({ delta }) => delta ?? []))).toEqual(sum(delta))
  }
}

const something = (sums: readonly object[]) => sums.filter((each) => Object.keys(each).length > 0)

test('the parts of any difference of any history add up to it exactly, and its sides are what the reports say', async () => {
  const history = fc.array(aStep, { minLength: 2, maxLength: 10 })
  const questions = fc.array(fc.tuple(fc.nat(), fc.nat(), fc.constantFrom(...groupings), fc.boolean()), {
    minLength: 6,
    maxLength: 6,
  })
  await fc.assert(
    fc.asyncProperty(history, questions, async (steps, asked) => {
      const who = world.newTenant()
      const ours = [await create(world, who, 'A'), await create(world, who, 'B')]
      const moments = await play(who, ours, steps)
      for (const [l, r, grouping, isOfOne] of asked) {
        const sides = { left: moments[l % moments.length], right: moments[r % moments.length] }
        const by = grouping + (isOfOne ? `&campaignId=${ours[0]}` : '')
        // Before it was created, nobody has heard of it.
        if (isOfOne && sides.left === 0 && sides.right === 0) continue
        const told = await explain(world, who, `left=${sides.left}&right=${sides.right}${by}`)
        for (const row of [...told.rows, ...told.totals]) addsUp(row)
        for (const side of ['left', 'right'] as const) {
          const report = await world.ask(`/v1/metrics?asOf=${sides[side]}${by}`, world.bearer(who))
          if (report.status === 404) expect(sides[side]).toBe(0)
          const reported = (report.body.totals ?? []).map((each: Counted) => sum(each))
          expect(something(told.totals.map((row) => sum(row[side])))).toEqual(something(reported))
        }
      }
    }),
    { numRuns: 6 },
  )
}, 300_000)
