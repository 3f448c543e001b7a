/** Holds what was published and what is stored against the ledger, window by window. Pure. */
import type { EncodedRecord } from '@bizosaas/kafka'
import { type Topic, topics } from '@bizosaas/schemas'
import { chainAfter, type Digests, noChain, windowDigest } from '../relay/digest.ts'
import type { Finding, FindingKind } from './finding.ts'
import type { Window } from './ledger.ts'

/** A record with its place. */
export type Laid = {
  readonly kind: Topic
  readonly partition: number
  readonly position: number
  readonly eventId: string
  readonly record: EncodedRecord
}

/** What was compared, each in ascending order of positions: everything of these windows, and nothing else. */
export type Compared<Stored extends Laid> = {
  readonly windows: readonly Window[]
  /** Of the window before the first. */
  readonly before: { readonly position: number; readonly chain: Buffer | null }
  readonly stored: readonly Stored[]
  readonly published: readonly Laid[]
  /** Whether a record says of an event what it says, although an earlier release laid it out in other bytes. */
  readonly meansTheSame: (stored: Stored, published: Laid) => boolean
}

export type Verdict = {
  /** How many windows agree, from the first on. */
  readonly agreed: number
  /** Of the last of these. */
  readonly chain: Buffer | null
  /** What is wrong in the next one. */
  readonly finding: Finding | null
}

export const compare = <Stored extends Laid>(compared: Compared<Stored>): Verdict => {
  const { windows, before, stored, published, meansTheSame } = compared
  let { position: after, chain } = before
  let [fromStored, fromPublished] = [0, 0]
  for (const [agreed, window] of windows.entries()) {
    const [endStored, endPublished] = [endOf(stored, fromStored, window), endOf(published, fromPublished, window)]
    const inWindow = {
      window,
      after,
      stored: stored.slice(fromStored, endStored),
      published: published.slice(fromPublished, endPublished),
      meansTheSame,
    }
    const finding = findingIn(inWindow) ?? brokenChain(window, after, chain)
    if (finding !== null) return { agreed, chain, finding }
    after = window.position
    chain = window.chain
    fromStored = endStored
    fromPublished = endPublished
  }
  return { agreed: windows.length, chain, finding: null }
}

const endOf = (records: readonly Laid[], from: number, { position }: Window): number => {
  let end = from
  while ((records[end]?.position ?? Number.POSITIVE_INFINITY) <= position) end++
  return end
}

type InWindow<Stored extends Laid> = Pick<Compared<Stored>, 'stored' | 'published' | 'meansTheSame'> & {
  readonly window: Window
  readonly after: number
}

/** The first difference by position; one that concerns no event comes last. */
const findingIn = <Stored extends Laid>(given: InWindow<Stored>): Finding | null => {
  const [stored, published] = [digestsOf(given.stored), digestsOf(given.published)]
  const ledger = given.window.digests ?? published
  const findings = placesIn(stored, published, ledger).flatMap(({ kind, partition }) => {
    const noted = ledger[kind][partition]
    const isStored = stored[kind][partition] === noted
    const isPublished = published[kind][partition] === noted
    if (isStored && isPublished) return []
    const isHere = (record: Laid) => record.kind === kind && record.partition === partition
    const here = {
      ...given,
      stored: given.stored.filter(isHere),
      published: given.published.filter(isHere),
      ledgerAgreesWith: isPublished ? 'Kafka' : isStored ? 'store' : null,
    } as const
    const finding =
      differenceAt(here) ?? (here.ledgerAgreesWith === null ? alteredLedger(given, kind, partition) : null)
    return finding ?? []
  })
  const positionIn = ({ event }: Finding) => event?.position ?? Number.POSITIVE_INFINITY
  return findings.toSorted((a, b) => (positionIn(a) < positionIn(b) ? -1 : 1))[0] ?? null
}

