import { connectClickHouse, StoreUnavailable } from '@bizosaas/databases'
import { cableTo } from '@bizosaas/databases/testing/cable.ts'
import { AdAccountId, CalendarDate, type Measures, type MetricsKey, TenantId } from '@bizosaas/schemas'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { adMetrics } from '../analytics/ad-metrics/ad-metrics.ts'
import { advance } from './advance.ts'
import type { Checkpoint } from './checkpoint.ts'
import { clickhouseSink } from './clickhouse-sink.ts'
import { foldBatch } from './fold.ts'
import type { Item } from './items.ts'
import { itemsOf } from './items.ts'
import { type Projection, tableName } from './projection.ts'
import type { Sink } from './sink.ts'
import { checkpointOf, dropModel, env, modelName, openDatabases } from './spec-support/databases.ts'
import { client1, partitionLog, tenantA, uuid } from './spec-support/records.ts'
import { ensureClickHouseTable } from './tables.ts'

const projection: Projection = { ...adMetrics, name: modelName() }
const table = tableName(projection)
const always = () => true
let databases: Awaited<ReturnType<typeof openDatabases>>

beforeAll(async () => {
  databases = await openDatabases()
})

afterAll(async () => {
  await dropModel(databases, projection.name)
  await databases.close()
})

const keyOf = (adId: string): MetricsKey => ({
  platformCampaignId: '916',
  adSetId: null,
  adId,
  breakdown: { age: '30-34', gender: 'M' },
  attributionWindow: 'default',
})

const measures = (clicks: number): Measures => ({
  impressions: 1000,
  clicks,
  spendMicros: 1_429_999,
  conversions: [{ type: 'total', countMicros: 2_000_000, valueMicros: 0 }],
})

let accounts = 0

/** An empty partition, an ad account of its own, and a runner. */
async function setUp() {
  const partition = accounts++
  const adAccountId = AdAccountId.parse(uuid('2', partition))
  const place = { topic: 'observations.g0', partition }
  const { log, add } = partitionLog(place.topic, partition)
  const { postgres, clickhouse } = databases
  const day = {
    adAccountId,
    clientId: client1,
    platform: 'meta',
    currency: 'USD',
    date: CalendarDate.parse('2023-08-17'),
  } as const
  const id = `${adAccountId}:${day.date}`
  type Ad = [adId: string, clicks: number]
  const observeOf = (tenantId: TenantId, ...ads: Ad[]) =>
    add(
      'MetricsObserved',
      { ...day, rows: ads.map(([adId, clicks]) => ({ key: keyOf(adId), measures: measures(clicks) })) },
      { id, tenantId },
    )
  return {
    log,
    place,
    observeOf,
    observe: (...ads: Ad[]) => observeOf(tenantA, ...ads),
    restate: (adId: string, before: number, after: number) =>
      add(
        'MetricsRestated',
        { ...day, rows: [{ key: keyOf(adId), before: measures(before), after: measures(after) }] },
        { id },
      ),
    sink: async () =>
      clickhouseSink(clickhouse, postgres, await ensureClickHouseTable(clickhouse, postgres, projection)),
    checkpoint: () => checkpointOf(postgres, projection, place),
    /** Clicks per ad, as known at a position. */
    clicks: async (asOf = Number.MAX_SAFE_INTEGER) => {
      const rows = await clickhouse.query<{ ad_id: string; clicks: string }>(
        `SELECT ad_id, argMax(clicks, (position, ordinal)) AS clicks FROM ${table}
         WHERE ad_account_id = {account: UUID} AND position <= {asOf: UInt64} GROUP BY ad_id, row_key ORDER BY ad_id`,
        { account: adAccountId, asOf },
      )
      return rows.map((row) => `${row.ad_id}: ${row.clicks}`)
    },
    readings: async () => {
      const [row] = await clickhouse.query<{ n: string }>(
        `SELECT count() AS n FROM ${table} FINAL WHERE ad_account_id = {account: UUID}`,
        { account: adAccountId },
      )
      return Number(row?.n)
    },
  }
}

