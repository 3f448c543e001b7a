import { randomUUID } from 'node:crypto'
import type { KafkaMessage } from 'kafkajs'
import type { KafkaCluster, TopicPartition } from './connect.ts'
import { consume } from './consumer.ts'
import { patiently } from './patience.ts'

/** The offsets that a partition holds: from `low` to before `high`. */
export type OffsetRange = TopicPartition & { readonly low: number; readonly high: number }

/** What each partition of these topics holds now. */
export const offsetRanges = async (kafka: KafkaCluster, topics: readonly string[]): Promise<readonly OffsetRange[]> => {
  const admin = kafka.admin()
  await admin.connect()
  try {
    const ranges = await Promise.all(
      topics.map(async (topic) =>
        (await patiently(() => admin.fetchTopicOffsets(topic))).map(({ partition, low, high }) => ({
          topic,
          partition,
          low: Number(low),
          high: Number(high),
        })),
      ),
    )
    return ranges.flat()
  } finally {
    await admin.disconnect()
  }
}

/** A stretch of a partition to read: from `from` to before `high`. */
export type Stretch = TopicPartition & { readonly from: number; readonly high: number }

/**
 * Reads stretches of partitions once, handing over each record in the order of its partition.
 *
 * kafkajs cannot read a partition outside a group, so this forms one of its own, which is removed afterwards; if the
 * process dies in between, the broker removes it, because an empty group without offsets is not kept.
 */
export const scan = async (
  kafka: KafkaCluster,
  stretches: readonly Stretch[],
  onRecord: (place: TopicPartition, message: KafkaMessage) => void,
): Promise<void> => {
  const pending = new Map(
    stretches.filter(({ from, high }) => from < high).map((stretch) => [placeOf(stretch), stretch]),
  )
  if (pending.size === 0) return

  const starts = new Map(stretches.map((stretch) => [placeOf(stretch), stretch.from]))
  const group = `scan-${randomUUID()}`
  const finished = Promise.withResolvers<void>()
  const consumer = await consume(kafka, {
    group,
    topics: [...new Set(stretches.map(({ topic }) => topic))],
    concurrency: 1,
    maxBytesPerPartition: 4 * 1024 * 1024,
    startAt: async (assigned) => assigned.map((partition) => starts.get(placeOf(partition)) ?? 0),
    onBatch: async ({ topic, partition, messages }) => {
      const place = placeOf({ topic, partition })
      const stretch = pending.get(place)
      if (stretch === undefined) return
      for (const message of messages) {
        if (Number(message.offset) < stretch.high) onRecord({ topic, partition }, message)
      }
      const last = messages.at(-1)
      if (last !== undefined && Number(last.offset) >= stretch.high - 1) {
        pending.delete(place)
        consumer.pause({ topic, partition })
      }
      if (pending.size === 0) finished.resolve()
    },
    onFailure: finished.reject,
  })
  try {
    await finished.promise
  } finally {
    await consumer.stop()
    await removeGroup(kafka, group)
  }
}

const removeGroup = async (kafka: KafkaCluster, group: string): Promise<void> => {
  const admin = kafka.admin()
  await admin.connect()
  try {
    await admin.deleteGroups([group])
  } finally {
    await admin.disconnect()
  }
}

const placeOf = ({ topic, partition }: TopicPartition): string => `${topic} ${partition}`
