import { type AppendStreamRequest, type EventData, jsonEvent, type KurrentDBClient } from '@kurrent/kurrentdb-client'
import { answered, answerWithinMs, connectionTo } from './connection.ts'
import { StoreUnavailable } from './errors.ts'
import { appendFault, fault, readFault } from './faults.ts'
import { slots } from './slots.ts'
import type { AllFrom, Appended, EventStore, NewEvent, StoredEvent, Write } from './store.ts'

/** A page of a read that takes longer than this will not come any more. */
export const pageWithinMs = 10_000
/**
 * The client (1.3.1) sends appends through one stream. When that has 16 unsent and breaks, the client ends the process
 * with a rejection that nobody can catch.
 */
const mostAppendsAtOnce = 15
/** What a healthy store appends in about a second; a request may be several appends. */
const mostAppendsWaiting = 2_000

type ReadStreamOptions = NonNullable<Parameters<KurrentDBClient['rustClient']['readStream']>[1]>
type ReadAllOptions = NonNullable<Parameters<KurrentDBClient['rustClient']['readAll']>[0]>
type Pages = ReturnType<KurrentDBClient['rustClient']['readAll']>
type Recorded = NonNullable<Pages extends AsyncIterable<(infer Resolved)[]> ? Resolved : never>['event']

/**
 * The event store behind a connection string, `kurrentdb://host:port?tls=false`. It connects at the first call, and
 * again after the store was away.
 *
 * It reads through the client's own bridge (`rustClient`), because `readAll` and `readStream` of the client parse the
 * data and throw the stored bytes away.
 */
export function connectEventStore(url: string): EventStore {
  const connection = connectionTo(url)
  const inSlot = slots(mostAppendsAtOnce, mostAppendsWaiting)

  const append = async (writes: readonly Write[]): Promise<Appended> => {
    const client = await connection.client()
    try {
      return await inSlot(() => {
        if (!connection.isSound(client)) throw new StoreUnavailable('the connection was lost before the append')
        return answered(answerWithinMs, send(client, writes))
      })
    } catch (error) {
      const meant = appendFault(error, writes)
      if (meant instanceof StoreUnavailable) connection.abandon(client)
      throw meant
    }
  }

  /**
   * The bridge's iterators cannot be returned: what is begun here ends with its last page, or with its client. They ask for a
   * page of 64 events only when they are asked, so the next one is always asked for: the store makes it while whoever reads
   * deals with this one.
   */
  async function* read(begin: (client: KurrentDBClient) => Pages): AsyncGenerator<StoredEvent[]> {
    const client = await connection.client()
    const pages = begin(client)[Symbol.asyncIterator]()
    const ask = () => {
      const asked = answered(pageWithinMs, pages.next()).catch((error: Error) => {
        if (error.name === 'StreamNotFoundError') return { done: true as const, value: undefined }
        connection.abandon(client)
        throw readFault(error)
      })
      asked.catch(() => {}) // it is awaited later, or not at all
      return asked
    }
    for (let asked = ask(); ; ) {
      const page = await asked
      if (page.done) return
      asked = ask()
      const events = page.value.flatMap(({ event }) => (event ? [storedEvent(event)] : []))
      if (events.length > 0) yield events
    }
  }

  const readPages = (options: Omit<ReadAllOptions, keyof typeof plainRead>) =>
    read(({ rustClient }) => rustClient.readAll({ ...plainRead, ...options }))
  const forwards = ({ from, maxCount }: AllFrom) =>
    readPages({ direction: 'forwards', fromPosition: positionOf(from), maxCount: BigInt(maxCount) })

  return {
    async *readStream(stream, { fromRevision = 0, maxCount = Number.MAX_SAFE_INTEGER } = {}) {
      const options: ReadStreamOptions = {
        ...plainRead,
        direction: 'forwards',
        fromRevision: BigInt(fromRevision),
        maxCount: BigInt(maxCount),
      }
      for await (const page of read(({ rustClient }) => rustClient.readStream(stream, options))) yield* page
    },

    append,

    readAll: async (options) => allOf(forwards(options)),

    pagesOfAll: forwards,

    head: async () => {
      const [last] = await allOf(readPages({ direction: 'backwards', fromPosition: 'end', maxCount: 1n }))
      return last?.position ?? -1
    },

    async *subscribeToAll({ after, signal }) {
      const client = await connection.client()
      if (signal.aborted) return
      const subscription = client.subscribeToAll({ fromPosition: positionOf(after) })
      const leave = () => {
        // Fails where the connection is lost, and then there is nothing to leave.
        subscription.unsubscribe().catch(() => {})
        subscription.destroy()
      }
      signal.addEventListener('abort', leave, { once: true })
      try {
        for await (const { event } of subscription) {
          if (signal.aborted) return
          if (event) yield { stream: event.streamId, type: event.type, position: Number(event.position.commit) }
        }
      } catch (error) {
        if (signal.aborted) return
        connection.abandon(client)
        throw fault(error)
      } finally {
        signal.removeEventListener('abort', leave)
        leave()
      }
    },

    close: () => connection.close(),
  }
}

