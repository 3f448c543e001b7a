import { type ConsumedBatch, readRecords, type SchemaRegistry, type TopicRecord } from '@bizosaas/kafka'
import { type Item, readItem } from '../../runner/items.ts'
import type { Reading } from '../../runner/worker.ts'

/** Reads a batch once, and decodes each of its events once, however many ask for it. */
export function readingOnce(registry: SchemaRegistry): (batch: ConsumedBatch) => Promise<Reading> {
  const readings = new WeakMap<ConsumedBatch, Promise<Reading>>()
  return (batch) => {
    const known = readings.get(batch)
    if (known !== undefined) return known
    const reading = (async () => ({ records: await readRecords(batch, registry), itemOf: decodedOnce() }))()
    readings.set(batch, reading)
    return reading
  }
}

function decodedOnce(): (record: TopicRecord) => Item {
  const items = new Map<TopicRecord, Item>()
  return (record) => {
    const known = items.get(record)
    if (known !== undefined) return known
    const item = readItem(record)
    items.set(record, item)
    return item
  }
}
