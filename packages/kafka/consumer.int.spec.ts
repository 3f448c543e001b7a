import { randomUUID } from 'node:crypto'
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals'
import type { Consumer, ConsumerConfig } from 'kafkajs'
import { connectKafka, type TopicPartition } from './connect.ts'
import { type ConsumedBatch, type ConsumerOptions, consume, type LogConsumer } from './consumer.ts'
import { connectProducer } from './producer.ts'
import { positionOf } from './record.ts'
import { offsetRanges, scan } from './scan.ts'
import { place, recordAt, until, within } from './testing/log.ts'
import { createTopics } from './topics.ts'

const kafka = connectKafka({ brokers: (process.env.KAFKA_BROKERS ?? '127.0.0.1:19092').split(','), clientId: 'test' })
const topic = `test-${randomUUID()}`
const partitions = 6
const perPartition = 2_000

beforeAll(async () => {
  await createTopics(kafka, [topic], partitions)
  const producer = await connectProducer(kafka)
  for (let from = 0; from < perPartition; from += 500) {
    const records = Array.from({ length: 500 * partitions }, (_, n) =>
      recordAt({ topic, partition: n % partitions }, from + Math.floor(n / partitions)),
    )
    await producer.send(records)
  }
  await producer.close()
}, 60_000)

afterAll(async () => {
  const admin = kafka.admin()
  await admin.deleteTopics({ topics: [topic] })
  await admin.disconnect()
})

/** What a projection is to a consumer: it keeps how far it is, and drops by position what it has applied. */
const reader = () => {
  const applied = new Map<string, number[]>()
  const appliedOf = (where: TopicPartition): number[] => {
    const known = applied.get(place(where)) ?? []
    applied.set(place(where), known)
    return known
  }
  return {
    applied,
    total: () => [...applied.values()].reduce((sum, { length }) => sum + length, 0),
    startAt: async (assigned: readonly TopicPartition[]) => assigned.map((where) => appliedOf(where).length),
    onBatch: async (batch: ConsumedBatch) => {
      const positions = appliedOf(batch)
      for (const message of batch.messages) {
        const position = positionOf(message)
        if (position > (positions.at(-1) ?? -1)) positions.push(position)
      }
    },
  }
}

const complete = Array.from({ length: perPartition }, (_, position) => position)
const running: LogConsumer[] = []

const join = async (
  group: string,
  options: Pick<ConsumerOptions, 'startAt' | 'onBatch'> & Partial<ConsumerOptions>,
  cluster = kafka,
) => {
  const failed = Promise.withResolvers<Error>()
  const consumer = await consume(cluster, {
    group,
    topics: [topic],
    concurrency: 3,
    maxBytesPerPartition: 20_000,
    onFailure: failed.resolve,
    ...options,
  })
  running.push(consumer)
  return { ...consumer, failed: failed.promise }
}

/** The cluster, with somebody who hears what the clients made of it do. */
const listeningTo = (listen: (client: Consumer) => void): typeof kafka =>
  Object.assign(Object.create(kafka) as typeof kafka, {
    consumer: (config: ConsumerConfig) => {
      const client = kafka.consumer(config)
      listen(client)
      return client
    },
  })

afterEach(async () => {
  await Promise.all(running.splice(0).map((consumer) => consumer.stop()))
})

