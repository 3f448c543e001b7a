import type { Queryable } from '@bizosaas/databases'
import type { EventStore, StoredEvent } from '@bizosaas/event-store'
import { parseToken } from '@bizosaas/kafka'
import { parseStreamName } from '@bizosaas/schemas'

/** What is looked through for an id, newest first; the ledger says where each stretch begins. */
const stretches = ['1 hour', '1 day', null]
const pageSize = 1_000

/**
 * The events of one command, in the order of their positions; none when nothing is found.
 *
 * @param what a consistency token or a stream, which lead to the place at once (of a stream, its last command); or the id of
 *   a command, an event, a request or a trace, for which history is read from its end
 */
export async function findCommand(
  store: EventStore,
  db: Queryable,
  generation: string,
  what: string,
): Promise<StoredEvent[]> {
  const token = parseToken(what)
  if (token !== null) {
    const [event] = await store.readAll({ from: token.position, maxCount: 1 })
    return event?.position === token.position ? allOf(store, event) : []
  }
  if (parseStreamName(what) !== null) {
    let last: StoredEvent | null = null
    for await (const event of store.readStream(what)) last = event
    return last === null ? [] : allOf(store, last)
  }
  const found = await search(store, db, generation, what.toLowerCase())
  return found === null ? [] : allOf(store, found)
}

async function search(store: EventStore, db: Queryable, generation: string, id: string): Promise<StoredEvent | null> {
  let end = Number.MAX_SAFE_INTEGER
  for (const stretch of stretches) {
    const begin = stretch === null ? -1 : await positionBefore(db, generation, stretch)
    for await (const event of between(store, begin, end)) if (isNamedBy(event, id)) return event
    end = begin
  }
  return null
}

async function positionBefore(db: Queryable, generation: string, age: string): Promise<number> {
  const [row] = await db.query<{ position: number }>(
    `SELECT position FROM relay.ledger WHERE generation = $1 AND instant < now() - $2::interval
     ORDER BY instant DESC, position DESC LIMIT 1`,
    [generation, age],
  )
  return row?.position ?? -1
}

/** Events from one event's position, or the start (-1), on, and before another. */
async function* between(store: EventStore, begin: number, end: number): AsyncGenerator<StoredEvent> {
  let from = begin
  for (let last = begin - 1; ; ) {
    const events = await store.readAll({ from: from < 0 ? 'start' : from, maxCount: pageSize })
    for (const event of events) {
      if (event.position >= end) return
      // A page begins with the event that the page before ended with.
      if (event.position > last) yield event
    }
    last = events.at(-1)?.position ?? last
    from = last
    if (events.length < pageSize) return
  }
}

function isNamedBy({ id, metadata }: StoredEvent, name: string): boolean {
  const { commandId, causationId, correlationId, traceparent } = metadata
  const traceId = typeof traceparent === 'string' ? traceparent.split('-')[1] : null
  return [id, commandId, causationId, correlationId, traceId].some((each) => String(each).toLowerCase() === name)
}

/** A request that is carried out in several steps gives each a command id of its own, and all of them itself as cause. */
const requestOf = ({ id, metadata }: StoredEvent): string => String(metadata.causationId ?? metadata.commandId ?? id)

/**
 * All events of the request that an event came from. They were appended together, or shortly after each other: so they are
 * looked for from the first one in its stream on, until a whole page has none.
 */
async function allOf(store: EventStore, event: StoredEvent): Promise<StoredEvent[]> {
  const request = requestOf(event)
  const isOurs = (other: StoredEvent) => !other.stream.startsWith('$') && requestOf(other) === request
  let from = event.position
  for await (const other of store.readStream(event.stream, { maxCount: event.revision + 1 })) {
    if (isOurs(other)) from = Math.min(from, other.position)
  }
  const found: StoredEvent[] = []
  let barren = 0
  for await (const other of between(store, from, Number.MAX_SAFE_INTEGER)) {
    if (isOurs(other)) found.push(other)
    barren = isOurs(other) ? 0 : barren + 1
    if (barren >= pageSize) break
  }
  return found
}
