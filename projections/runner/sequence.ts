import type { OffsetRange } from '@bizosaas/kafka'
import type { Checkpoint } from './checkpoint.ts'

/**
 * The rule that makes a high water per partition safe. Every record names the position before its own in its partition
 * (`prev`), and every incarnation of the relay writes a gap-free ascending run that starts no later than what is durable.
 * So a record at or below the last position is a repeat, one whose `prev` is the last position is the next one, and
 * anything else means that a record is missing.
 */
export type Sequenced<R> = {
  /** The next records, in order, each following the one before. */
  readonly fresh: readonly R[]
  /** Repeats of what is applied. */
  readonly alreadyApplied: number
  /** Set when a record is missing; nothing from there on may be applied. */
  readonly gap: Gap | null
}

export type Gap = {
  /** Position of the record that does not follow. */
  readonly at: number
  /** The position that it follows by its own account. */
  readonly prev: number
  /** The last position that we have. */
  readonly last: number
}

/** Sorts one partition's records, in log order, into repeats, the next ones, and the first that does not follow. */
export function sequence<R extends { readonly position: number; readonly prev: number }>(
  last: number,
  records: Iterable<R>,
): Sequenced<R> {
  const fresh: R[] = []
  let high = last
  let alreadyApplied = 0
  for (const record of records) {
    if (record.position <= high) {
      alreadyApplied += 1
    } else if (record.prev === high) {
      fresh.push(record)
      high = record.position
    } else {
      return { fresh, alreadyApplied, gap: { at: record.position, prev: record.prev, last: high } }
    }
  }
  return { fresh, alreadyApplied, gap: null }
}

/** What an operator reads when a partition halts. */
export function describeGap({ at, prev, last }: Gap): string {
  return (
    `Position ${at} follows ${prev}, but the last one applied is ${last}: records are missing from the topic. ` +
    'Restore the topic, or run "npm run reseed", which fills new topics from the event store.'
  )
}

/**
 * A log that is kept for ever holds what a checkpoint has seen, and what follows it.
 *
 * @returns what an operator reads when it does not; null when all is well
 */
export function describeLoss(
  { topic, partition, position, offset }: Checkpoint,
  ranges: readonly OffsetRange[],
): string | null {
  const range = ranges.find((each) => each.topic === topic && each.partition === partition)
  const from = offset + 1
  if (range !== undefined && range.low <= from && from <= range.high) return null
  const holds = range === undefined ? 'is missing' : `holds offsets ${range.low} to ${range.high - 1}`
  return (
    `Kafka lost data of ${topic}[${partition}]: it ${holds}, but position ${position} at offset ${offset} was applied from it. ` +
    'Restore the topic, or run "npm run reseed", which fills new topics from the event store.'
  )
}
