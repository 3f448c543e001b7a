import { type DomainEvent, fromStored } from '@bizosaas/schemas'
import { LRUCache } from 'lru-cache'
import type { Decider } from './decider.ts'
import type { EventStore, StoredEvent } from './store.ts'

/** A stream as far as it was read: what is true, and which commands made it so. */
export interface Folded<State> {
  /** Of the last event; -1 while there is none. */
  readonly revision: number
  /** Of the last event; -1 while there is none. */
  readonly position: number
  readonly state: State
  /** By command id. It only grows, so the snapshots of a stream share it. */
  readonly commands: ReadonlyMap<string, Recorded>
  /** Of the events' data; a measure of what the state weighs. */
  readonly bytes: number
}

/** A command that was carried out. */
export interface Recorded {
  readonly bodyHash: string
  readonly firstRevision: number
  readonly lastRevision: number
  /** Of its last event. */
  readonly position: number
}

/** What folding needs of an event beside what it says. */
interface Circumstances {
  readonly position: number
  readonly commandId: string
  readonly bodyHash: string
  readonly bytes: number
}

export interface FoldedStreams<Event extends DomainEvent, State> {
  /** What is remembered, which may be behind; a stream that nothing is remembered of looks empty. */
  readonly recall: (stream: string) => Folded<State>
  /** Reads on from what is remembered to the end. */
  readonly refresh: (stream: string) => Promise<Folded<State>>
  /** What is remembered, or if that is nothing, what is stored. */
  readonly load: (stream: string) => Promise<Folded<State>>
  /** Remembers the events that one command has just appended to `folded`. */
  readonly advance: (
    stream: string,
    folded: Folded<State>,
    events: readonly Event[],
    by: Omit<Circumstances, 'bytes'>,
  ) => void
}

const defaultCacheBytes = 64 * 1024 * 1024
/** Rough weight of an entry, and of each command in it, beside the state. */
const overheadBytes = 500
const utf8 = new TextDecoder()

/**
 * Folds streams and remembers the results, dropping the least recently used beyond `cacheBytes`. Memory is only a short
 * cut: whoever appends at the remembered revision learns when it is behind.
 */
export function foldedStreams<Command, Event extends DomainEvent, State>(
  store: EventStore,
  decider: Decider<Command, Event, State>,
  cacheBytes: number = defaultCacheBytes,
): FoldedStreams<Event, State> {
  const cache = new LRUCache<string, Folded<State>>({
    maxSize: cacheBytes,
    sizeCalculation: ({ bytes, commands }) => bytes + overheadBytes * (1 + commands.size),
  })
  const empty = (): Folded<State> => ({
    revision: -1,
    position: -1,
    state: decider.initial,
    commands: new Map(),
    bytes: 0,
  })
  const recall = (stream: string) => cache.get(stream) ?? empty()

  const refresh = async (stream: string) => {
    const remembered = recall(stream)
    let folded = remembered
    for await (const stored of store.readStream(stream, { fromRevision: folded.revision + 1 })) {
      folded = after(decider, folded, eventOf<Event>(stored), circumstancesOf(stored))
    }
    if (folded !== remembered) cache.set(stream, folded)
    return folded
  }

  return {
    recall,
    refresh,
    load: async (stream) => cache.get(stream) ?? refresh(stream),
    advance: (stream, folded, events, by) => {
      const advanced = events.reduce((before, event) => {
        return after(decider, before, event, { ...by, bytes: JSON.stringify(event.data).length })
      }, folded)
      cache.set(stream, advanced)
    },
  }
}

/** What a stored event says, in the latest version of its type. */
export function eventOf<Event extends DomainEvent>({ type, bytes, metadata }: StoredEvent): Event {
  return fromStored(type, Number(metadata.schemaVersion), JSON.parse(utf8.decode(bytes))) as Event
}

function circumstancesOf({ position, bytes, metadata }: StoredEvent): Circumstances {
  return {
    position,
    commandId: String(metadata.commandId),
    bodyHash: String(metadata.bodyHash),
    bytes: bytes.length,
  }
}

function after<Command, Event extends DomainEvent, State>(
  decider: Decider<Command, Event, State>,
  folded: Folded<State>,
  event: Event,
  { position, commandId, bodyHash, bytes }: Circumstances,
): Folded<State> {
  const revision = folded.revision + 1
  const firstRevision = folded.commands.get(commandId)?.firstRevision ?? revision
  const commands = folded.commands as Map<string, Recorded>
  commands.set(commandId, { bodyHash, firstRevision, lastRevision: revision, position })
  return { revision, position, state: decider.evolve(folded.state, event), commands, bytes: folded.bytes + bytes }
}
