/**
 * What a relay makes sure of before it publishes anything: that the event store still holds what was published, that Kafka
 * does too, and how far the relays before it got beyond what they could still write into the ledger.
 */
import type { EventStore } from '@bizosaas/event-store'
import {
  eventIdOf,
  type KafkaCluster,
  nothingBefore,
  type OffsetRange,
  offsetRanges,
  positionOf,
  prevOf,
  scan,
  type TopicPartition,
} from '@bizosaas/kafka'
import { CannotStart } from '@bizosaas/runtime'
import { type Topic, topicName, topics } from '@bizosaas/schemas'
import type { LastRow } from './ledger.ts'
import { noTails, placesOf, type Tail, type Tails } from './tails.ts'

type Parts = {
  readonly store: EventStore
  readonly kafka: KafkaCluster
  readonly generation: string
  readonly partitions: number
}

/**
 * The tails as Kafka has them now.
 *
 * @param last the ledger's last row
 * @throws CannotStart when the event store or Kafka lacks what was published
 */
export const checkedTails = async (parts: Parts, last: LastRow | null): Promise<Tails> => {
  if (last !== null) await mustHold(parts, last.position, last.eventId)
  const known = last?.tails ?? noTails(parts.partitions)
  const found = await scanFrom(parts, known)
  for (const { position, eventId } of found.values()) {
    // Published, but the relay ended before the ledger knew.
    if (position > (last?.position ?? nothingBefore)) await mustHold(parts, position, eventId)
  }
  const tailsOf = (kind: Topic): readonly (Tail | null)[] =>
    known[kind].map((tail, partition) => {
      const latest = found.get(placeOf({ topic: topicName(kind, parts.generation), partition }))
      return latest === undefined ? tail : { offset: latest.offset, position: latest.position }
    })
  return { events: tailsOf('events'), observations: tailsOf('observations') }
}

const mustHold = async ({ store, generation }: Parts, position: number, eventId: string): Promise<void> => {
  const [event] = await store.readAll({ from: position, maxCount: 1 })
  if (event?.position === position && event.id === eventId) return
  throw new CannotStart(
    `The event store does not hold event ${eventId} at position ${position}, which was published in ${generation}: it was restored from an older copy, or is another store; bring back the store that holds it, or run "npm run reseed", which fills new topics from the store as it is`,
  )
}

type Found = Tail & { readonly eventId: string }

/** Reads every partition from its known tail to its end, and answers with the last event of each that has one. */
const scanFrom = async ({ kafka, generation }: Parts, known: Tails): Promise<ReadonlyMap<string, Found>> => {
  const ranges = new Map(
    (
      await offsetRanges(
        kafka,
        topics.map((kind) => topicName(kind, generation)),
      )
    ).map((range) => [placeOf(range), range]),
  )
  const tails = new Map<string, Tail | null>()
  const stretches = placesOf(known).map(({ kind, partition, tail }) => {
    const place = { topic: topicName(kind, generation), partition }
    const range = ranges.get(placeOf(place))
    tails.set(placeOf(place), tail)
    return { ...place, from: startOf(place, tail, range), high: range?.high ?? 0 }
  })

  const found = new Map<string, Found>()
  await scan(kafka, stretches, (place, message) => {
    const key = placeOf(place)
    const [position, offset] = [positionOf(message), Number(message.offset)]
    const before = found.get(key)
    const tail = tails.get(key) ?? null
    if (before === undefined && tail !== null) {
      if (position !== tail.position)
        throw lost(place, `offset ${offset} holds position ${position} instead of ${tail.position}`)
    } else {
      // As every consumer reads: what is not above the high water is a duplicate, what is must follow it directly.
      const highWater = before?.position ?? nothingBefore
      if (position <= highWater) return
      if (prevOf(message) !== highWater) throw lost(place, `nothing leads from position ${highWater} to ${position}`)
    }
    found.set(key, { position, offset, eventId: eventIdOf(message) })
  })
  return found
}

/** Where the scan of a partition begins: at its tail, which must be there, or at its beginning. */
const startOf = (place: TopicPartition, tail: Tail | null, range: OffsetRange | undefined): number => {
  if (range === undefined) throw lost(place, 'the partition is missing')
  // Kept for ever: who reads from the beginning, as a new read model does, must find it.
  if (range.low > 0) throw lost(place, `it begins at offset ${range.low}`)
  const from = tail?.offset ?? 0
  if (tail !== null && range.high <= from) {
    throw lost(place, `it ends before offset ${from}, where position ${tail.position} was published`)
  }
  return from
}

const lost = ({ topic, partition }: TopicPartition, what: string): CannotStart =>
  new CannotStart(
    `Kafka lost data of ${topic}[${partition}]: ${what}; restore the topic, or run "npm run reseed", which fills new topics from the event store`,
  )

const placeOf = ({ topic, partition }: TopicPartition): string => `${topic} ${partition}`