async function allOf(pages: AsyncIterable<readonly StoredEvent[]>): Promise<StoredEvent[]> {
  const events: StoredEvent[] = []
  for await (const page of pages) events.push(...page)
  return events
}

const plainRead = { requiresLeader: false, resolvesLink: false }

async function send(client: KurrentDBClient, writes: readonly Write[]): Promise<Appended> {
  const [write] = writes
  if (write && writes.length === 1) {
    const { nextExpectedRevision, position } = await client.appendToStream(write.stream, write.events.map(withBytes), {
      streamState: streamState(write.expected),
    })
    return { position: Number(position?.commit), revisions: [Number(nextExpectedRevision)] }
  }
  const requests = writes.map(({ stream, expected, events }) => ({
    streamName: stream,
    expectedState: streamState(expected),
    events: events.map(proposed),
  }))
  const { position, responses } = await client.multiStreamAppend(requests satisfies AppendStreamRequest[])
  const revisions = new Map(responses.map(({ streamName, revision }) => [streamName, Number(revision)]))
  return { position: Number(position), revisions: writes.map(({ stream }) => revisions.get(stream) ?? Number.NaN) }
}

function proposed({ id, type, data, metadata }: NewEvent): EventData {
  return jsonEvent({ id, type, data: data as Record<string, unknown>, metadata })
}

const text = new TextEncoder()

/** The client would carry metadata as Base64, which costs more than the rest of an append; bytes it sends as they are. */
function withBytes(event: NewEvent): EventData {
  return { ...proposed(event), metadata: text.encode(JSON.stringify(event.metadata)) }
}

function streamState(expected: number | 'no-stream'): bigint | 'no_stream' {
  return expected === 'no-stream' ? 'no_stream' : BigInt(expected)
}

/** Of an event, prepare and commit position are the same. */
function positionOf<Named extends string>(position: number | Named) {
  if (typeof position === 'string') return position
  return { commit: BigInt(position), prepare: BigInt(position) }
}

function storedEvent({
  streamId,
  revision,
  position,
  id,
  type,
  data,
  metadata,
  created,
}: NonNullable<Recorded>): StoredEvent {
  return {
    stream: streamId,
    // A tombstone has the greatest int64, which no number holds: the greatest whole number stands for it.
    revision: Math.min(Number(revision), Number.MAX_SAFE_INTEGER),
    position: Number(position?.commit),
    id,
    type,
    bytes: data,
    metadata: readMetadata(metadata),
    createdAt: created,
  }
}

const utf8 = new TextDecoder()

function readMetadata(bytes: Uint8Array): Readonly<Record<string, unknown>> {
  try {
    const metadata: unknown = JSON.parse(utf8.decode(bytes))
    return typeof metadata === 'object' && metadata !== null ? (metadata as Record<string, unknown>) : {}
  } catch {
    return {}
  }
}
