import { type ClickHouse, connectClickHouse } from '@bizosaas/databases'
import { adMetrics } from '@bizosaas/projections/analytics/ad-metrics/ad-metrics.ts'
import { tableName } from '@bizosaas/projections/runner/projection.ts'
import { CalendarDate } from '@bizosaas/schemas'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { account, key, measures, observe, restate } from '../testing/figures.ts'
import { openWorld, type Who, type World } from '../testing/world.ts'
import type { MetricsQuestion } from './metrics-query.ts'
import { type RememberedMetrics, rememberedMetrics } from './remembered-metrics.ts'

let world: World
let clickhouse: ClickHouse
let asked = 0
let sums: RememberedMetrics

beforeAll(async () => {
  world = await openWorld()
  clickhouse = connectClickHouse(world.config.CLICKHOUSE_QUERY_URL, { name: 'test' })
  sums = rememberedMetrics({
    ...clickhouse,
    query: (...question) => {
      asked++
      return clickhouse.query(...question)
    },
  })
})
afterAll(() => Promise.all([world.close(), clickhouse.close()]))

const date = '2023-08-01'

const change = async ({ tenantId }: Who): Promise<string | null> => {
  const [found] = await world.projector.query<{ change: string }>(
    'SELECT change FROM read_model.tenant_change WHERE model = $1 AND version = 1 AND tenant_id = $2',
    [adMetrics.name, tenantId],
  )
  return found?.change ?? null
}

/** The clicks that are answered, and how often ClickHouse was asked for them. */
const clicks = async (who: Who, more: Partial<MetricsQuestion> = {}) => {
  const before = asked
  const groups = await sums(tableName({ name: adMetrics.name, version: 1 }), await change(who), {
    tenantId: who.tenantId,
    clientIds: null,
    from: CalendarDate.parse(date),
    to: null,
    campaign: null,
    groupBy: ['day'],
    knownAt: [],
    knownOn: CalendarDate.parse(date),
    limit: 10,
    ...more,
  })
  return { clicks: groups.map(({ totals }) => Number(totals.clicks)), asked: asked - before }
}

describe('sums that are remembered', () => {
  test('are asked for once while the figures of the tenant are the same, and anew when they change', async () => {
    const [who, other] = [world.newTenant(), world.newTenant()]
    const day = { adAccountId: account(), date }
    observe(world, who, day, [[key('916'), measures(1000, 10)]])
    await world.settle()
    expect(await clicks(who)).toEqual({ clicks: [10], asked: 1 })
    expect(await clicks(who)).toEqual({ clicks: [10], asked: 0 })

    observe(world, other, { adAccountId: account(), date }, [[key('916'), measures(1000, 7)]])
    await world.settle()
    expect(await clicks(who)).toEqual({ clicks: [10], asked: 0 })
    expect(await clicks(other)).toEqual({ clicks: [7], asked: 1 })

    restate(world, who, day, [[key('916'), measures(1000, 10), measures(1000, 11)]])
    await world.settle()
    expect(await clicks(who)).toEqual({ clicks: [11], asked: 1 })
    // In another partition, it may be.
    for (const n of [1, 2, 3]) {
      observe(world, who, { adAccountId: account(), date }, [[key('916'), measures(1000, 100)]])
      await world.settle()
      expect(await clicks(who)).toEqual({ clicks: [11 + 100 * n], asked: 1 })
    }
  })

  test('answer the same question of the same sender alone', async () => {
    const who = world.newTenant()
    const ofOther = { ...world.newTenant(), tenantId: who.tenantId }
    observe(world, who, { adAccountId: account(), date }, [[key('916'), measures(1000, 10)]])
    observe(world, ofOther, { adAccountId: account(), date }, [[key('916'), measures(1000, 5)]])
    await world.settle()
    expect(await clicks(who)).toEqual({ clicks: [15], asked: 1 })
    expect(await clicks(who, { clientIds: [who.clientId] })).toEqual({ clicks: [10], asked: 1 })
    expect(await clicks(who, { clientIds: [] })).toEqual({ clicks: [], asked: 1 })
    expect(await clicks(who, { to: CalendarDate.parse(date), from: null })).toEqual({ clicks: [15], asked: 1 })
    expect(await clicks(who, { knownAt: [{ position: 0 }] })).toEqual({ clicks: [], asked: 1 })
    expect(await clicks(who)).toEqual({ clicks: [15], asked: 0 })
  })

  test('are not remembered of a tenant of whom it is not known when its figures change', async () => {
    const who = world.newTenant()
    expect(await change(who)).toBeNull()
    expect(await clicks(who)).toEqual({ clicks: [], asked: 1 })
    expect(await clicks(who)).toEqual({ clicks: [], asked: 1 })
    observe(world, who, { adAccountId: account(), date }, [[key('916'), measures(1000, 10)]])
    await world.settle()
    expect(await clicks(who)).toEqual({ clicks: [10], asked: 1 })
  })
})
