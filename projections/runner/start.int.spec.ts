import { randomUUID } from 'node:crypto'
import { connectRedis } from '@bizosaas/databases'
import {
  connectKafka,
  connectProducer,
  connectRegistry,
  createTopics,
  encodeRecord,
  type LogProducer,
  type SchemaRegistry,
  type TopicRecord,
} from '@bizosaas/kafka'
import { createHealth, type Stop } from '@bizosaas/runtime'
import { CampaignId, type TenantId, topicName, topics } from '@bizosaas/schemas'
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals'
import { advance } from './advance.ts'
import { type Moved, movedChannel } from './announce.ts'
import { fullBudget } from './parking-budget.ts'
import { postgresSink } from './postgres-sink.ts'
import { tableName } from './projection.ts'
import { cableTo } from './spec-support/cable.ts'
import { checkpointOf, dropModel, env, modelName, openDatabases } from './spec-support/databases.ts'
import { nameList, poison } from './spec-support/name-list.ts'
import { client1, partitionLog, tenantB, uuid } from './spec-support/records.ts'
import { until } from './spec-support/until.ts'
import { type ProjectionConfig, start } from './start.ts'
import { ensurePostgresTable } from './tables.ts'
import { ParkingBurst } from './worker.ts'

const generation = `spec${randomUUID().slice(0, 8)}`
const partitionsOfATopic = 40
const brokers = env('KAFKA_BROKERS').split(',')
const kafka = connectKafka({ brokers, clientId: 'projections-spec' })
const topic = topicName('events', generation)

let databases: Awaited<ReturnType<typeof openDatabases>>
let producer: LogProducer
let registry: SchemaRegistry

const config: ProjectionConfig = {
  KAFKA_BROKERS: brokers,
  SCHEMA_REGISTRY_URL: env('SCHEMA_REGISTRY_URL'),
  POSTGRES_PROJECTOR_URL: env('POSTGRES_PROJECTOR_URL'),
  CLICKHOUSE_PROJECTOR_URL: env('CLICKHOUSE_PROJECTOR_URL'),
  REDIS_URL: env('REDIS_URL'),
  TOPIC_GENERATION: generation,
  TOPIC_PARTITIONS: partitionsOfATopic,
}

beforeAll(async () => {
  databases = await openDatabases()
  registry = await connectRegistry(config.SCHEMA_REGISTRY_URL)
  await registry.registerAll()
  await createTopics(
    kafka,
    topics.map((kind) => topicName(kind, generation)),
    partitionsOfATopic,
  )
  producer = await connectProducer(kafka)
}, 60_000)

afterAll(async () => {
  await producer.close()
  const admin = kafka.admin()
  await admin.deleteTopics({ topics: topics.map((kind) => topicName(kind, generation)) })
  await admin.disconnect()
  await databases.close()
})

const cleanUps: (() => Promise<unknown>)[] = []
afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0).reverse()) await cleanUp()
})

const send = (records: readonly TopicRecord[]) =>
  producer.send(
    records.map((record) => ({
      topic: record.topic,
      partition: record.partition,
      ...encodeRecord(record, registry.idOf(record.type as 'CampaignCreated', record.version), record.bytes),
    })),
  )

let nextPartition = 0

/** A partition that no other test writes to. */
function newPartition() {
  const partition = nextPartition++
  const { log, add } = partitionLog(topic, partition)
  const campaign = (n: number) => CampaignId.parse(uuid('1', partition * 1000 + n))
  return {
    partition,
    log,
    create: (n: number, name: string, tenantId?: TenantId) =>
      add(
        'CampaignCreated',
        { campaignId: campaign(n), clientId: client1, name, objective: null },
        { ...(tenantId && { tenantId }), id: campaign(n) },
      ),
    rename: (n: number, name: string) => add('CampaignRenamed', { campaignId: campaign(n), name }, { id: campaign(n) }),
    submit: (n: number) => add('CampaignSubmitted', { campaignId: campaign(n) }, { id: campaign(n) }),
    /** Rows of this partition's campaigns. */
    names: (n: number) => campaign(n),
  }
}

