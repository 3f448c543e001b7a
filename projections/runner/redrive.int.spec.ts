import type { TopicRecord } from '@bizosaas/kafka'
import { AdAccountId, CalendarDate, CampaignId } from '@bizosaas/schemas'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { adMetrics } from '../analytics/ad-metrics/ad-metrics.ts'
import { advance } from './advance.ts'
import { imbalances } from './books.ts'
import { clickhouseSink } from './clickhouse-sink.ts'
import { postgresSink } from './postgres-sink.ts'
import { type Projection, type RowsProjection, tableName } from './projection.ts'
import { redrive } from './redrive.ts'
import type { Sink } from './sink.ts'
import { checkpointOf, dropModel, modelName, openDatabases } from './spec-support/databases.ts'
import { nameList, poison, unstorable } from './spec-support/name-list.ts'
import { giveOrder, orderOf, outcomeOf } from './spec-support/parking.ts'
import { client1, partitionLog, uuid } from './spec-support/records.ts'
import { ensureClickHouseTable, ensurePostgresTable } from './tables.ts'

const broken = nameList(modelName())
const mended = nameList(broken.name, 1, { mended: true })
const figures: RowsProjection = { ...(adMetrics as RowsProjection), name: modelName() }
const brokenFigures: Projection = {
  ...figures,
  handle: () => {
    throw new Error('Not yet mended.')
  },
}
const always = () => true
let databases: Awaited<ReturnType<typeof openDatabases>>

beforeAll(async () => {
  databases = await openDatabases()
})

afterAll(async () => {
  for (const { name } of [broken, figures]) await dropModel(databases, name)
  await databases.close()
})

let partitions = 0

/** An empty partition of its own, runners for it, and an operator. */
function setUp() {
  const partition = partitions++
  const place = { topic: 'events.g0', partition }
  const { log, add } = partitionLog(place.topic, partition)
  const { postgres, clickhouse } = databases
  const campaign = (n: number) => CampaignId.parse(uuid('1', partition * 1000 + n))
  const sink = async () => postgresSink(postgres, broken, await ensurePostgresTable(postgres, broken))
  const checkpoint = (projection: Projection = broken) => checkpointOf(postgres, projection, place)
  return {
    place,
    log,
    sink,
    checkpoint,
    clickhouseSink: async () =>
      clickhouseSink(clickhouse, postgres, await ensureClickHouseTable(clickhouse, postgres, figures)),
    create: (n: number, name: string) =>
      add(
        'CampaignCreated',
        { campaignId: campaign(n), clientId: client1, name, objective: null },
        { id: campaign(n) },
      ),
    rename: (n: number, name: string) => add('CampaignRenamed', { campaignId: campaign(n), name }, { id: campaign(n) }),
    observe: (clicks: number) => {
      const adAccountId = AdAccountId.parse(uuid('2', partition))
      const date = CalendarDate.parse('2023-08-17')
      const key = { platformCampaignId: '916', adSetId: null, adId: 'a', breakdown: {}, attributionWindow: 'default' }
      const measures = { impressions: 1000, clicks, spendMicros: 1, conversions: [] }
      const day = { adAccountId, clientId: client1, platform: 'meta', currency: 'USD', date } as const
      return add('MetricsObserved', { ...day, rows: [{ key, measures }] }, { id: `${adAccountId}:${date}` })
    },
    /** The readings of the account, as a query sees them. */
    readings: () =>
      clickhouse.query<{ clicks: string }>(
        `SELECT clicks FROM ${tableName(figures)} FINAL WHERE ad_account_id = {account: UUID} ORDER BY position`,
        { account: uuid('2', partition) },
      ),
    /** Takes everything that is in the log. */
    take: async (projection: Projection, runner: Sink) =>
      advance(projection, runner, await checkpoint(projection), log, always),
    order: async (record: TopicRecord, skipPosition: number | null = null, projection: Projection = broken) =>
      orderOf(postgres, projection, await giveOrder(postgres, projection, record, skipPosition)),
    names: async (n: number) => {
      const table = `read_model.${tableName(broken)}`
      const [row] = await postgres.query<{ names: string }>(`SELECT names FROM ${table} WHERE id = $1`, [campaign(n)])
      return row?.names ?? null
    },
    parked: () =>
      postgres.query<{ revision: number; error: string | null; stack: string | null }>(
        'SELECT revision, error, stack FROM read_model.parked WHERE model = $1 AND partition = $2 ORDER BY position',
        [broken.name, partition],
      ),
    counts: async (projection: Projection = broken) => {
      const [row] = await postgres.query(
        'SELECT applied, parked, skipped, repeated, orders FROM read_model.checkpoint WHERE model = $1 AND partition = $2',
        [projection.name, partition],
      )
      return row
    },
    books: (projection: Projection = broken) => imbalances(postgres, projection, [place]),
  }
}

