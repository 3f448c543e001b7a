/**
 * The relay's other limit: Kafka alone. It sends the very records that the relay has published, laid out beforehand, in
 * batches as large as the relay's, with the relay's client and its settings.
 */
import { connectKafka, createTopics, offsetRanges, positionOf, scan } from '@bizosaas/kafka'
import { type Topic, topicName, topics } from '@bizosaas/schemas'
import { type MessageToProduce, Producer } from '@platformatic/kafka'
import { serveTasks } from '../lib/worker.ts'

const batchSize = 1_000

export type ProduceTask = {
  readonly type: 'learn' | 'produce'
  readonly brokers: readonly string[]
  readonly partitions: number
  readonly generation: string
}

export type Produced = { readonly records: number; readonly bytes: number; readonly seconds: number }

type Message = Omit<MessageToProduce<Buffer, Buffer, Buffer, Buffer>, 'topic'> & {
  readonly kind: Topic
  readonly position: number
}

let messages: readonly Message[] = []
let bytes = 0

/** `learn` reads the records of a generation; `produce` sends them into a new one. */
serveTasks<ProduceTask, Produced>(async ({ type, brokers, partitions, generation }) => {
  const kafka = connectKafka({ brokers, clientId: 'bench' })
  if (type === 'learn') {
    messages = await read(kafka, generation)
    return { records: messages.length, bytes, seconds: 0 }
  }
  await createTopics(
    kafka,
    topics.map((kind) => topicName(kind, generation)),
    partitions,
  )
  const batches = cut(
    messages.map(({ kind, position: _, ...message }) => ({ ...message, topic: topicName(kind, generation) })),
  )
  const producer = new Producer<Buffer, Buffer, Buffer, Buffer>({
    clientId: 'bench',
    bootstrapBrokers: [...brokers],
    idempotent: true,
    autocreateTopics: false,
  })
  // Connects, and learns where the partitions are.
  await producer.metadata({ topics: topics.map((kind) => topicName(kind, generation)) })
  const start = performance.now()
  for (const batch of batches) await producer.send({ messages: batch })
  const seconds = (performance.now() - start) / 1_000
  await producer.close()
  return { records: messages.length, bytes, seconds }
})

const read = async (kafka: Parameters<typeof scan>[0], generation: string): Promise<readonly Message[]> => {
  const kinds = new Map(topics.map((kind) => [topicName(kind, generation), kind]))
  const found: Message[] = []
  const ranges = await offsetRanges(kafka, [...kinds.keys()])
  await scan(
    kafka,
    ranges.map((range) => ({ ...range, from: range.low })),
    ({ topic, partition }, message) => {
      const { key, value, headers = {} } = message
      const kind = kinds.get(topic)
      if (kind === undefined || key === null || value === null)
        throw new Error(`A record of ${topic} is none of the relay's`)
      const own = Object.entries(headers).map(([name, header]) => [Buffer.from(name), header as Buffer] as const)
      bytes += key.length + value.length + own.reduce((sum, [name, header]) => sum + name.length + header.length, 0)
      found.push({ kind, partition, position: positionOf(message), key, value, headers: new Map(own) })
    },
  )
  return found.sort((one, other) => one.position - other.position)
}

const cut = <Item>(items: readonly Item[]): Item[][] =>
  Array.from({ length: Math.ceil(items.length / batchSize) }, (_, n) => items.slice(n * batchSize, (n + 1) * batchSize))
