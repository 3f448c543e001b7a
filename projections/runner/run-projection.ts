import { setTimeout as pause } from 'node:timers/promises'
import { consume, type LogConsumer, offsetRanges, readRecords, type TopicPartition } from '@bizosaas/kafka'
import { log, type Stop } from '@bizosaas/runtime'
import pLimit from 'p-limit'
import { parkingOrders } from '../analytics/parking-orders/parking-orders.ts'
import { liveTable } from '../rebuild/version.ts'
import type { Announcer } from './announce.ts'
import { clickhouseSink } from './clickhouse-sink.ts'
import { messageOf, topicsOf } from './items.ts'
import type { Parts } from './on-topics.ts'
import { openTable } from './open-table.ts'
import { ParkingBurst } from './parking-burst.ts'
import { patiently, Stopping } from './patience.ts'
import { postgresSink } from './postgres-sink.ts'
import type { Projection } from './projection.ts'
import { repeatedly } from './repeatedly.ts'
import type { Sink } from './sink.ts'
import { traceBatch } from './trace-batch.ts'
import { type Verdict, type Worker, worker } from './worker.ts'

/** What the projections of one process share. */
type SharedParts = Parts & { readonly announcer: Announcer }

export type RunningProjection = {
  readonly projection: Projection
  /** Resolves when the batches in hand are done. */
  readonly stop: Stop
  /** @throws while it does not consume, when a partition is halted, or when it has stopped: a person has to look */
  readonly check: () => void
}

/** Small batches that were fetched together are taken together (together.ts). */
const partitionsAtOnce = 64
/** While one partition's large batch is being written, another's is decoded and folded. More would only wait for the same cores. */
const largeAtOnce = 2

/** How often it looks whether an operator has ordered anything, and whether the books are right. */
const ordersEveryMs = 1_000
const auditEveryMs = 10_000

/** A reader who waits for a model to have seen an event that does not concern it waits so long. */
const notePassedOverEveryMs = 500
/** What comes alone is followed by a rest, so that under load the next batches are larger and fewer: each is a fetch and a transaction. */
const smallBatch = 100
const restMs = 50
/** A model that nothing of what came lately concerned looks less often. */
const longRestMs = 200
const latelyMs = 1_000

/** A partition whose records cannot be read, or are not there, rests so long; one that is held, so short. */
const askLaterMs = 5_000
const askSoonMs = 20

/**
 * Runs one projection version as a member of its consumer group, whose members share the partitions. What fails is tried
 * again from the checkpoints, with pauses, and does not hold up other projections; only a burst of parking stops it for
 * good.
 */
export function runProjection(projection: Projection, parts: SharedParts): RunningProjection {
  const { name, version } = projection
  const modelLog = log.child({ unit: 'projections', model: name, version })
  const stopping = new AbortController()
  let running: Worker | null = null
  let stopped: Error | null = null
  let lastFailure: Error | null = null

  const attempt = async (): Promise<void> => {
    const sink = await openSink(projection, parts)
    const work = worker(projection, {
      sink,
      postgres: parts.postgres,
      read: async (batch) => ({ records: await readRecords(batch, parts.registry) }),
      passesOver: true,
      news: { moved: parts.announcer.moved, trace: traceBatch },
      orders: () => liveTable(parts.postgres, parkingOrders.name),
      ranges: (topics) => offsetRanges(parts.kafka, topics),
      log: modelLog,
      stopping: stopping.signal,
    })
    try {
      await consumeUntil(stopping.signal, projection, parts, work, () => {
        running = work
      })
    } finally {
      running = null
    }
  }
  const ended = patiently(attempt, mayMend, stopping.signal, (error) => {
    lastFailure = error instanceof Error ? error : new Error(String(error))
    modelLog.error({ reason: messageOf(error) }, 'failed, trying again')
  }).catch((error) => {
    if (error instanceof Stopping) return
    stopped = error
    modelLog.fatal({ reason: messageOf(error) }, 'stopped')
  })

  return {
    projection,
    check: () => {
      if (stopped !== null) throw stopped
      if (running === null) throw lastFailure ?? new Error(`${name} does not consume yet.`)
      for (const [place, { reason }] of running.halted) throw new Error(`${name} is halted at ${place}: ${reason}`)
    },
    stop: async () => {
      stopping.abort()
      await ended
    },
  }
}

const mayMend = (error: unknown): boolean => !(error instanceof ParkingBurst || error instanceof Stopping)

async function openSink(projection: Projection, parts: Parts): Promise<Sink> {
  const table = await openTable(projection, parts)
  return projection.store === 'postgres'
    ? postgresSink(parts.postgres, projection, table)
    : clickhouseSink(parts.clickhouse, parts.postgres, table)
}

const restAfter = (concernedAt: number): number => (performance.now() - concernedAt < latelyMs ? restMs : longRestMs)

/** Consumes until it is told to stop, and rejects if it has to end before. */
async function consumeUntil(
  stopping: AbortSignal,
  projection: Projection,
  { kafka, generation }: Parts,
  work: Worker,
  onStart: () => void,
): Promise<void> {
  const large = pLimit(largeAtOnce)
  const ready = Promise.withResolvers<LogConsumer>()
  const over = Promise.withResolvers<void>()
  over.promise.catch(() => {}) // it may fail before it is waited for
  const end = () => over.resolve()
  let isOver = false
  let concernedAt = performance.now()
  const resumeLater = (own: LogConsumer, place: TopicPartition, inMs = askLaterMs): void => {
    setTimeout(() => isOver || own.resume(place).catch(over.reject), inMs).unref()
  }
  const actOn = async (own: LogConsumer, place: TopicPartition, verdict: Verdict): Promise<void> => {
    if (verdict === 'go on' || verdict === 'passed over') return
    if (verdict === 'ask again') return own.resume(place)
    own.pause(place)
    if (verdict === 'ask later') resumeLater(own, place)
    if (verdict === 'ask soon') resumeLater(own, place, askSoonMs)
  }
  const consumer = await consume(kafka, {
    group: `${projection.name}.v${projection.version}.${generation}`,
    topics: topicsOf(projection, generation),
    concurrency: partitionsAtOnce,
    startAt: async (assigned) => {
      const offsets = await work.startAt(assigned)
      assigned.forEach((place, index) => {
        if (offsets[index] === null) void ready.promise.then((own) => resumeLater(own, place))
      })
      return offsets
    },
    onBatch: async (batch) => {
      const isSmall = batch.messages.length < smallBatch
      const verdict = await (isSmall ? work.take(batch) : large(() => work.take(batch)))
      if (verdict === 'go on') concernedAt = performance.now()
      if (verdict === 'go on' || verdict === 'passed over') return isSmall ? pause(restAfter(concernedAt)) : undefined
      return actOn(await ready.promise, batch, verdict)
    },
    onFailure: over.reject,
  })
  ready.resolve(consumer)
  onStart()
  stopping.addEventListener('abort', end)
  if (stopping.aborted) end()
  const notePassedOver = async (): Promise<void> => {
    for (const [place, verdict] of await work.notePassedOver()) await actOn(consumer, place, verdict).catch(over.reject)
  }
  const chores = [
    repeatedly(notePassedOver, notePassedOverEveryMs),
    repeatedly(work.carryOutOrders, ordersEveryMs),
    repeatedly(work.audit, auditEveryMs),
  ]
  try {
    await over.promise
  } finally {
    isOver = true
    await Promise.all(chores.map((stop) => stop()))
    stopping.removeEventListener('abort', end)
    await consumer.stop()
  }
}