const balanced = [{ records: 0, parked: 0 }]

describe('a redrive', () => {
  test('applies what waits, in order, and the stream goes on as if it had never been parked', async () => {
    const { create, rename, log, sink, take, order, checkpoint, names, parked, counts, books } = setUp()
    const record = create(1, 'a')
    create(2, 'x')
    rename(1, poison)
    rename(1, 'c')
    const runner = await sink()
    await take(broken, runner)
    expect(await parked()).toMatchObject([
      { revision: 1, stack: expect.stringContaining('name-list.ts') },
      { revision: 2, error: null, stack: null },
    ])
    const given = await order(record)
    const done = await redrive(mended, runner, databases.postgres, await checkpoint(), given)
    expect(done).toMatchObject({ type: 'moved', waiting: 0, to: { orders: 1, parkedStreams: new Set() } })
    expect(await names(1)).toBe(`a,${poison},c`)
    expect(await parked()).toEqual([])
    expect(await outcomeOf(databases.postgres, given.orderId)).toMatchObject({ outcome: 'applied', applied: 2 })
    // The same runner remembers the rows as they are now.
    rename(1, 'd')
    await advance(broken, runner, await checkpoint(), log, always)
    expect(await names(1)).toBe(`a,${poison},c,d`)
    expect(await counts()).toEqual({ applied: 5, parked: 0, skipped: 0, repeated: 0, orders: 1 })
    expect(await books()).toMatchObject(balanced)
  })

  test('leaves an event that fails again where it is, with its new error, and the later ones behind it', async () => {
    const { create, rename, sink, take, order, checkpoint, names, parked, counts, books } = setUp()
    const record = create(1, 'a')
    rename(1, poison)
    rename(1, 'c')
    rename(1, unstorable)
    rename(1, 'e')
    await take(broken, await sink())
    const given = await order(record)
    const done = await redrive(mended, await sink(), databases.postgres, await checkpoint(), given)
    expect(done).toMatchObject({ type: 'moved', waiting: 2, to: { parkedStreams: new Set([record.stream]) } })
    expect(await names(1)).toBe(`a,${poison},c`)
    expect(await parked()).toMatchObject([
      { revision: 3, error: expect.stringContaining('invalid byte sequence'), stack: null },
      { revision: 4, error: null },
    ])
    expect(await outcomeOf(databases.postgres, given.orderId)).toMatchObject({
      outcome: 'parked',
      applied: 2,
      waiting: 2,
      reason: expect.stringContaining('invalid byte sequence'),
    })
    expect(await counts()).toMatchObject({ applied: 3, parked: 2, skipped: 0 })
    expect(await books()).toMatchObject(balanced)
  })

  test('is carried out once by two runners, and shuts out a batch of one that does not know of it', async () => {
    const { create, rename, log, sink, take, order, checkpoint, names, parked, counts, books } = setUp()
    const record = create(1, 'a')
    rename(1, poison)
    await take(broken, await sink())
    const before = await checkpoint()
    const given = await order(record)
    const runners = [await sink(), await sink(), await sink()]
    const done = await Promise.all(runners.map((runner) => redrive(mended, runner, databases.postgres, before, given)))
    expect(done.filter(({ type }) => type === 'moved')).toHaveLength(1)
    expect(await counts()).toMatchObject({ applied: 2, parked: 0, orders: 1 })
    // It still believes that the stream is parked, at the position at which the checkpoint is.
    rename(1, 'c')
    expect(await advance(broken, await sink(), before, log, always)).toEqual({ type: 'lost' })
    expect(await parked()).toEqual([])
    await take(broken, await sink())
    expect(await names(1)).toBe(`a,${poison},c`)
    // And the order that one of them still has in hand has been settled.
    expect(await redrive(mended, await sink(), databases.postgres, await checkpoint(), given)).toMatchObject({
      type: 'refused',
    })
    expect(await outcomeOf(databases.postgres, given.orderId)).toMatchObject({ outcome: 'applied', applied: 1 })
    expect(await books()).toMatchObject(balanced)
  })

  test('of rows in ClickHouse survives an end between the rows and the checkpoint, and two runners', async () => {
    const { observe, clickhouseSink: sink, take, order, checkpoint, readings, counts, books } = setUp()
    const record = observe(1)
    observe(2)
    await take(brokenFigures, await sink())
    expect(await readings()).toEqual([])
    const given = await order(record, null, figures)
    const before = await checkpoint(figures)
    const runner = await sink()
    const ended = new Error('killed')
    const dying: Sink = { ...runner, write: ({ written }) => runner.attempt(written).then(() => Promise.reject(ended)) }
    await expect(redrive(figures, dying, databases.postgres, before, given)).rejects.toBe(ended)
    expect(await outcomeOf(databases.postgres, given.orderId)).toBeNull()
    const done = await Promise.all(
      [await sink(), await sink()].map((each) => redrive(figures, each, databases.postgres, before, given)),
    )
    expect(done.filter(({ type }) => type === 'moved')).toHaveLength(1)
    expect((await readings()).map(({ clicks }) => clicks)).toEqual(['1', '2'])
    expect(await counts(figures)).toMatchObject({ applied: 2, parked: 0, orders: 1 })
    expect(await books(figures)).toMatchObject(balanced)
  })
})

