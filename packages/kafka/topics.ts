import type { Admin } from 'kafkajs'
import type { KafkaCluster } from './connect.ts'
import { patiently } from './patience.ts'

/**
 * Largest batch that the internal topics take, in bytes. An event is at most 1 MiB (the event store's limit), and one
 * produce request carries several.
 */
const maxBatchBytes = 8 * 1024 * 1024

/**
 * The internal topics are a copy of the event store, so they are kept for ever: no retention, no compaction. The codec is
 * the producer's, and the producer sends uncompressed: see docs of `connectProducer`.
 */
const config = {
  'cleanup.policy': 'delete',
  'retention.ms': '-1',
  'retention.bytes': '-1',
  'compression.type': 'producer',
  'max.message.bytes': String(maxBatchBytes),
}

/**
 * Creates the internal topics that are missing, and checks that those that exist have this many partitions: a partition is
 * part of what a reader remembers, so it never changes while a topic lives.
 *
 * @throws when a topic has another number of partitions
 */
export const createTopics = async (
  kafka: KafkaCluster,
  topics: readonly string[],
  partitions: number,
): Promise<void> => {
  const admin = kafka.admin()
  await admin.connect()
  try {
    await patiently(() => createMissing(admin, topics, partitions))
    const { topics: found } = await patiently(() => admin.fetchTopicMetadata({ topics: [...topics] }))
    for (const topic of found) {
      if (topic.partitions.length !== partitions) {
        throw new Error(
          `Topic ${topic.name} has ${topic.partitions.length} partitions, but TOPIC_PARTITIONS is ${partitions}: the number never changes, so set it back to ${topic.partitions.length}`,
        )
      }
    }
  } finally {
    await admin.disconnect()
  }
}

const createMissing = async (admin: Admin, topics: readonly string[], partitions: number): Promise<void> => {
  const existing = new Set(await admin.listTopics())
  const missing = topics.filter((topic) => !existing.has(topic))
  if (missing.length === 0) return
  await admin.createTopics({
    waitForLeaders: true,
    topics: missing.map((topic) => ({
      topic,
      numPartitions: partitions,
      configEntries: Object.entries(config).map(([name, value]) => ({ name, value })),
    })),
  })
}