describe('the ClickHouse sink', () => {
  test('keeps every reading, so that any earlier knowledge can be asked for', async () => {
    const { observe, restate, log, sink, checkpoint, clicks, readings } = await setUp()
    const first = observe(['a', 1], ['b', 5])
    restate('a', 1, 2)
    restate('a', 2, 3)
    await advance(projection, await sink(), await checkpoint(), log, always)
    expect(await clicks()).toEqual(['a: 3', 'b: 5'])
    expect(await clicks(first.position)).toEqual(['a: 1', 'b: 5'])
    expect(await readings()).toBe(4)
    expect(await checkpoint()).toMatchObject({ offset: 2 })
  })

  test('stores what was said, to the digit', async () => {
    const { observe, log, sink, checkpoint } = await setUp()
    const record = observe(['a', 2 ** 53 - 1])
    await advance(projection, await sink(), await checkpoint(), log, always)
    const [event] = itemsOf(projection, [record])
    const [row] = foldBatch(projection, new Map(), [event as Item], { streams: new Set(), items: new Map() }).written
    const [stored] = await databases.clickhouse.query(
      `SELECT * REPLACE (toString(platform) AS platform) FROM ${table} WHERE event_id = {id: UUID} AND position = {position: UInt64}
       AND ad_account_id = {account: UUID}`,
      { id: record.eventId, position: record.position, account: row?.ad_account_id },
    )
    const numbers = Object.entries(row ?? {}).map(([name, value]) => [name, asAnswered(name, value)])
    expect(stored).toEqual(Object.fromEntries(numbers))
  })

  test('changes nothing when a batch is written again, also by a second runner and after a crash in between', async () => {
    const { observe, restate, log, sink, checkpoint, clicks, readings } = await setUp()
    observe(['a', 1], ['b', 5])
    restate('b', 5, 6)
    const start = await checkpoint()
    const [one, two] = [await sink(), await sink()]
    // The rows arrive, but the runner dies before it moves the checkpoint.
    const crashing: Sink = { ...one, write: ({ written }) => one.attempt(written).then(() => Promise.reject(crash)) }
    await expect(advance(projection, crashing, start, log, always)).rejects.toBe(crash)
    expect(await checkpoint()).toMatchObject({ offset: -1 })

    const steps = await Promise.all([one, two].map((each) => advance(projection, each, start, log, always)))
    expect(steps.map(({ type }) => type).sort()).toEqual(['lost', 'moved'])
    expect(await clicks()).toEqual(['a: 1', 'b: 6'])
    expect(await readings()).toBe(3)
    expect(await databases.postgres.query(countsSql, [projection.name, log[0]?.partition])).toEqual([
      { applied: 2, parked: 0 },
    ])
  })

  test('notes whose rows came, each time anew, and only with a step that is taken', async () => {
    const { observe, log, sink, checkpoint } = await setUp()
    const change = async () => {
      const [found] = await databases.postgres.query<{ change: string }>(
        'SELECT change FROM read_model.tenant_change WHERE model = $1 AND tenant_id = $2',
        [projection.name, tenantA],
      )
      return found?.change
    }
    const step = async (from: Checkpoint) => {
      const before = await change()
      const { type } = await advance(projection, await sink(), from, log, always)
      return { type, isNoted: (await change()) !== before }
    }
    const start = await checkpoint()
    observe(['a', 1])
    expect(await step(start)).toEqual({ type: 'moved', isNoted: true })
    expect(await step(start)).toEqual({ type: 'lost', isNoted: false })
    observe()
    expect(await step(await checkpoint())).toEqual({ type: 'moved', isNoted: false })
    observe(['b', 1])
    expect(await step(await checkpoint())).toEqual({ type: 'moved', isNoted: true })
  })

  test('notes the same tenants from many partitions at one time, and none waits for the other for ever', async () => {
    const tenants = Array.from({ length: 8 }, (_, n) => TenantId.parse(uuid('a', 100 + n)))
    const partitions = await Promise.all(Array.from({ length: 12 }, setUp))
    const rows = Array.from({ length: 20 }, (_, n): [string, number] => [`ad ${n}`, n])
    const steps = partitions.map(async ({ observeOf, log, sink, checkpoint }, n) => {
      for (const tenantId of n % 2 === 0 ? tenants : tenants.toReversed()) observeOf(tenantId, ...rows)
      return advance(projection, await sink(), await checkpoint(), log, always)
    })
    expect((await Promise.all(steps)).map(({ type }) => type)).toEqual(partitions.map(() => 'moved'))
  })

  test('leaves the checkpoint where it is when ClickHouse has not acknowledged the rows', async () => {
    const { observe, log, sink, checkpoint, clicks } = await setUp()
    observe(['a', 1])
    const start = await checkpoint()
    const cable = await cableTo(env('CLICKHOUSE_PROJECTOR_URL'))
    const cut = connectClickHouse(cable.url, { name: 'projections spec' })
    try {
      const { postgres, clickhouse } = databases
      const ours = clickhouseSink(cut, postgres, await ensureClickHouseTable(clickhouse, postgres, projection))
      cable.pull()
      await expect(advance(projection, ours, start, log, always)).rejects.toBeInstanceOf(StoreUnavailable)
      expect(await checkpoint()).toEqual(start)
    } finally {
      await cut.close()
      await cable.close()
    }
    expect(await advance(projection, await sink(), start, log, always)).toMatchObject({ type: 'moved' })
    expect(await clicks()).toEqual(['a: 1'])
  })

  test('parks the stream whose rows cannot be held, and keeps the others', async () => {
    const [{ observe, log, sink, checkpoint, clicks, place }, other] = [await setUp(), await setUp()]
    observe(['a', 1])
    // Two accounts in one partition, of which one has a day that a Date column cannot hold.
    const [record] = [other.observe(['x', 1])]
    const elsewhere = partitionLog().add(
      'MetricsObserved',
      {
        adAccountId: AdAccountId.parse(uuid('3', 1)),
        clientId: client1,
        platform: 'meta',
        currency: 'USD',
        date: CalendarDate.parse('1969-12-31'),
        rows: [{ key: keyOf('z'), measures: measures(1) }],
      },
      { id: `${uuid('3', 1)}:1969-12-31` },
    )
    const [first] = log
    const bad = { ...elsewhere, ...place, offset: 1, position: 200, prev: first?.position ?? 0 }
    const good = { ...record, ...place, offset: 2, position: 203, prev: 200 }
    const step = await advance(projection, await sink(), await checkpoint(), [...log, bad, good], always)
    expect(step).toMatchObject({ type: 'moved', to: { position: 203 }, done: { parked: [{ record: bad }] } })
    expect(await clicks()).toEqual(['a: 1'])
    expect(await other.clicks()).toEqual(['x: 1'])
    expect(await databases.postgres.query(countsSql, [projection.name, place.partition])).toEqual([
      { applied: 2, parked: 1 },
    ])
  })
})

const crash = new Error('crash')
const countsSql = 'SELECT applied, parked FROM read_model.checkpoint WHERE model = $1 AND partition = $2'

/** 64-bit integers come as text, so that no digit is lost. */
function asAnswered(name: string, value: unknown): unknown {
  if (['position', 'impressions', 'clicks', 'spend_micros'].includes(name)) return String(value)
  if (['conversions', 'conversion_values'].includes(name))
    return Object.fromEntries(Object.entries(value as object).map(([type, n]) => [type, String(n)]))
  return value
}