const digestsOf = (records: readonly Laid[]): Digests => {
  const digest = windowDigest()
  for (const { kind, partition, record } of records) digest.add(kind, partition, record)
  return digest.end()
}

const placesIn = (...all: readonly Digests[]): readonly { kind: Topic; partition: number }[] =>
  topics.flatMap((kind) => {
    const partitions = new Set(all.flatMap((digests) => Object.keys(digests[kind]).map(Number)))
    return [...partitions].sort((a, b) => a - b).map((partition) => ({ kind, partition }))
  })

type Here<Stored extends Laid> = InWindow<Stored> & { readonly ledgerAgreesWith: 'Kafka' | 'store' | null }

/** The first position at which one partition differs; null when every record says what its event says. */
const differenceAt = <Stored extends Laid>(here: Here<Stored>): Finding | null => {
  const published = new Map(here.published.map((record) => [record.position, record]))
  const stored = new Map(here.stored.map((record) => [record.position, record]))
  const positions = [...new Set([...stored.keys(), ...published.keys()])].sort((a, b) => a - b)
  for (const position of positions) {
    const [event, record] = [stored.get(position), published.get(position)]
    if (event !== undefined && record !== undefined) {
      if (isSame(event.record, record.record) || here.meansTheSame(event, record)) continue
      return named(here, 'other-bytes', record, otherBytes(here.ledgerAgreesWith))
    }
    if (event !== undefined) return named(here, 'missing-in-kafka', event, missingInKafka(here.ledgerAgreesWith))
    if (record === undefined) continue
    return here.ledgerAgreesWith === 'Kafka'
      ? named(here, 'missing-in-store', record, 'the relay published it, and the event store does not hold it any more')
      : named(here, 'extra-in-kafka', record, 'the event store does not hold it, and the relay did not publish it')
  }
  return null
}

export const isSame = (one: EncodedRecord, other: EncodedRecord): boolean =>
  String(one.key) === String(other.key) &&
  one.value.equals(other.value) &&
  one.headers.event.equals(other.headers.event)

const otherBytes = (ledgerAgreesWith: Here<Laid>['ledgerAgreesWith']): string => {
  const what = 'the event store and Kafka hold different bytes of it'
  if (ledgerAgreesWith === 'Kafka') return `${what}; Kafka has what the relay published, so the event store was changed`
  if (ledgerAgreesWith === 'store') return `${what}; the event store has what the relay published, so Kafka was changed`
  return `${what}, and the ledger tells of neither`
}

const missingInKafka = (ledgerAgreesWith: Here<Laid>['ledgerAgreesWith']): string =>
  ledgerAgreesWith === 'Kafka'
    ? 'the event store holds it, but the relay never published it: it was put there afterwards'
    : 'the relay published it, and Kafka does not hold it any more'

const named = (
  { window, after }: Pick<InWindow<Laid>, 'window' | 'after'>,
  kind: FindingKind,
  { kind: topic, partition: number, position, eventId: id }: Laid,
  detail: string,
): Finding => ({
  kind,
  window: { seq: window.seq, after, upTo: window.position },
  partition: { topic, number },
  event: { position, id },
  detail,
})

const alteredLedger = (
  { window, after }: Pick<InWindow<Laid>, 'window' | 'after'>,
  topic: Topic,
  number: number,
): Finding => ({
  kind: 'ledger-differs',
  window: { seq: window.seq, after, upTo: window.position },
  partition: { topic, number },
  event: null,
  detail: 'the event store and Kafka agree, but the ledger says that something else was published',
})

const brokenChain = (window: Window, after: number, before: Buffer | null): Finding | null => {
  const { seq, position, digests, chain } = window
  if (digests === null || chain === null) return null
  if (chainAfter(before ?? noChain, position, digests).equals(chain)) return null
  return {
    kind: 'chain-broken',
    window: { seq, after, upTo: position },
    partition: null,
    event: null,
    detail: 'the row of the ledger does not follow from the row before: one was altered, added or taken away',
  }
}
