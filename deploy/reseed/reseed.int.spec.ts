import { randomUUID } from 'node:crypto'
import type { TopicRecord } from '@bizosaas/kafka'
import { start, startRelay } from '@bizosaas/streams/relay/start.ts'
import { appendSome } from '@bizosaas/streams/relay/testing/events.ts'
import { loseTopics } from '@bizosaas/streams/relay/testing/mishaps.ts'
import { until } from '@bizosaas/streams/relay/testing/processes.ts'
import { expectedReading, readByHighWater } from '@bizosaas/streams/relay/testing/reading.ts'
import { openWorld, type World } from '@bizosaas/streams/relay/testing/world.ts'
import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals'
import { migrateAll } from '../migrate/migrate.ts'
import { reseedCommand } from './reseed.ts'

let world: World
let next: string
const model = `spec-${randomUUID().slice(0, 8)}`
const cleanUps: (() => Promise<unknown>)[] = []

beforeEach(async () => {
  world = await openWorld()
  await migrateAll(process.env.POSTGRES_ADMIN_URL ?? '')
  next = `g${Number(world.generation.slice(1)) === 9_999 ? 999 : Number(world.generation.slice(1)) + 1}`
  jest.spyOn(console, 'log').mockImplementation(() => {})
}, 60_000)

afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0).reverse()) await cleanUp()
  jest.restoreAllMocks()
  for (const table of ['checkpoint', 'parked'])
    await world.admin.query(`DELETE FROM read_model.${table} WHERE model = $1`, [model])
  await world.in(next).remove()
  await world.close()
}, 60_000)

const reseed = (...args: string[]) => {
  const config = Object.entries(world.config).map(([name, value]) => [name, String(value)])
  return reseedCommand(['--to', next, ...args], { ...process.env, ...Object.fromEntries(config) })
}

const published = async (generation: string) => {
  const last = (await world.stored()).at(-1)?.position
  await until(async () => (await world.in(generation).lastPosition()) === last, 40_000)
}

/** Publishes what is there into the first generation. */
const publishAll = async () => {
  const relay = await startRelay(world.config)
  await published(world.generation)
  await relay.stop()
}

/** A read model that has come to one of the records of each partition: the last of some, of others an earlier one. */
const apply = async (records: readonly TopicRecord[]) => {
  const partitions = Map.groupBy(records, ({ topic, partition }) => `${topic} ${partition}`)
  const at = [...partitions.values()].map((log, n) => log[n % 2 === 0 ? log.length - 1 : Math.floor(log.length / 2)])
  for (const record of at) {
    if (record === undefined) continue
    await world.admin.query(
      `INSERT INTO read_model.checkpoint (model, version, topic, partition, position, record_offset, applied)
       VALUES ($1, 1, $2, $3, $4, $5, 7)`,
      [model, record.topic, record.partition, record.position, record.offset],
    )
  }
}

type Row = { topic: string; partition: number; position: number; record_offset: number }
const checkpoints = () =>
  world.admin.query<Row>(
    `SELECT topic, partition, position, record_offset FROM read_model.checkpoint WHERE model = $1 ORDER BY topic, partition`,
    [model],
  )

describe('A reseed', () => {
  test('carries every checkpoint over to the same position of the same partition, and the relay goes on there', async () => {
    await appendSome(world.store, 200)
    await publishAll()
    await apply(await world.records())
    const before = await checkpoints()
    const stop = await start(world.config)
    cleanUps.push(stop)
    await reseed()

    const after = await checkpoints()
    const place = ({ topic, partition, position }: Row) => [topic.split('.')[0], partition, position]
    expect(after.map(place)).toEqual(before.map(place))
    const records = await world.in(next).records()
    for (const { topic, partition, position, record_offset } of after) {
      expect(topic).toMatch(new RegExp(`\\.${next}$`))
      const run = records.filter((record) => record.topic === topic && record.partition === partition)
      // A runner reads on behind that offset, and skips what is not above the position: so nothing between may be missed.
      expect(run.find(({ offset }) => offset === record_offset)?.position ?? -1).toBeLessThanOrEqual(position)
      expect(run.map((record) => record.position)).toContain(position)
      if (run.at(-1)?.position === position) expect(record_offset).toBe(run.at(-1)?.offset)
    }

    // The relay of the system is told the first generation, and follows the line.
    await appendSome(world.store, 20)
    await published(next)
    expect(readByHighWater(await world.in(next).records())).toEqual(expectedReading(await world.stored(), next))
  }, 120_000)

  test('is the way out of topics that Kafka lost', async () => {
    await appendSome(world.store, 50)
    await publishAll()
    await apply(await world.records())
    const before = await checkpoints()
    await loseTopics(world)
    await expect(startRelay(world.config)).rejects.toThrow('npm run reseed')
    await reseed()
    expect((await checkpoints()).map(({ position }) => position)).toEqual(before.map(({ position }) => position))
    const stop = await start(world.config)
    cleanUps.push(stop)
    await appendSome(world.store, 5)
    await published(next)
  }, 120_000)
})

describe('After the event store was restored from an older copy, a reseed', () => {
  test('refuses to carry over what no longer exists, and drops it only when it is asked to', async () => {
    await appendSome(world.store, 50)
    await world.copyStore()
    await appendSome(world.store, 50)
    await publishAll()
    await apply(await world.records())
    await world.restoreCopy()
    await appendSome(world.store, 10)
    await expect(reseed()).rejects.toThrow(
      new RegExp(`does not hold events that ${model} version 1 hold.*--rebuild-read-models`, 's'),
    )
    expect(await checkpoints()).not.toEqual([])
    await reseed('--rebuild-read-models')
    expect(await checkpoints()).toEqual([])
    const stop = await start(world.config)
    cleanUps.push(stop)
    await published(next)
    expect(readByHighWater(await world.in(next).records())).toEqual(expectedReading(await world.stored(), next))
  }, 120_000)

  test('carries over a read model that had not come so far', async () => {
    await appendSome(world.store, 50)
    await publishAll()
    await apply(await world.records())
    const before = await checkpoints()
    await world.copyStore()
    await appendSome(world.store, 50)
    await publishAll()
    await world.restoreCopy()
    await reseed()
    expect((await checkpoints()).map(({ position }) => position)).toEqual(before.map(({ position }) => position))
  }, 120_000)
})