/** A model of its own, and ways to run it and to look at it. */
function newModel() {
  const projection = nameList(modelName())
  cleanUps.push(() => dropModel(databases, projection.name))
  const { postgres } = databases
  return {
    projection,
    run: async (changes: Partial<ProjectionConfig> = {}) => {
      let failure: unknown = null
      const health = createHealth((_, error) => {
        failure = error
      })
      const stop = await start({ ...config, ...changes }, health, [projection])
      let stopped: Promise<void> | null = null
      const once: Stop = () => (stopped ??= stop())
      cleanUps.push(once)
      return {
        stop: once,
        isHealthy: async () => (await health.report()).ready,
        /** What the health check says is wrong. */
        failure: async () => {
          await health.report()
          return failure
        },
      }
    },
    names: async (id: string) => {
      const [row] = await postgres
        .query<{ names: string }>(`SELECT names FROM read_model.${tableName(projection)} WHERE id = $1`, [id])
        .catch(() => [])
      return row?.names ?? null
    },
    counts: async (partition: number) => {
      const [row] = await postgres.query<Counts>(
        `SELECT applied, parked, not_applicable, record_offset, halted FROM read_model.checkpoint
         WHERE model = $1 AND partition = $2`,
        [projection.name, partition],
      )
      return row ?? null
    },
  }
}

type Counts = { applied: number; parked: number; not_applicable: number; record_offset: number; halted: string | null }

