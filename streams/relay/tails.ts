import { type Topic, topics } from '@bizosaas/schemas'

/** The last record of a partition: where it lies in Kafka, and its event's position in the event store. */
export type Tail = { readonly offset: number; readonly position: number }

/** One per partition of each topic; null where nothing was published yet. */
export type Tails = { readonly [kind in Topic]: readonly (Tail | null)[] }

export const noTails = (partitions: number): Tails => {
  const none = Array.from({ length: partitions }, () => null)
  return { events: none, observations: none }
}

/** Every partition with its tail. */
export const placesOf = (
  tails: Tails,
): { readonly kind: Topic; readonly partition: number; readonly tail: Tail | null }[] =>
  topics.flatMap((kind) => tails[kind].map((tail, partition) => ({ kind, partition, tail })))
