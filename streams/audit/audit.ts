/**
 * The audit: everything that the event store holds and everything that Kafka holds is held against what the relay's ledger says was
 * published (relay/digest.ts), from the first event on. It goes by steps, each of some windows, and keeps a cursor between them.
 */
import type { EventStore } from '@bizosaas/event-store'
import { type KafkaCluster, nothingBefore, type SchemaRegistry } from '@bizosaas/kafka'
import type { Topic } from '@bizosaas/schemas'
import type { Tails } from '../relay/tails.ts'
import { compare, isSame, type Laid } from './compare.ts'
import type { Cursor } from './cursor.ts'
import type { Finding } from './finding.ts'
import type { Ledger, Window } from './ledger.ts'
import { saysTheSame } from './meaning.ts'
import { type Published, partitionName, readTopics } from './published.ts'
import { layOut, readStore } from './stored.ts'

export type Audit = {
  readonly generation: string
  readonly partitions: number
  readonly store: EventStore
  readonly kafka: KafkaCluster
  readonly registry: SchemaRegistry
  readonly ledger: Ledger
}

export type Step = {
  /** How many windows agree. */
  readonly windows: number
  readonly events: number
  /** Everything up to here agrees. */
  readonly position: number
  /** Behind the last window of the step if all agree, else where it was. */
  readonly cursor: Cursor
  readonly finding: Finding | null
}

const mostWindows = 5_000

/** Audits some windows behind a cursor; null when there is none yet. */
export const auditStep = async (audit: Audit, cursor: Cursor, mostEvents: number): Promise<Step | null> => {
  const { store, kafka, generation, ledger } = audit
  const coming = await ledger.windowsAfter(cursor, mostWindows)
  if (coming === null) return again(await ledger.cursorAt(cursor.position, audit.partitions))
  const [first, latest] = [coming[0], coming.at(-1)]
  if (first === undefined || latest === undefined) return null
  const { events, reached, holdsCursor } = await readStore(store, cursor, {
    atLeast: first.position,
    upTo: latest.position,
    mostEvents,
  })
  if (!holdsCursor) return { ...again(cursor), finding: lostCursor(cursor) }
  const windows = coming.filter(({ position }) => position <= reached)
  const last = windows.at(-1) ?? first
  const stored = layOut(
    events.filter(({ position }) => position <= last.position),
    cursor,
    audit,
  )
  const counts = countsOf(stored)
  const asked = { tails: cursor.tails, after: cursor.position, upTo: last.position }
  const published = await readTopics(kafka, generation, asked, (kind, partition) => {
    return counts.get(partitionName(kind, partition)) ?? 0
  })
  const same = await sameMeanings(stored, published.records, audit.registry)

  const verdict = compare({
    windows,
    before: { position: cursor.position, chain: cursor.chain === null ? null : Buffer.from(cursor.chain, 'hex') },
    stored,
    published: published.records.toSorted((a, b) => a.position - b.position),
    meansTheSame: (event) => same.has(event),
  })
  const position = windows[verdict.agreed - 1]?.position ?? cursor.position
  const finding = verdict.finding ?? (await strangerIn(published, audit, last, cursor.position))
  return {
    windows: verdict.agreed,
    events: stored.filter((event) => event.position <= position).length,
    position,
    cursor: finding === null ? cursorAfter(cursor, last, stored, published) : cursor,
    finding,
  }
}

/** Nothing was audited, and the next step begins here. */
const again = (cursor: Cursor): Step => ({ windows: 0, events: 0, position: cursor.position, cursor, finding: null })

const countsOf = (records: readonly Laid[]): ReadonlyMap<string, number> => {
  const counts = new Map<string, number>()
  for (const { kind, partition } of records) {
    const name = partitionName(kind, partition)
    counts.set(name, (counts.get(name) ?? 0) + 1)
  }
  return counts
}

type Stored = ReturnType<typeof layOut>

const sameMeanings = async (
  stored: Stored,
  published: readonly Laid[],
  registry: SchemaRegistry,
): Promise<ReadonlySet<Laid>> => {
  const records = new Map(published.map((record) => [`${record.kind} ${record.partition} ${record.position}`, record]))
  const same = new Set<Laid>()
  for (const event of stored) {
    const record = records.get(`${event.kind} ${event.partition} ${event.position}`)
    if (record === undefined || isSame(event.record, record.record)) continue
    if (await saysTheSame(event.event, record, registry)) same.add(event)
  }
  return same
}

/** What is in Kafka behind the windows and should not be anywhere: the relay may be ahead of its ledger, nobody else may write. */
const strangerIn = async (
  { ahead, foreign }: Published,
  { store }: Audit,
  { seq, position: upTo }: Window,
  after: number,
): Promise<Finding | null> => {
  const found = { kind: 'extra-in-kafka', window: { seq, after, upTo } } as const
  for (const { kind: topic, partition: number, position, eventId: id } of ahead) {
    const [event] = await store.readAll({ from: position, maxCount: 1 })
    if (event?.position === position && event.id === id) continue
    const detail = 'the event store does not hold it, and the relay did not publish it'
    return { ...found, partition: { topic, number }, event: { position, id }, detail }
  }
  const [record] = foreign
  if (record === undefined) return null
  const detail = `the record at offset ${record.offset} has no position: the relay did not write it`
  return { ...found, partition: { topic: record.kind, number: record.partition }, event: null, detail }
}

const lostCursor = ({ seq, position, eventId }: Cursor): Finding => ({
  kind: 'missing-in-store',
  window: { seq, after: nothingBefore, upTo: position },
  partition: null,
  event: { position, id: eventId ?? '' },
  detail:
    'it was there when it was audited, and the event store does not hold it any more: it was restored from an older copy, or changed',
})

const cursorAfter = (cursor: Cursor, last: Window, stored: Stored, { offsets }: Published): Cursor => {
  const latest = new Map(stored.map(({ kind, partition, position }) => [partitionName(kind, partition), position]))
  const moved = (kind: Topic) =>
    cursor.tails[kind].map((tail, partition) => {
      const name = partitionName(kind, partition)
      const offset = offsets.get(name) ?? tail?.offset ?? -1
      return { offset, position: latest.get(name) ?? tail?.position ?? nothingBefore }
    })
  const tails: Tails = { events: moved('events'), observations: moved('observations') }
  const { seq, position, eventId, chain } = last
  return { seq, position, eventId, chain: chain?.toString('hex') ?? null, tails }
}
