/**
 * The relay copies the event store into Kafka, in commit order, for ever.
 *
 * The rule that makes it safe: a high water per partition is sound if every relay incarnation writes, per partition, a
 * gap-free ascending run starting no later than what is durable.
 *
 * So a reader of a partition keeps one number, the position of the last event it applied. It drops a record whose position
 * is not above it, applies one whose `prev` equals it, and halts at anything else. Then it sees each event exactly once, in
 * order, although a relay that was killed between sending and noting it sends again, and although a relay that was suspended
 * and woke up may still send beside its successor: their runs overlap, but leave no gap.
 *
 * What this file must keep true for that:
 *   - events are taken in the order of $all, each once, and none is left out (follow.ts, publishing.ts);
 *   - one batch is in flight; the next is sent only when Kafka has acknowledged every record of the one before;
 *   - after a failed send nothing more is sent: this relay ends, and the next one finds out what was written (start-up.ts);
 *   - a row of the ledger is written only after its batch was acknowledged, and only under the latest epoch (ledger.ts).
 */
import type { LogProducer, WrittenTail } from '@bizosaas/kafka'
import { noteSpans } from '@bizosaas/runtime'
import { Instant, type Topic, topicName, topics } from '@bizosaas/schemas'
import { chainAfter, noChain } from './digest.ts'
import type { Piece } from './follow.ts'
import type { Guard } from './guard.ts'
import type { Ledger } from './ledger.ts'
import { batchDuration, publishedEvents, publishedPosition, publishingDelay } from './metrics.ts'
import type { Batch, Publishing } from './publishing.ts'
import type { Tail, Tails } from './tails.ts'

export type RelayParts = {
  readonly generation: string
  readonly pieces: AsyncIterator<Piece, void>
  readonly guard: Guard
  readonly publishing: Publishing
  readonly producer: LogProducer
  readonly ledger: Ledger
  /** What is in Kafka already. */
  readonly tails: Tails
}

/** Publishes until there are no more pieces. Rejects when anything fails: then the process has to end. */
export const relay = async ({ pieces, guard, publishing, producer, ledger, ...parts }: RelayParts): Promise<void> => {
  /** Events are laid out as they come: the event store makes the next piece meanwhile. */
  const nextBatches = async (): Promise<readonly Batch[] | null> => {
    for (;;) {
      const { done, value: piece } = await pieces.next()
      if (done) return null
      guard.watch(piece.events)
      const batches = publishing.batchesOf(piece)
      if (batches.length > 0) return batches
    }
  }

  let { seq, instant, chain } = ledger.last ?? { seq: 0, instant: beginning, chain: null }
  let tails = parts.tails
  const publish = async (batch: Batch): Promise<void> => {
    const startedAt = new Date()
    if (batch.records.length > 0) {
      const written = await timed('send', producer.send(batch.records))
      noteSpans('publish', 'producer', startedAt, batch.traced)
      tails = movedTails(parts.generation, tails, batch, written)
    }
    seq++
    if (batch.instant !== null && batch.instant > instant) instant = batch.instant
    const { last, digests } = batch
    chain = chainAfter(chain ?? noChain, last.position, digests)
    await timed('ledger', ledger.write({ seq, ...last, instant, tails, digests, chain }))
    count(batch)
  }

  // Two batches are on their way at once: one is being laid out, or waits, and one is being sent.
  let coming = nextBatches()
  for (;;) {
    const batches = await coming
    if (batches === null) return
    coming = quietly(nextBatches())
    for (const batch of batches) await publish(batch)
  }
}

/** Work that is awaited later, unless a send fails first. */
const quietly = <Result>(work: Promise<Result>): Promise<Result> => {
  work.catch(() => {})
  return work
}

const beginning = Instant.parse('1970-01-01T00:00:00.000000Z')

/** The tails after a batch: of each partition written, the batch's last record. */
const movedTails = (generation: string, tails: Tails, batch: Batch, written: readonly WrittenTail[]): Tails => {
  const moved: Record<Topic, (Tail | null)[]> = { events: [...tails.events], observations: [...tails.observations] }
  const positions = new Map(batch.records.map(({ topic, partition, position }) => [`${topic} ${partition}`, position]))
  for (const { topic, partition, offset } of written) {
    const kind = topics.find((some) => topicName(some, generation) === topic)
    const position = positions.get(`${topic} ${partition}`)
    if (kind !== undefined && position !== undefined) moved[kind][partition] = { offset, position }
  }
  return moved
}

const timed = async <Result>(step: 'send' | 'ledger', work: Promise<Result>): Promise<Result> => {
  const end = batchDuration.startTimer({ step })
  const result = await work
  end()
  return result
}

const count = ({ events, records, unreadable, last, instant }: Batch): void => {
  publishedEvents.inc({ outcome: 'published' }, records.length - unreadable)
  publishedEvents.inc({ outcome: 'unreadable' }, unreadable)
  publishedEvents.inc({ outcome: 'already-there' }, events - records.length)
  publishedPosition.set(last.position)
  if (instant !== null) publishingDelay.observe(Math.max(0, Date.now() - Date.parse(instant)) / 1_000)
}
