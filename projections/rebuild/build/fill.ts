import { type ConsumedBatch, consume, type LogConsumer, type TopicPartition } from '@bizosaas/kafka'
import { log } from '@bizosaas/runtime'
import { topicsOf } from '../../runner/items.ts'
import type { Parts } from '../../runner/on-topics.ts'
import { type Projection, tableName } from '../../runner/projection.ts'
import { type Member, memberOf } from './member.ts'
import type { Pacing } from './pacing.ts'
import { readingOnce } from './reading-once.ts'

/** While one partition's batch is being written, another's is decoded and folded; more would only be in memory. */
export const partitionsAtOnce = 2
/** As it lies in Kafka: some 20,000 events. Of each partition at once, and of all that are fetched together: what is in memory beside. */
export const batchBytes = 8 * 1024 * 1024
export const fetchBytes = 24 * 1024 * 1024
/** A partition whose records cannot be read, or are not there, rests so long. */
const askLaterMs = 5_000
/** All begin again after so long where one of them could not begin. */
const beginAgainMs = 30_000

/**
 * Fills several versions from one reading of the topics, as a member of the group whose members share the partitions. A
 * partition is read from the least of their checkpoints; who is further drops what it has.
 *
 * Reads until it is told to stop, and rejects if it has to end before.
 */
export async function fill(
  versions: readonly Projection[],
  parts: Parts & { readonly pacing: Pacing },
  stopping: AbortSignal,
): Promise<void> {
  const read = readingOnce(parts.registry)
  const opened = await Promise.allSettled(versions.map((version) => memberOf(version, parts, read, stopping)))
  const members = opened.flatMap((each) => (each.status === 'fulfilled' ? [each.value] : []))
  const failures = opened.flatMap((each) => (each.status === 'rejected' ? [each.reason] : []))
  if (members.length === 0) throw failures[0]
  const over = Promise.withResolvers<void>()
  over.promise.catch(() => {}) // it may fail before it is waited for
  // The others need not wait for one that cannot begin.
  const again = failures.length === 0 ? null : setTimeout(() => over.reject(failures[0]), beginAgainMs)
  const consumer = consume(parts.kafka, {
    group: `rebuild.${parts.generation}`,
    topics: [...new Set(versions.flatMap((version) => topicsOf(version, parts.generation)))],
    concurrency: partitionsAtOnce,
    maxBytesPerPartition: batchBytes,
    maxBytes: fetchBytes,
    ...taking(members, parts.pacing, () => consumer, stopping, over.reject),
    onFailure: over.reject,
  })
  const own = await consumer
  log.info({ unit: 'rebuild', versions: versions.map(tableName) }, 'filling')
  const end = () => over.resolve()
  stopping.addEventListener('abort', end)
  if (stopping.aborted) end()
  try {
    await over.promise
  } finally {
    stopping.removeEventListener('abort', end)
    clearTimeout(again ?? undefined)
    await own.stop()
  }
}

/** What the consumer asks, answered by all members together. */
function taking(
  members: readonly Member[],
  { pieces, work }: Pacing,
  consumer: () => Promise<LogConsumer>,
  stopping: AbortSignal,
  fail: (error: unknown) => void,
) {
  /** Partitions whose checkpoints are asked for again; what else is asked for is an assignment. */
  const inDoubt = new Set<string>()
  const resume = async (place: TopicPartition): Promise<void> => {
    inDoubt.add(nameOf(place))
    await (await consumer()).resume(place)
  }
  const resumeLater = (place: TopicPartition): void => {
    setTimeout(() => stopping.aborted || resume(place).catch(fail), askLaterMs).unref()
  }

  return {
    startAt: async (assigned: readonly TopicPartition[]): Promise<(number | null)[]> => {
      const [only] = assigned
      const isAssignment = only === undefined || assigned.length > 1 || !inDoubt.delete(nameOf(only))
      const offsets = await Promise.all(members.map((member) => member.startAt(assigned, isAssignment)))
      return assigned.map((place, index) => {
        const wanted = offsets.map((own) => own[index] ?? null).filter((offset) => offset !== null)
        if (wanted.length > 0) return Math.min(...wanted)
        resumeLater(place)
        return null
      })
    },

    onBatch: async (batch: ConsumedBatch): Promise<void> => {
      for (const piece of pieces(batch)) {
        if (stopping.aborted) return
        const verdicts = await work(() => Promise.all(members.map((member) => member.take(piece))), stopping)
        if (stopping.aborted) return
        if (verdicts.includes('ask again')) return resume(batch)
        if (verdicts.includes('go on')) continue
        ;(await consumer()).pause(batch)
        if (!verdicts.every((verdict) => verdict === 'halt')) resumeLater(batch)
        return
      }
    },
  }
}

function nameOf({ topic, partition }: TopicPartition): string {
  return `${topic}[${partition}]`
}