describe('the runner', () => {
  test('carries events from Kafka into rows, counts every one of them, and tells whose rows moved', async () => {
    const { partition, log, create, rename, submit, names } = newPartition()
    const model = newModel()
    const redis = connectRedis(config.REDIS_URL)
    const messages: Moved[] = []
    redis.subscribe(movedChannel, (message) => messages.push(JSON.parse(message)))
    cleanUps.push(async () => redis.close())
    create(1, 'a')
    submit(1)
    rename(1, 'b')
    create(2, poison)
    rename(2, 'c')
    const last = create(3, 'x', tenantB)
    await send(log)
    const { isHealthy } = await model.run()

    const counts = await until(
      () => model.counts(partition),
      (found) => found?.record_offset === log.length - 1,
    )
    expect(counts).toEqual({ applied: 3, parked: 2, not_applicable: 1, record_offset: 5, halted: null })
    expect(await model.names(names(1))).toBe('a,b')
    expect(await isHealthy()).toBe(true)
    const ours = () => messages.filter(({ model: name }) => name === model.projection.name)
    await until(ours, (found) => found.length >= 2)
    expect(ours()).toContainEqual({
      tenantId: tenantB,
      model: model.projection.name,
      topic,
      partition,
      position: last.position,
    })
  })

  test('shares partitions with a second runner, and goes on where one left off', async () => {
    const partitions = Array.from({ length: 6 }, newPartition)
    const model = newModel()
    const grow = async (by: number) => {
      for (const { log, create, rename } of partitions) {
        const from = log.length
        if (from === 0) create(1, '0')
        while (log.length < from + by) rename(1, String(log.length))
        await send(log.slice(from))
      }
    }
    const complete = async () => {
      for (const { names, log } of partitions) {
        const expected = [...log.keys()].join(',')
        await until(
          () => model.names(names(1)),
          (found) => found === expected,
        )
      }
    }
    const one = await model.run()
    await grow(50)
    const two = await model.run()
    await grow(50)
    await complete()
    await one.stop()
    await grow(50)
    await complete()
    await two.stop()
    await grow(10)
    await model.run()
    await complete()
    for (const { partition, log } of partitions)
      expect(await model.counts(partition)).toMatchObject({ applied: log.length, parked: 0 })
  }, 60_000)

  test('waits for a database that is away, and parks nothing for it', async () => {
    const { partition, log, create, rename, names } = newPartition()
    const model = newModel()
    const cable = await cableTo(config.POSTGRES_PROJECTOR_URL)
    cleanUps.push(cable.close)
    // Live updates are away all the time, which is nobody's concern.
    await model.run({ POSTGRES_PROJECTOR_URL: cable.url, REDIS_URL: 'redis://127.0.0.1:1' })
    create(1, 'a')
    await send(log)
    await until(
      () => model.names(names(1)),
      (found) => found === 'a',
    )
    cable.pull()
    rename(1, 'b')
    await send(log.slice(1))
    rename(1, 'c')
    await send(log.slice(2))
    expect(await model.names(names(1))).toBe('a')
    cable.plugIn()
    await until(
      () => model.names(names(1)),
      (found) => found === 'a,b,c',
    )
    expect(await model.counts(partition)).toMatchObject({ applied: 3, parked: 0, halted: null })
  }, 60_000)

  test('asks for its checkpoint again when another runner has moved it', async () => {
    const { partition, log, create, rename, names } = newPartition()
    const model = newModel()
    const { projection } = model
    const { postgres } = databases
    await model.run()
    create(1, 'a')
    await send(log)
    await until(
      () => model.names(names(1)),
      (found) => found === 'a',
    )
    // Somebody who still believes to own the partition takes the next event before it has reached our runner.
    rename(1, 'b')
    const sink = postgresSink(postgres, projection, await ensurePostgresTable(postgres, projection))
    const from = await checkpointOf(postgres, projection, { topic, partition })
    expect(await advance(projection, sink, from, log, () => true)).toMatchObject({ type: 'moved' })
    rename(1, 'c')
    await send(log.slice(1))
    await until(
      () => model.names(names(1)),
      (found) => found === 'a,b,c',
    )
    expect(await model.counts(partition)).toMatchObject({ applied: 3, parked: 0, record_offset: 2 })
  }, 60_000)

  test('halts a partition that lacks a record, says so, and goes on with the others', async () => {
    const [broken, sound] = [newPartition(), newPartition()]
    const model = newModel()
    broken.create(1, 'a')
    broken.rename(1, 'lost')
    broken.rename(1, 'c')
    sound.create(1, 'x')
    await send([...broken.log.toSpliced(1, 1), ...sound.log])
    const { isHealthy } = await model.run()
    const { halted } = (await until(
      () => model.counts(broken.partition),
      (found) => found?.halted != null,
    )) as Counts
    expect(halted).toContain('Position 106 follows 103, but the last one applied is 100')
    sound.rename(1, 'y')
    await send(sound.log.slice(1))
    await until(
      () => model.names(sound.names(1)),
      (found) => found === 'x,y',
    )
    expect(await model.names(broken.names(1))).toBe('a')
    expect(await isHealthy()).toBe(false)
  }, 60_000)

  test('waits at a record whose schema it does not know, says so, and goes on with the others', async () => {
    const [later, sound] = [newPartition(), newPartition()]
    const model = newModel()
    const record = later.create(1, 'a')
    await producer.send([{ topic, partition: later.partition, ...encodeRecord(record, 2 ** 31 - 1, record.bytes) }])
    sound.create(1, 'x')
    await send(sound.log)
    const { isHealthy } = await model.run()
    await until(
      () => model.names(sound.names(1)),
      (found) => found === 'x',
    )
    const found = await until(
      () => model.counts(later.partition),
      (counts) => counts?.halted != null,
    )
    expect(found).toMatchObject({ applied: 0, parked: 0, record_offset: -1 })
    expect(await isHealthy()).toBe(false)
    // Nobody is held up by it: neither a second runner, with which the partitions are shared anew, nor its partitions.
    await model.run()
    sound.rename(1, 'y')
    await send(sound.log.slice(1))
    await until(
      () => model.names(sound.names(1)),
      (names) => names === 'x,y',
    )
  }, 60_000)

  test('stops when many streams at once cannot be applied, and writes nothing of them', async () => {
    const { partition, log, create, names } = newPartition()
    const model = newModel()
    for (let n = 0; n <= fullBudget; n++) create(n, poison)
    create(99, 'a')
    await send(log)
    const { failure } = await model.run()
    const { halted, ...counts } = (await until(
      () => model.counts(partition),
      (found) => found?.halted != null,
    )) as Counts
    expect(halted).toMatch(/^ParkingBurst: 11 streams at once cannot be applied/)
    expect(counts).toEqual({ applied: 0, parked: 0, not_applicable: 0, record_offset: -1 })
    expect(await model.names(names(99))).toBeNull()
    await until(failure, (found) => found instanceof ParkingBurst)
  }, 60_000)
})
