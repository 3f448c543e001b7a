import { type ChildProcess, spawn } from 'node:child_process'
import { randomInt } from 'node:crypto'
import { once } from 'node:events'
import { setTimeout as pause } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { AdAccountId, CalendarDate, CampaignId } from '@bizosaas/schemas'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { adMetrics } from '../analytics/ad-metrics/ad-metrics.ts'
import { advance } from './advance.ts'
import { imbalances } from './books.ts'
import { clickhouseSink } from './clickhouse-sink.ts'
import { postgresSink } from './postgres-sink.ts'
import { type RowsProjection, tableName } from './projection.ts'
import { checkpointOf, dropModel, modelName, openDatabases } from './spec-support/databases.ts'
import { nameList, poison } from './spec-support/name-list.ts'
import { giveOrder } from './spec-support/parking.ts'
import { client1, partitionLog, uuid } from './spec-support/records.ts'
import { ensureClickHouseTable, ensurePostgresTable } from './tables.ts'

const names = nameList(modelName())
const figures: RowsProjection = {
  ...(adMetrics as RowsProjection),
  name: modelName(),
  handle: () => {
    throw new Error('Not yet mended.')
  },
}
const streams = 40
const program = fileURLToPath(new URL('./spec-support/order-process.ts', import.meta.url))
let databases: Awaited<ReturnType<typeof openDatabases>>

beforeAll(async () => {
  databases = await openDatabases()
})

afterAll(async () => {
  for (const { name } of [names, figures]) await dropModel(databases, name)
  await databases.close()
})

const rounds = 4

/** Two at once, both killed somewhere on their way, a few times; then two that are left alone. */
async function killUntilDone(model: string, store: 'postgres' | 'clickhouse'): Promise<number> {
  const killed: (number | null)[] = []
  for (let round = 0; round < rounds; round++) killed.push(...(await both(model, store, killedOnItsWay)))
  expect(await both(model, store, async (child) => (await once(child, 'exit'))[0])).toEqual([0, 0])
  return killed.filter((code) => code === null).length
}

function both<End>(model: string, store: string, end: (child: ChildProcess) => Promise<End>): Promise<End[]> {
  const processes = [0, 1].map(() =>
    spawn(process.execPath, [program, model, store], { stdio: ['ignore', 'pipe', 'inherit'] }),
  )
  return Promise.all(processes.map(end))
}

/** The exit code; null if it was killed. */
async function killedOnItsWay(child: ChildProcess): Promise<number | null> {
  const ended = once(child, 'exit') as Promise<[number | null]>
  await Promise.race([once(child.stdout as NonNullable<typeof child.stdout>, 'data'), ended])
  await Promise.race([pause(randomInt(150)), ended])
  child.kill('SIGKILL')
  return (await ended)[0]
}

test('orders take effect once on rows in Postgres, however many carry them out and wherever they are killed', async () => {
  const place = { topic: 'events.g0', partition: 0 }
  const { log, add } = partitionLog(place.topic, place.partition)
  const campaign = (n: number) => CampaignId.parse(uuid('1', n))
  for (let n = 0; n < streams; n++) {
    const id = campaign(n)
    add('CampaignCreated', { campaignId: id, clientId: client1, name: 'a', objective: null }, { id })
    add('CampaignRenamed', { campaignId: id, name: poison }, { id })
    add('CampaignRenamed', { campaignId: id, name: 'c' }, { id })
  }
  const { postgres } = databases
  const sink = postgresSink(postgres, names, await ensurePostgresTable(postgres, names))
  await advance(names, sink, await checkpointOf(postgres, names, place), log, () => true)
  for (const record of log.filter(({ revision }) => revision === 1)) await giveOrder(postgres, names, record)

  const kills = await killUntilDone(names.name, 'postgres')
  expect(kills).toBeGreaterThan(0)
  const rows = await postgres.query<{ names: string }>(`SELECT names FROM read_model.${tableName(names)}`)
  expect(rows.map((row) => row.names)).toEqual(Array(streams).fill(`a,${poison},c`))
  expect(await imbalances(postgres, names, [place])).toMatchObject([{ records: 0, parked: 0 }])
  expect(await postgres.query(countsSql, [names.name])).toEqual([{ applied: 3 * streams, parked: 0, orders: streams }])
}, 120_000)

test('orders take effect once on rows in ClickHouse, however many carry them out and wherever they are killed', async () => {
  const place = { topic: 'observations.g0', partition: 0 }
  const { log, add } = partitionLog(place.topic, place.partition)
  const key = { platformCampaignId: '916', adSetId: null, adId: 'a', breakdown: {}, attributionWindow: 'default' }
  const measures = { impressions: 1, clicks: 1, spendMicros: 1, conversions: [] }
  const date = CalendarDate.parse('2023-08-17')
  for (let n = 0; n < streams; n++) {
    const adAccountId = AdAccountId.parse(uuid('2', n))
    const day = { adAccountId, clientId: client1, platform: 'meta', currency: 'USD', date } as const
    for (const _ of [1, 2])
      add('MetricsObserved', { ...day, rows: [{ key, measures }] }, { id: `${adAccountId}:${date}` })
  }
  const { postgres, clickhouse } = databases
  const sink = clickhouseSink(clickhouse, postgres, await ensureClickHouseTable(clickhouse, postgres, figures))
  await advance(figures, sink, await checkpointOf(postgres, figures, place), log, () => true)
  for (const record of log.filter(({ revision }) => revision === 0)) await giveOrder(postgres, figures, record)

  const kills = await killUntilDone(figures.name, 'clickhouse')
  expect(kills).toBeGreaterThan(0)
  const [rows] = await clickhouse.query<{ n: string }>(`SELECT count() AS n FROM ${tableName(figures)} FINAL`)
  expect(Number(rows?.n)).toBe(2 * streams)
  expect(await imbalances(postgres, figures, [place])).toMatchObject([{ records: 0, parked: 0 }])
  expect(await postgres.query(countsSql, [figures.name])).toEqual([
    { applied: 2 * streams, parked: 0, orders: streams },
  ])
}, 120_000)

const countsSql = 'SELECT applied, parked, orders FROM read_model.checkpoint WHERE model = $1'
