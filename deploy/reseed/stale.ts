/** Read models that hold events which the event store does not hold: it was restored from an older copy, or is another store. */
import type { Postgres } from '@bizosaas/databases'
import type { EventStore } from '@bizosaas/event-store'
import { partitioner } from '@bizosaas/kafka'
import { parseStreamName, partitionKeyOf, type Topic, topicKind, topicOf } from '@bizosaas/schemas'
import type { Succession } from './generations.ts'

/** A version of a read model. */
export type Model = { readonly model: string; readonly version: number }

type Place = Model & { readonly topic: string; readonly partition: number; readonly position: number }

/** The models with a checkpoint at an event that the store does not hold there. */
export async function staleModels(db: Postgres, store: EventStore, { from, partitions }: Succession): Promise<Model[]> {
  const shared = await sharedUpTo(db, store, from)
  const placeOf = placing(partitions)
  const isHeld = remembering(async (position: number) => {
    const [event] = await store.readAll({ from: position, maxCount: 1 })
    return event?.position === position ? placeOf(event.stream) : null
  })
  const checkpoints = await db.query<Place>(
    `SELECT model, version, topic, partition, position FROM read_model.checkpoint
     WHERE split_part(topic, '.', 2) = $1 AND position >= 0`,
    [from],
  )
  const stale = new Map<string, Model>()
  for (const { model, version, topic, partition, position } of checkpoints) {
    const key = `${model} ${version}`
    if (stale.has(key)) continue
    const sound = position <= shared && (await isHeld(position)) === `${topicKind(topic)} ${partition}`
    if (!sound) stale.set(key, { model, version })
  }
  return [...stale.values()]
}

/** The last position up to which the store holds what was published: rows of the ledger name its events, and a copy has the first of them. */
async function sharedUpTo(db: Postgres, store: EventStore, generation: string): Promise<number> {
  const isHeld = async (seq: number): Promise<number | null> => {
    const [row] = await db.query<{ position: number; event_id: string }>(
      'SELECT position, event_id FROM relay.ledger WHERE generation = $1 AND seq = $2',
      [generation, seq],
    )
    if (row === undefined) return null
    const [event] = await store.readAll({ from: row.position, maxCount: 1 })
    return event?.position === row.position && event.id === row.event_id ? row.position : null
  }
  const [newest] = await db.query<{ seq: number }>(
    'SELECT seq FROM relay.ledger WHERE generation = $1 ORDER BY seq DESC LIMIT 1',
    [generation],
  )
  // Runners may be a little ahead of the ledger.
  if (newest === undefined || (await isHeld(newest.seq)) !== null) return Number.MAX_SAFE_INTEGER
  let [held, lost, position] = [0, newest.seq, -1]
  while (lost - held > 1) {
    const middle = Math.floor((held + lost) / 2)
    const found = await isHeld(middle)
    if (found === null) lost = middle
    else [held, position] = [middle, found]
  }
  return position
}

/** Where the events of a stream lie, as `<kind> <partition>`. */
function placing(partitions: number): (stream: string) => string {
  const partitionOf = partitioner(partitions)
  return (stream) => {
    const name = parseStreamName(stream)
    const kind: Topic = name === null ? 'events' : topicOf(name.category)
    return `${kind} ${partitionOf(name === null ? stream : partitionKeyOf(name))}`
  }
}

function remembering<Key, Value>(find: (key: Key) => Promise<Value>): (key: Key) => Promise<Value> {
  const known = new Map<Key, Promise<Value>>()
  return (key) => {
    const found = known.get(key) ?? find(key)
    known.set(key, found)
    return found
  }
}
