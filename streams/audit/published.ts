/** What Kafka holds behind a cursor, as its consumers read it: the first record of each position. */
import { eventIdOf, type KafkaCluster, offsetRanges, positionOf, type Stretch, scan } from '@bizosaas/kafka'
import { type Topic, topicName, topics } from '@bizosaas/schemas'
import { placesOf, type Tails } from '../relay/tails.ts'
import type { Laid } from './compare.ts'

export type Published = {
  readonly records: readonly Laid[]
  /** Of each partition, the first record behind the last position asked for: the relay is ahead, or somebody else wrote it. */
  readonly ahead: readonly Laid[]
  /** Records that are none of the relay's: they have no position. */
  readonly foreign: readonly { readonly kind: Topic; readonly partition: number; readonly offset: number }[]
  /** Of each partition, the last offset that need not be read again. */
  readonly offsets: ReadonlyMap<string, number>
}

export const partitionName = (kind: Topic, partition: number): string => `${kind} ${partition}`

/** Read in one go beyond as many records as there should be: duplicates, and the first record ahead. */
const allowance = 20

type Reading = { readonly kind: Topic; readonly partition: number; next: number; end: number; isDone: boolean }

/**
 * @param after records at or before are duplicates of what was audited
 * @param upTo up to which position
 * @param expected how many records a partition should have there
 */
export const readTopics = async (
  kafka: KafkaCluster,
  generation: string,
  asked: { readonly tails: Tails; readonly after: number; readonly upTo: number },
  expected: (kind: Topic, partition: number) => number,
): Promise<Published> => {
  const readings = await openReadings(kafka, generation, asked.tails)
  const records = new Map<string, Laid>()
  const ahead: Laid[] = []
  const foreign: Published['foreign'][number][] = []

  const take = (reading: Reading, message: Message): void => {
    const { kind, partition } = reading
    const position = positionIn(message)
    if (position === null) foreign.push({ kind, partition, offset: Number(message.offset) })
    else if (position > asked.upTo) {
      ahead.push(laid(reading, position, message))
      reading.isDone = true
      return
    } else if (position > asked.after) {
      const name = `${partitionName(kind, partition)} ${position}`
      if (!records.has(name)) records.set(name, laid(reading, position, message))
    }
    reading.next = Number(message.offset) + 1
  }

  const byPlace = new Map(readings.map((reading) => [placeOf(reading, generation), reading]))
  const isOpen = ({ isDone, next, end }: Reading): boolean => !isDone && next < end
  while (readings.some(isOpen)) {
    // Those that are done are named too: whatever a scan is not told of, it reads from the start.
    const stretches = readings.map((reading): Stretch => {
      const { kind, partition, next, end } = reading
      const most = isOpen(reading) ? expected(kind, partition) + allowance : 0
      return { topic: topicName(kind, generation), partition, from: next, high: Math.min(end, next + most) }
    })
    await scan(kafka, stretches, (place, message) => {
      const reading = byPlace.get(`${place.topic} ${place.partition}`)
      if (reading !== undefined && !reading.isDone) take(reading, message)
    })
  }
  return {
    records: [...records.values()],
    ahead,
    foreign,
    offsets: new Map(readings.map(({ kind, partition, next }) => [partitionName(kind, partition), next - 1])),
  }
}

const openReadings = async (kafka: KafkaCluster, generation: string, tails: Tails): Promise<Reading[]> => {
  const names = topics.map((kind) => topicName(kind, generation))
  const ranges = new Map(
    (await offsetRanges(kafka, await existing(kafka, names))).map((range) => [
      `${range.topic} ${range.partition}`,
      range,
    ]),
  )
  return placesOf(tails).map(({ kind, partition, tail }) => {
    const range = ranges.get(placeOf({ kind, partition }, generation))
    const next = Math.max((tail?.offset ?? -1) + 1, range?.low ?? 0)
    return { kind, partition, next, end: range?.high ?? 0, isDone: false }
  })
}

const existing = async (kafka: KafkaCluster, names: readonly string[]): Promise<readonly string[]> => {
  const admin = kafka.admin()
  await admin.connect()
  try {
    const found = await admin.listTopics()
    return names.filter((name) => found.includes(name))
  } finally {
    await admin.disconnect()
  }
}

const placeOf = ({ kind, partition }: Pick<Reading, 'kind' | 'partition'>, generation: string): string =>
  `${topicName(kind, generation)} ${partition}`

type Message = Parameters<Parameters<typeof scan>[2]>[1]

const positionIn = (message: Message): number | null => {
  try {
    return positionOf(message)
  } catch {
    return null
  }
}

const laid = ({ kind, partition }: Reading, position: number, message: Message): Laid => ({
  kind,
  partition,
  position,
  eventId: eventIdOf(message),
  record: {
    key: message.key?.toString() ?? '',
    value: message.value ?? Buffer.alloc(0),
    headers: { event: message.headers?.event as Buffer },
  },
})
