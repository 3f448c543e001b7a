/** What goes wrong in the tests. */
import { randomUUID } from 'node:crypto'
import { createTopics, offsetRanges, scan } from '@bizosaas/kafka'
import { instantOf, streamName, TenantId } from '@bizosaas/schemas'
import { binaryEvent, KurrentDBClient } from '@kurrent/kurrentdb-client'
import { metadataOf } from './events.ts'
import { partitions, type World } from './world.ts'

/** Somebody deletes the topics, or the brokers' disks were lost. */
export const loseTopics = async ({ kafka, topics, deleteTopics }: World): Promise<void> => {
  await deleteTopics()
  const admin = kafka.admin()
  for (;;) {
    const left = await admin.listTopics()
    if (!topics.some((topic) => left.includes(topic))) break
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
  await admin.disconnect()
}

/** Somebody sets a retention on the topics: what was written is gone, all of it or the first record, and the offsets go on. */
export const loseRecords = async ({ kafka, topics }: World, how: 'all' | 'first' = 'all'): Promise<void> => {
  const admin = kafka.admin()
  for (const topic of topics) {
    const ends = await admin.fetchTopicOffsets(topic)
    await admin.deleteTopicRecords({
      topic,
      partitions: ends
        .filter(({ high }) => how === 'all' || Number(high) > 1)
        .map(({ partition, high }) => ({ partition, offset: how === 'all' ? high : '1' })),
    })
  }
  await admin.disconnect()
}

/** Something else produces into the topics. */
export const writeForeignRecords = async ({ kafka, topics }: World): Promise<void> => {
  const producer = kafka.producer({ createPartitioner: () => () => 0 })
  await producer.connect()
  for (const topic of topics) {
    for (let partition = 0; partition < 12; partition++) {
      await producer.send({
        topic,
        messages: Array.from({ length: 300 }, () => ({ partition, key: 'x', value: 'foreign' })),
      })
    }
  }
  await producer.disconnect()
}

/** Somebody limits how many events a stream keeps. */
export const setRetention = async ({ config }: World, stream: string): Promise<void> => {
  const client = KurrentDBClient.connectionString(config.KURRENTDB_URL)
  await client.setStreamMetadata(stream, { maxCount: 1 })
  await client.dispose()
}

/** Ends a stream for ever; the store records that as an event of the greatest revision there can be. */
export const tombstone = async ({ config }: World, stream: string): Promise<void> => {
  const client = KurrentDBClient.connectionString(config.KURRENTDB_URL)
  await client.tombstoneStream(stream)
  await client.dispose()
}

/** An event that somebody stored past the deciders, and what is wrong with it. */
export type Oddity = { readonly id: string; readonly type: string; readonly error: RegExp }

export const appendOddities = async ({ store, config }: World): Promise<readonly Oddity[]> => {
  const tenantId = TenantId.parse(randomUUID())
  const ours = metadataOf(tenantId, instantOf(new Date()))
  const stream = () => streamName('campaign', tenantId, randomUUID())
  const odd: Oddity[] = []
  const append = async (name: string, type: string, data: object, metadata: Record<string, string>, error: RegExp) => {
    const id = randomUUID()
    await store.append([{ stream: name, expected: 'no-stream', events: [{ id, type, data, metadata }] }])
    odd.push({ id, type, error })
  }
  const renamed = { campaignId: 'c', name: 'n' }
  await append(stream(), 'SomethingHappened', {}, ours, /SomethingHappened/)
  await append(
    stream(),
    'CampaignRenamed',
    { campaignId: 'c', name: 7 },
    ours,
    /CampaignRenamed\.name must be a string/,
  )
  await append(stream(), 'CampaignRenamed', renamed, { ...ours, schemaVersion: '99' }, /version 99/)
  await append(stream(), 'CampaignRenamed', renamed, {}, /Metadata/)
  await append(stream(), 'CampaignRenamed', renamed, { ...ours, recordedAt: 'yesterday' }, /recordedAt/)
  await append(stream(), 'CampaignRenamed', renamed, { ...ours, tenantId: randomUUID() }, /not one of the tenant/)
  await append(`other-${randomUUID()}`, 'CampaignRenamed', renamed, ours, /not one of the tenant/)

  const client = KurrentDBClient.connectionString(config.KURRENTDB_URL)
  const noJson = randomUUID()
  const bytes = Buffer.of(0xff, 0xfe, 0x00)
  await client.appendToStream(
    stream(),
    binaryEvent({ id: noJson, type: 'CampaignRenamed', data: bytes, metadata: Buffer.from(JSON.stringify(ours)) }),
  )
  odd.push({ id: noJson, type: 'CampaignRenamed', error: /utf-8/i })
  await client.dispose()
  return odd
}

/** A record as it lies in Kafka. */
export type RawRecord = {
  readonly partition: number
  readonly key: Buffer | null
  readonly value: Buffer | null
  readonly headers: { readonly event?: Buffer }
}

/** Somebody copies a topic, and not faithfully. */
export const rewriteTopic = async (
  world: World,
  topic: string,
  change: (records: readonly RawRecord[]) => readonly RawRecord[],
): Promise<void> => {
  const { kafka, topics } = world
  const written = new Map<string, RawRecord[]>(topics.map((name) => [name, []]))
  const ranges = await offsetRanges(kafka, topics)
  await scan(
    kafka,
    ranges.map((range) => ({ ...range, from: range.low })),
    (place, { key, value, headers }) => {
      written.get(place.topic)?.push({
        partition: place.partition,
        key,
        value,
        headers: { event: headers?.event as Buffer },
      })
    },
  )
  await loseTopics(world)
  await createTopics(kafka, topics, partitions)
  const producer = kafka.producer({
    createPartitioner:
      () =>
      ({ message }) =>
        message.partition ?? 0,
  })
  await producer.connect()
  for (const [name, records] of written) {
    const messages = name === topic ? [...change(records)] : records
    if (messages.length > 0) await producer.send({ topic: name, messages })
  }
  await producer.disconnect()
}