describe('a skip', () => {
  test('leaves out the named event alone, counts it, and applies what waited behind it', async () => {
    const { create, rename, sink, take, order, checkpoint, names, parked, counts, books } = setUp()
    create(1, 'a')
    const bad = rename(1, poison)
    rename(1, 'c')
    await take(broken, await sink())
    const given = await order(bad, bad.position)
    expect(await redrive(broken, await sink(), databases.postgres, await checkpoint(), given)).toMatchObject({
      type: 'moved',
      waiting: 0,
    })
    expect(await names(1)).toBe('a,c')
    expect(await parked()).toEqual([])
    expect(await counts()).toEqual({ applied: 2, parked: 0, skipped: 1, repeated: 0, orders: 1 })
    expect(await books()).toMatchObject(balanced)
  })

  test('is refused for an event that is not the first that waits, and changes nothing', async () => {
    const { create, rename, sink, take, order, checkpoint, parked, counts } = setUp()
    const first = create(1, poison)
    const second = rename(1, 'b')
    await take(broken, await sink())
    const given = await order(second, second.position)
    expect(await redrive(broken, await sink(), databases.postgres, await checkpoint(), given)).toEqual({
      type: 'refused',
      reason: `The first event of the stream that is parked is at position ${first.position}, not ${second.position}.`,
    })
    expect(await parked()).toHaveLength(2)
    expect(await counts()).toMatchObject({ applied: 0, parked: 2, skipped: 0, orders: 0 })
    expect(await outcomeOf(databases.postgres, given.orderId)).toMatchObject({ outcome: 'refused' })
  })

  test('of the first of two bad events leaves the second parked', async () => {
    const { create, rename, sink, take, order, checkpoint, names, parked, counts, books } = setUp()
    create(1, 'a')
    const bad = rename(1, poison)
    rename(1, 'c')
    rename(1, poison)
    await take(broken, await sink())
    const given = await order(bad, bad.position)
    await redrive(broken, await sink(), databases.postgres, await checkpoint(), given)
    expect(await names(1)).toBe('a,c')
    expect(await parked()).toMatchObject([{ revision: 3, error: 'Error: This name is poison.' }])
    expect(await counts()).toMatchObject({ applied: 2, parked: 1, skipped: 1 })
    expect(await books()).toMatchObject(balanced)
  })
})

describe('the books', () => {
  test('count what the relay has written twice, also when nothing else comes, and what is read twice only once', async () => {
    const { create, rename, log, sink, checkpoint, counts, books } = setUp()
    create(1, 'a')
    rename(1, 'b')
    const runner = await sink()
    await advance(broken, runner, await checkpoint(), log, always)
    const repeats = log.map((record, n) => ({ ...record, offset: 2 + n }))
    await advance(broken, runner, await checkpoint(), repeats, always)
    await advance(broken, runner, await checkpoint(), [...log, ...repeats], always)
    expect(await checkpoint()).toMatchObject({ offset: 3 })
    expect(await counts()).toMatchObject({ applied: 2, repeated: 2 })
    expect(await books()).toMatchObject(balanced)
  })

  test('are wrong when an event was dealt with twice, or a parked one has gone', async () => {
    const { create, sink, take, books, place } = setUp()
    create(1, 'a')
    create(2, poison)
    await take(broken, await sink())
    const { admin, postgres } = databases
    const where = [broken.name, place.partition]
    await admin.query(
      'UPDATE read_model.checkpoint SET applied = applied + 1 WHERE model = $1 AND partition = $2',
      where,
    )
    expect(await books()).toMatchObject([{ records: -1, parked: 0 }])
    await postgres.query('DELETE FROM read_model.parked WHERE model = $1 AND partition = $2', where)
    expect(await books()).toMatchObject([{ records: -1, parked: 1 }])
  })
})
