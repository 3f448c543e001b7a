import kafkajs, { type ConsumerGroupJoinEvent, type KafkaMessage } from 'kafkajs'
import { type KafkaCluster, retry, type TopicPartition } from './connect.ts'

/** Consecutive records of one partition. */
export type ConsumedBatch = TopicPartition & {
  readonly messages: readonly KafkaMessage[]
  /** Offset that the next record written to the partition will get, as of this fetch. */
  readonly highWater: number
}

export type ConsumerOptions = {
  readonly group: string
  readonly topics: readonly string[]
  /**
   * The caller's checkpoints: for each of these partitions, in this order, the offset of the first record it wants. Asked
   * whenever the group has assigned partitions to this member, also for those that it kept. May wait as long as it must.
   * Null leaves a partition alone until it is resumed.
   */
  readonly startAt: (assigned: readonly TopicPartition[]) => Promise<readonly (number | null)[]>
  /** Never called twice at once for a partition; the next batch comes when this one is done. May take its time. */
  readonly onBatch: (batch: ConsumedBatch) => Promise<void>
  /** The consumer ended because `startAt` or `onBatch` failed, or for a reason that trying again cannot mend. */
  readonly onFailure: (error: Error) => void
  /** How many partitions are worked on at once. */
  readonly concurrency: number
  /** Largest batch, in bytes as they lie in Kafka. */
  readonly maxBytesPerPartition?: number
  /** Of all batches of one fetch; each broker is asked by itself. */
  readonly maxBytes?: number
}

export type LogConsumer = {
  /** Fetches nothing more from a partition, until it is resumed or assigned anew. What is in hand is still processed. */
  readonly pause: (partition: TopicPartition) => void
  /** Asks `startAt` again and goes on from there. */
  readonly resume: (partition: TopicPartition) => Promise<void>
  /** Waits for the batches in hand, then leaves the group. */
  readonly stop: () => Promise<void>
}

const heartbeatMs = 1_000
const fetchWaitMs = 250

/**
 * Consumes topics as one member of a group, which shares the partitions out among its members. No offset is ever
 * committed to Kafka: the caller's checkpoint, stored with what it derived, is the only truth about how far it is. So a
 * caller sees every record from its checkpoint on, in order, possibly some again after a rebalance, and drops by position
 * what it has already applied.
 *
 * Brokers that go away are waited for; `onFailure` is not called for that.
 */
export const consume = async (kafka: KafkaCluster, options: ConsumerOptions): Promise<LogConsumer> => {
  const maxBytesPerPartition = options.maxBytesPerPartition ?? 2 * 1024 * 1024
  const client = kafka.consumer({
    groupId: options.group,
    allowAutoTopicCreation: false,
    sessionTimeout: 10_000,
    rebalanceTimeout: 30_000,
    heartbeatInterval: heartbeatMs,
    maxWaitTimeInMs: fetchWaitMs,
    maxBytesPerPartition,
    // All of a fetch is decoded before any of it is done, and stays in memory as long. The client shuffles the partitions for each one, so
    // that those for which it has no room come in another.
    maxBytes: options.maxBytes ?? 2 * maxBytesPerPartition,
    metadataMaxAge: 60_000,
    retry: { ...retry, restartOnFailure: async () => !ending },
  })
  let assignment = 0
  let joined = false
  let failure: Error | null = null
  let ending = false

  /** Positions the partitions at the caller's checkpoints, unless they have been assigned anew meanwhile. */
  const begin = async (partitions: readonly TopicPartition[]): Promise<void> => {
    const current = assignment
    const offsets = await options.startAt(partitions)
    if (current !== assignment || !joined) return
    const wanted = partitions.filter((partition, index) => {
      const offset = offsets[index] ?? null
      if (offset !== null) client.seek({ ...partition, offset: String(offset) })
      return offset !== null
    })
    client.resume(asTopics(wanted))
  }

  const fail = (error: unknown): void => {
    failure ??= error instanceof Error ? error : new Error(String(error))
  }

  const end = async (): Promise<void> => {
    ending = true
    assignment++
    await client.disconnect()
  }

  const beginOrFail = async (partitions: readonly TopicPartition[]): Promise<void> => {
    try {
      await begin(partitions)
    } catch (error) {
      fail(error)
      await afterJoining()
      await end()
      options.onFailure(failure ?? new Error('unknown'))
    }
  }

  // This listener runs inside the join, before the first fetch: so nothing is fetched that was not asked for.
  client.on(client.events.GROUP_JOIN, ({ payload }: ConsumerGroupJoinEvent) => {
    assignment++
    joined = true
    const partitions = Object.entries(payload.memberAssignment).flatMap(([topic, numbers]) =>
      numbers.map((partition) => ({ topic, partition })),
    )
    client.pause(asTopics(partitions))
    // A client that was told to stop while it was joining joins all the same.
    if (ending) void afterJoining().then(end)
    else void beginOrFail(partitions)
  })
  client.on(client.events.STOP, () => {
    joined = false
    assignment++
  })
  client.on(client.events.CRASH, ({ payload }) => {
    if (!payload.restart && !ending) options.onFailure(failure ?? payload.error)
  })

  await client.connect()
  await client.subscribe({ topics: [...options.topics], fromBeginning: true })
  await client.run({
    autoCommit: false,
    partitionsConsumedConcurrently: options.concurrency,
    async eachBatch({ batch, heartbeat, isStale }) {
      // Fetched before the partition was positioned anew, and left over in the client's queue.
      if (isStale()) return
      // A lost heartbeat shows again at the end of the batch, where the client acts on it.
      const beat = setInterval(() => heartbeat().catch(() => {}), heartbeatMs)
      try {
        const { topic, partition, messages, highWatermark } = batch
        await options.onBatch({ topic, partition, messages, highWater: Number(highWatermark) })
      } catch (error) {
        fail(error)
        throw new kafkajs.KafkaJSNonRetriableError('The batch was not processed')
      } finally {
        clearInterval(beat)
      }
    },
  })

  return {
    pause: (partition) => {
      if (joined) client.pause(asTopics([partition]))
    },
    resume: (partition) => begin([partition]),
    stop: end,
  }
}

/** The client can be stopped again only some promises after it has joined. */
const afterJoining = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

const asTopics = (partitions: readonly TopicPartition[]) =>
  partitions.map(({ topic, partition }) => ({ topic, partitions: [partition] }))
