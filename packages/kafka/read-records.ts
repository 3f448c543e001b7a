import type { ConsumedBatch } from './consumer.ts'
import { decodeRecord, schemaIdOf, type TopicRecord } from './record.ts'
import type { SchemaRegistry } from './registry.ts'

/** The events of a batch, in their order; asks the registry about schemas that were not met before. */
export const readRecords = async (batch: ConsumedBatch, registry: SchemaRegistry): Promise<readonly TopicRecord[]> => {
  const ids = new Set<number>()
  for (const message of batch.messages) {
    const id = schemaIdOf(message)
    if (id !== null) ids.add(id)
  }
  await registry.learn(ids)
  return batch.messages.map((message) => decodeRecord(batch, message, registry.nameOf))
}
