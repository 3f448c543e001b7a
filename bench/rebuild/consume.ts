/** The first limit of a rebuild: the same records fetched by the same consumer and decoded, and nothing done with them. */
import { randomUUID } from 'node:crypto'
import { connectKafka, connectRegistry, consume, offsetRanges } from '@bizosaas/kafka'
import { batchBytes, fetchBytes, partitionsAtOnce } from '@bizosaas/projections/rebuild/build/fill.ts'
import { readingOnce } from '@bizosaas/projections/rebuild/build/reading-once.ts'
import type { Reading } from '@bizosaas/projections/runner/worker.ts'
import { serveTasks } from '../lib/worker.ts'

const kafka = connectKafka({ brokers: (process.env.KAFKA_BROKERS ?? '').split(','), clientId: 'bench' })
const registry = await connectRegistry(process.env.SCHEMA_REGISTRY_URL ?? '')

/** Reads a topic as a rebuild does. @param most records of each partition */
export const readTopic = async (
  topic: string,
  most: number,
  onReading: (reading: Reading) => void,
): Promise<{ readonly records: number; readonly seconds: number }> => {
  const ranges = await offsetRanges(kafka, [topic])
  const wanted = new Map(ranges.map(({ partition, high }) => [partition, Math.min(high, most)]))
  const records = wanted.values().reduce((sum, each) => sum + each, 0)
  const read = readingOnce(registry)
  const done = Promise.withResolvers<void>()
  let [left, start] = [records, 0]
  const consumer = await consume(kafka, {
    group: `bench-${randomUUID()}`,
    topics: [topic],
    concurrency: partitionsAtOnce,
    maxBytesPerPartition: batchBytes,
    maxBytes: fetchBytes,
    startAt: async (assigned) => {
      start = performance.now()
      return assigned.map(() => 0)
    },
    onBatch: async (batch) => {
      const messages = batch.messages.slice(0, wanted.get(batch.partition))
      wanted.set(batch.partition, (wanted.get(batch.partition) ?? 0) - messages.length)
      if (messages.length > 0) onReading(await read({ ...batch, messages }))
      left -= messages.length
      if (left === 0) done.resolve()
    },
    onFailure: done.reject,
  })
  await done.promise
  const seconds = (performance.now() - start) / 1_000
  await consumer.stop()
  return { records, seconds }
}

if (import.meta.main) {
  serveTasks<string, number>(async (topic) => {
    const { records, seconds } = await readTopic(topic, Number.POSITIVE_INFINITY, ({ records: all, itemOf }) => {
      for (const record of all) itemOf?.(record)
    })
    return records / seconds
  })
}
