import type { TopicPartition, TopicRecord } from '@bizosaas/kafka'
import type { Checkpoint } from './checkpoint.ts'

/** Records behind the checkpoints that concern nobody, in their order: they wait for the next step of their partition. */
export type PassedOver = {
  /**
   * A batch with what was passed over before it. What does not end where the batch begins was taken before the partition was
   * asked for again, and is forgotten. Null if there is a hole between the checkpoint and the batch: of our own making,
   * for the topic may well hold what is missing.
   */
  readonly with: (from: Checkpoint, batch: readonly TopicRecord[]) => readonly TopicRecord[] | null
  readonly keep: (place: TopicPartition, records: readonly TopicRecord[]) => void
  readonly of: (place: TopicPartition) => readonly TopicRecord[]
  readonly forget: (place: TopicPartition) => void
  readonly forgetAll: () => void
  readonly places: () => readonly TopicPartition[]
}

/** An event's bytes are a slice of all that was fetched with it, and nobody reads them here. */
const noBytes = Buffer.alloc(0)

export function passedOver(): PassedOver {
  const kept = new Map<string, { readonly place: TopicPartition; readonly records: readonly TopicRecord[] }>()
  const of = (place: TopicPartition) => kept.get(nameOf(place))?.records ?? []
  return {
    with: (from, batch) => {
      const first = batch[0]?.offset ?? from.offset + 1
      const before = of(from)
      if (before.at(-1)?.offset === first - 1) return [...before, ...batch]
      kept.delete(nameOf(from))
      return first <= from.offset + 1 ? batch : null
    },
    keep: ({ topic, partition }, records) => {
      const place = { topic, partition }
      const light = records.map((record) => (record.bytes.length === 0 ? record : { ...record, bytes: noBytes }))
      kept.set(nameOf(place), { place, records: light })
    },
    of,
    forget: (place) => kept.delete(nameOf(place)),
    forgetAll: () => kept.clear(),
    places: () => [...kept.values()].map(({ place }) => place),
  }
}

function nameOf({ topic, partition }: TopicPartition): string {
  return `${topic}[${partition}]`
}
