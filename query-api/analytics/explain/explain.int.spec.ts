import { adMetrics } from '@bizosaas/projections/analytics/ad-metrics/ad-metrics.ts'
import type { Projection } from '@bizosaas/projections/runner/projection.ts'
import type { CampaignId } from '@bizosaas/schemas'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { account, key, measures } from '../../testing/figures.ts'
import { create, explain, link, observe, type Row, restate } from '../../testing/reports.ts'
import { openWorld, type World } from '../../testing/world.ts'

let world: World
beforeAll(async () => {
  world = await openWorld()
})
afterAll(() => world.close())

const parts = (row: Row | undefined) =>
  row?.parts.map(({ cause, delta, events }) => [cause, delta.impressions, events.items.map(({ eventId }) => eventId)])

describe('the difference of two reports', () => {
  test('is told by what the platform restated and what came late, each with its events', async () => {
    const who = world.newTenant()
    const on = account()
    const first = await observe(world, who, on, '2023-08-01', [[key('1'), measures(100, 1, 1_000_000)]])
    const restated = await restate(world, who, on, '2023-08-01', [[key('1'), measures(90, 2, 1_500_001)]])
    const late = await observe(world, who, on, '2023-08-01', [[key('2'), measures(7)]])
    const lateRestated = await restate(world, who, on, '2023-08-01', [[key('2'), measures(5)]])
    await world.settle()

    const there = await explain(world, who, `left=${first.position}&right=${lateRestated.position}&groupBy=campaign`)
    expect(there.rows.map(({ platformCampaignId }) => platformCampaignId)).toEqual(['1', '2'])
    expect(there.rows.map(parts)).toEqual([
      [['restated', -10, [restated.eventId]]],
      [['late', 5, [late.eventId, lateRestated.eventId]]],
    ])
    expect(there.rows[0]?.delta).toMatchObject({ impressions: -10, clicks: 1, spend: { amount: '0.500001' } })
    expect(there.totals.map(parts)).toEqual([
      [
        ['restated', -10, [restated.eventId]],
        ['late', 5, [late.eventId, lateRestated.eventId]],
      ],
    ])
    const back = await explain(world, who, `right=${first.position}&left=${lateRestated.position}`)
    expect(back.totals.map(parts)).toEqual([
      [
        ['restated', 10, [restated.eventId]],
        ['late', -5, [late.eventId, lateRestated.eventId]],
      ],
    ])
    expect(back.rows).toEqual([])
  })

  test('is told by the event that brings another level of detail to count', async () => {
    const who = world.newTenant()
    const on = account()
    const ads = await observe(world, who, on, '2023-08-01', [
      [key('1', { adId: 'a' }), measures(60)],
      [key('1', { adId: 'b' }), measures(30)],
    ])
    const ad = await restate(world, who, on, '2023-08-01', [[key('1', { adId: 'a' }), measures(61)]])
    const whole = await observe(world, who, on, '2023-08-01', [[key('1'), measures(100)]])
    const ignored = await restate(world, who, on, '2023-08-01', [[key('1', { adId: 'b' }), measures(0)]])
    await world.settle()
    const { totals } = await explain(world, who, `left=${ads.position}&right=${ignored.position}`)
    expect(totals.map(parts)).toEqual([
      [
        ['restated', 1, [ad.eventId]],
        ['late', 9, [whole.eventId]],
      ],
    ])
  })

  test('is told by the link that made figures those of another campaign of ours', async () => {
    const who = world.newTenant()
    const on = account()
    const [older, newer] = [await create(world, who, 'Older'), await create(world, who, 'Newer')]
    await link(world, who, older, on, '1')
    const before = await observe(world, who, on, '2023-08-01', [[key('1'), measures(100)]])
    const away = await link(world, who, older, on, '2')
    const to = await link(world, who, newer, on, '1')
    const after = await restate(world, who, on, '2023-08-01', [[key('1'), measures(120)]])
    await world.settle()

    const query = `left=${before.position}&right=${after.position}`
    const { rows, totals } = await explain(world, who, `${query}&groupBy=campaign`)
    const byId = new Map(rows.map((row) => [row.campaignId, row]))
    expect([byId.get(older)?.left.impressions, byId.get(older)?.right.impressions]).toEqual([100, 0])
    expect(parts(byId.get(older))).toEqual([
      ['restated', 20, [after.eventId]],
      ['ownChange', -120, [away.eventId, to.eventId]],
    ])
    expect(parts(byId.get(newer))).toEqual([['ownChange', 120, [away.eventId, to.eventId]]])
    expect(totals.map(parts)).toEqual([[['restated', 20, [after.eventId]]]])

    const of = async (id: CampaignId) => (await explain(world, who, `${query}&campaignId=${id}`)).totals.map(parts)
    expect(await of(newer)).toEqual([[['ownChange', 120, [to.eventId]]]])
    expect(await of(older)).toEqual([
      [
        ['restated', 20, [after.eventId]],
        ['ownChange', -120, [away.eventId]],
      ],
    ])
  })

  test('of two versions is told by the events of which they make other rows', async () => {
    const who = world.newTenant()
    const on = account()
    const version = 1_000_000 + Math.floor(Math.random() * 1e8)
    const changed: Projection = {
      ...adMetrics,
      version,
      handle: ((event) =>
        adMetrics.handle(event).map((row) => ({ ...row, clicks: 2 * Number(row.clicks) }))) as typeof adMetrics.handle,
    } as Projection
    const first = await observe(world, who, on, '2023-08-01', [
      [key('1'), measures(100, 3)],
      [key('2'), measures(10, 0)],
    ])
    const second = await restate(world, who, on, '2023-08-01', [[key('1'), measures(110, 4)]])
    await world.settle()
    await world.apply(changed)
    const state = (state: string, of = version) =>
      world.projector.query(
        `INSERT INTO read_model.version (model, version, definition, state) VALUES ($1, $2, $2, $3)
         ON CONFLICT (model, version) DO UPDATE SET state = excluded.state`,
        [adMetrics.name, of, state],
      )
    await state('ready')
    const { totals } = await explain(world, who, `left=v1&right=v${version}`)
    expect(totals[0]?.delta).toMatchObject({ impressions: 0, clicks: 4 })
    expect(totals.map(parts)).toEqual([[['definition', 0, [second.eventId]]]])

    const both = await explain(world, who, `left=${first.position}&right=v${version}`)
    expect(both.totals[0]?.parts.map(({ cause, delta }) => [cause, delta.impressions, delta.clicks])).toEqual([
      ['restated', 10, 1],
      ['definition', 0, 4],
    ])
    await state('retired')
    const gone = await world.ask(`/v1/metrics/explain?left=v1&right=v${version}`, world.bearer(who))
    expect([gone.status, gone.body.errors[0].pointer]).toEqual([422, '/right'])

    // One that was ordered, and that nobody fills yet, has no table.
    await state('paused', version + 1)
    const begun = await world.ask(`/v1/metrics/explain?left=v1&right=v${version + 1}`, world.bearer(who))
    await state('cancelled', version + 1)
    expect([begun.status, begun.body.errors?.[0]?.pointer]).toEqual([422, '/right'])
  })

  test('names a few events of a part, and the others by pages', async () => {
    const who = world.newTenant()
    const on = account()
    const first = await observe(world, who, on, '2023-08-01', [[key('1'), measures(0)]])
    const restated = []
    for (let n = 1; n <= 12; n++) {
      restated.push((await restate(world, who, on, '2023-08-01', [[key('1'), measures(n)]])).eventId)
    }
    await world.settle()
    const query = `left=${first.position}&right=${world.tick()}&groupBy=day`
    const { rows } = await explain(world, who, query)
    const [part] = rows[0]?.parts ?? []
    expect(part?.events.count).toBe(12)
    const seen = part?.events.items.map(({ eventId }) => eventId) ?? []
    for (let next = part?.events.next ?? null; next !== null; ) {
      const { status, body } = await world.ask(
        `/v1/metrics/explain/events?${query}&limit=4&cursor=${next}`,
        world.bearer(who),
      )
      expect(status).toBe(200)
      seen.push(...body.items.map(({ eventId }: { eventId: string }) => eventId))
      next = body.next
    }
    expect(seen).toEqual(restated)
  })

  test('is of the sender alone', async () => {
    const [who, other] = [world.newTenant(), world.newTenant()]
    const { position } = await observe(world, who, account(), '2023-08-01', [[key('1'), measures(100)]])
    await world.settle()
    expect((await explain(world, who, `left=0&right=${position}`)).totals.map(parts)).toHaveLength(1)
    expect((await explain(world, other, `left=0&right=${position}`)).totals).toEqual([])
    expect((await explain(world, { ...who, clientId: other.clientId }, `left=0&right=${position}`)).totals).toEqual([])
  })

  test.each(['left=v0&right=1', 'left=1', 'left=1&right=yesterday', 'left=v99999&right=1'])(
    '%s is refused',
    async (query) => {
      expect((await world.ask(`/v1/metrics/explain?${query}`, world.bearer(world.newTenant()))).status).toBe(422)
    },
  )
})
