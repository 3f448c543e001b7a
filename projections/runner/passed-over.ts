import type { TopicPartition, TopicRecord } from '@bizosaas/kafka'
import type { Checkpoint } from './checkpoint.ts'

/** Records behind the checkpoints that concern nobody, in their order: they wait for the next step of their partition. */
export type PassedOver = {
  /**
   * A batch with what was passed over before it. What does not end where the batch begins was taken before the partition was
   * asked for again, and is forgotten. Null if there is a hole between the checkpoint and the batch: the partition has to be
   * asked for again, for the topic may well hold what is missing. If the hole is there again, it is the topic's.
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
  /** Of a partition that was asked for because of a hole: the checkpoint's offset. */
  const askedFor = new Map<string, number>()
  const of = (place: TopicPartition) => kept.get(nameOf(place))?.records ?? []
  return {
    with: (from, batch) => {
      const [name, before] = [nameOf(from), of(from)]
      const first = batch[0]?.offset ?? from.offset + 1
      if (before.at(-1)?.offset === first - 1) return [...before, ...batch]
      kept.delete(name)
      const isHole = first > from.offset + 1 && askedFor.get(name) !== from.offset
      if (isHole) askedFor.set(name, from.offset)
      else askedFor.delete(name)
      return isHole ? null : batch
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