describe('A consumer', () => {
  test('hands over every record of every partition, in order', async () => {
    const all = reader()
    await join(randomUUID(), all)
    await until(() => all.total() === perPartition * partitions)
    expect([...all.applied.values()]).toEqual(Array.from({ length: partitions }, () => complete))
  }, 30_000)

  test('begins at the checkpoint of its caller, whatever was read before, and commits nothing', async () => {
    const group = randomUUID()
    const first = reader()
    const before = await join(group, first)
    await until(() => first.total() > 1_000)
    await before.stop()

    const offsets: number[] = []
    const from = perPartition - 10
    await join(group, {
      startAt: async (assigned) => assigned.map(() => from),
      onBatch: async ({ messages }) => {
        offsets.push(...messages.map(({ offset }) => Number(offset)))
      },
    })
    await until(() => offsets.length === 10 * partitions)
    expect(Math.min(...offsets)).toBe(from)

    const admin = kafka.admin()
    const committed = await admin.fetchOffsets({ groupId: group, topics: [topic] })
    await admin.disconnect()
    expect(committed.flatMap((each) => each.partitions.map(({ offset }) => offset))).toEqual(
      Array(partitions).fill('-1'),
    )
  }, 30_000)

  test('loses and doubles nothing while members come, go and stop in the middle', async () => {
    const group = randomUUID()
    const shared = reader()
    const slowly = {
      ...shared,
      onBatch: async (batch: ConsumedBatch) => {
        // The work of a batch: without it the first member has read everything before the next one has joined.
        await new Promise((resolve) => setTimeout(resolve, 15))
        await shared.onBatch(batch)
      },
    }
    const a = await join(group, slowly)
    await until(() => shared.total() > 500)
    await join(group, slowly)
    await until(() => shared.total() > 2_500)
    await a.stop()
    await until(() => shared.total() > 4_000)
    await join(group, slowly)
    await until(() => shared.total() === perPartition * partitions)
    expect([...shared.applied.values()]).toEqual(Array.from({ length: partitions }, () => complete))
  }, 60_000)

  test('stays in its group while a batch takes long: it goes on giving signs of life', async () => {
    let assignments = 0
    let signs = 0
    let wanted = Number.POSITIVE_INFINITY
    const first = reader()
    const overheard = listeningTo((client) => client.on(client.events.HEARTBEAT, () => signs++))
    await join(
      randomUUID(),
      {
        startAt: async (assigned) => {
          assignments++
          return first.startAt(assigned)
        },
        onBatch: async (batch) => {
          wanted = Math.min(wanted, signs + 3)
          await until(() => signs >= wanted)
          await first.onBatch(batch)
        },
      },
      overheard,
    )
    await until(() => first.total() === perPartition * partitions)
    expect(assignments).toBe(1)
  }, 60_000)

  test('fetches nothing more while what it has is in hand, however much there is and however long that takes', async () => {
    const all = reader()
    const letGo = Promise.withResolvers<void>()
    let [held, signs, fetched] = [0, 0, 0]
    const overheard = listeningTo((client) => {
      client.on(client.events.HEARTBEAT, () => signs++)
      client.on(client.events.FETCH, ({ payload }) => {
        fetched += payload.numberOfBatches
      })
    })
    const passing = async (count: number) => {
      const wanted = signs + count
      await until(() => signs >= wanted)
    }
    const onBatch = async (batch: ConsumedBatch) => {
      held++
      await letGo.promise
      await all.onBatch(batch)
    }
    await join(randomUUID(), { ...all, onBatch }, overheard)
    try {
      await until(() => held > 0)
      await passing(1)
      const before = { held, fetched }
      await passing(3)
      expect({ held, fetched }).toEqual(before)
      expect(fetched).toBeLessThanOrEqual(partitions)
    } finally {
      letGo.resolve()
    }
    await until(() => all.total() === perPartition * partitions)
  }, 60_000)

  test('waits, when it is stopped, for the batch in hand', async () => {
    const group = randomUUID()
    const [begun, mayEnd] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()]
    const order: string[] = []
    const consumer = await join(group, {
      startAt: async (assigned) => assigned.map(() => 0),
      onBatch: async () => {
        begun.resolve()
        await mayEnd.promise
        order.push('done')
      },
      concurrency: 1,
    })
    await begun.promise
    const stopping = consumer.stop().then(() => order.push('stopped'))
    const admin = kafka.admin()
    const described = await admin.describeGroups([group])
    await admin.disconnect()
    expect(described.groups[0]?.members).toHaveLength(1)
    mayEnd.resolve()
    await stopping
    expect(order).toEqual(['done', 'stopped'])
  }, 30_000)

  test('leaves out a paused partition, and goes on from the checkpoint when it is resumed', async () => {
    const halted: TopicPartition = { topic, partition: 2 }
    const all = reader()
    let trouble = true
    const consumer: LogConsumer = await join(randomUUID(), {
      ...all,
      onBatch: async (batch) => {
        if (batch.partition === halted.partition && trouble) consumer.pause(halted)
        else await all.onBatch(batch)
      },
    })
    await until(() => all.total() === perPartition * (partitions - 1))
    expect(all.applied.get(place(halted))).toEqual([])
    trouble = false
    await consumer.resume(halted)
    await until(() => all.total() === perPartition * partitions)
    expect(all.applied.get(place(halted))).toEqual(complete)
  }, 30_000)

  test.each([
    ['a batch', { onBatch: () => Promise.reject(new Error('the handler is broken')) }],
    ['a checkpoint', { startAt: () => Promise.reject(new Error('the handler is broken')) }],
  ])(
    'ends, and says why, when %s fails',
    async (_, broken) => {
      const { failed } = await join(randomUUID(), { ...reader(), ...broken })
      await expect(within(20_000, failed)).resolves.toThrow('the handler is broken')
    },
    30_000,
  )
})

describe('A scan', () => {
  test('reads the given stretches once, and leaves no group behind', async () => {
    const ranges = await offsetRanges(kafka, [topic])
    expect(ranges.map(({ low, high }) => [low, high])).toEqual(Array(partitions).fill([0, perPartition]))
    const read = new Map<string, number[]>()
    await scan(
      kafka,
      ranges.map((range) => ({ ...range, from: range.high - range.partition })),
      (where, message) => read.set(place(where), [...(read.get(place(where)) ?? []), positionOf(message)]),
    )
    expect(Object.fromEntries(read)).toEqual(
      Object.fromEntries([1, 2, 3, 4, 5].map((partition) => [place({ topic, partition }), complete.slice(-partition)])),
    )
    const admin = kafka.admin()
    const { groups } = await admin.listGroups()
    await admin.disconnect()
    expect(groups.filter(({ groupId }) => groupId.startsWith('scan-'))).toEqual([])
  }, 30_000)
})
