import { CompressionTypes, type Message } from 'kafkajs'
import type { KafkaCluster, TopicPartition } from './connect.ts'
import type { EncodedRecord } from './record.ts'

/** A record and where it goes. */
export type OutgoingRecord = TopicPartition & EncodedRecord

/** Where the last record that a send wrote to a partition lies. */
export type WrittenTail = TopicPartition & { readonly offset: number }

export type LogProducer = {
  /**
   * Writes the records, in their order within each partition, and resolves when every in-sync replica has them all. One
   * call at a time. After a rejection nobody knows which records were written: the process has to end, and its successor
   * finds out by reading.
   */
  readonly send: (records: readonly OutgoingRecord[]) => Promise<readonly WrittenTail[]>
  readonly close: () => Promise<void>
}

/**
 * A producer for logs whose order matters: idempotent, one request in flight, acknowledged by all in-sync replicas,
 * partitions chosen by the caller. It does not compress: in this client compressing costs more of the one core than it
 * saves the broker, and a file system or a tiered store compresses a log that is kept for ever better.
 */
export const connectProducer = async (kafka: KafkaCluster): Promise<LogProducer> => {
  const producer = kafka.producer({
    idempotent: true,
    maxInFlightRequests: 1,
    allowAutoTopicCreation: false,
    createPartitioner:
      () =>
      ({ message }) =>
        message.partition ?? -1,
    // Enough for a broker to fail over. An unbounded retry, which the client wants, would hide that nothing is published.
    retry: { retries: 5 },
  })
  await producer.connect()

  return {
    async send(records) {
      const byTopic = new Map<string, Message[]>()
      const counts = new Map<string, TopicPartition & { count: number }>()
      for (const record of records) {
        const { topic, partition } = record
        const messages = byTopic.get(topic)
        if (messages === undefined) byTopic.set(topic, [record])
        else messages.push(record)
        const place = `${topic} ${partition}`
        const known = counts.get(place)
        if (known === undefined) counts.set(place, { topic, partition, count: 1 })
        else known.count++
      }
      const answers = await producer.sendBatch({
        acks: -1,
        compression: CompressionTypes.None,
        topicMessages: Array.from(byTopic, ([topic, messages]) => ({ topic, messages })),
      })
      const baseOffsets = new Map(
        answers.map(({ topicName, partition, baseOffset }) => [`${topicName} ${partition}`, baseOffset]),
      )
      return Array.from(counts, ([place, { topic, partition, count }]) => ({
        topic,
        partition,
        offset: acknowledged(place, baseOffsets.get(place)) + count - 1,
      }))
    },
    close: () => producer.disconnect(),
  }
}

/**
 * The client resends only to brokers that have not answered yet: when a partition moves to one that has, it reports
 * success without having sent that partition's records. So every partition must be acknowledged by name.
 */
const acknowledged = (place: string, baseOffset: string | undefined): number => {
  const offset = Number(baseOffset ?? -1)
  if (offset < 0) throw new Error(`Kafka did not acknowledge the records for ${place}`)
  return offset
}
