/** What the event store holds behind a cursor, laid out as the relay lays it out. */
import type { EventStore, StoredEvent } from '@bizosaas/event-store'
import type { SchemaRegistry } from '@bizosaas/kafka'
import { topicName, topics } from '@bizosaas/schemas'
import { publishing } from '../relay/publishing.ts'
import { noTails } from '../relay/tails.ts'
import type { Laid } from './compare.ts'
import type { Cursor } from './cursor.ts'

export type Stored = {
  readonly events: readonly StoredEvent[]
  /** Everything up to here is among them. */
  readonly reached: number
  /** Whether the event of the cursor is still there. */
  readonly holdsCursor: boolean
}

const pageEvents = 1_000
const mostBytes = 16 * 1024 * 1024

/**
 * Reads on from a cursor, at most about `mostEvents`, but as far as `atLeast` in any case.
 *
 * @param upTo no further than this position
 */
export const readStore = async (
  store: EventStore,
  cursor: Cursor,
  { atLeast, upTo, mostEvents }: { readonly atLeast: number; readonly upTo: number; readonly mostEvents: number },
): Promise<Stored> => {
  const events: StoredEvent[] = []
  let last = cursor.position
  let holdsCursor = cursor.eventId === null
  let bytes = 0
  const isEnough = () => last >= atLeast && (events.length >= mostEvents || bytes >= mostBytes)
  for (;;) {
    const page = await store.readAll({ from: last < 0 ? 'start' : last, maxCount: pageEvents })
    holdsCursor ||= page[0]?.position === cursor.position && page[0].id === cursor.eventId
    const coming = page.filter(({ position }) => position > last && position <= upTo)
    bytes += coming.reduce((sum, event) => sum + event.bytes.length, 0)
    events.push(...coming.filter(({ stream }) => !stream.startsWith('$')))
    last = Math.max(last, page.at(-1)?.position ?? last)
    if (page.length < pageEvents || last >= upTo) return { events, reached: upTo, holdsCursor }
    if (isEnough()) return { events, reached: last, holdsCursor }
  }
}

type Layout = {
  readonly generation: string
  readonly partitions: number
  readonly registry: Pick<SchemaRegistry, 'idOf'>
}

/** The records that the relay makes of these events, which must be those that come behind the cursor. */
export const layOut = (
  events: readonly StoredEvent[],
  cursor: Cursor,
  { generation, partitions, registry }: Layout,
): readonly (Laid & { readonly event: StoredEvent })[] => {
  const kinds = new Map(topics.map((kind) => [topicName(kind, generation), kind]))
  const { batchesOf } = publishing({
    generation,
    partitions,
    registry,
    noted: cursor.tails,
    tails: noTails(partitions),
  })
  const records = batchesOf({ events, isLast: true }).flatMap((batch) => batch.records)
  return records.map(({ topic, partition, position, key, value, headers }, index) => {
    const [event, kind] = [events[index], kinds.get(topic)]
    if (event?.position !== position || kind === undefined) throw new Error(`Position ${position} is out of order`)
    return { kind, partition, position, eventId: event.id, record: { key, value, headers }, event }
  })
}
