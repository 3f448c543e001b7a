import type { ClickHouse, Postgres } from '@bizosaas/databases'
import { consume, type KafkaCluster, type LogConsumer, type SchemaRegistry } from '@bizosaas/kafka'
import { log, type Stop } from '@bizosaas/runtime'
import type { Announcer } from './announce.ts'
import { clickhouseSink } from './clickhouse-sink.ts'
import { demandOf } from './database-errors.ts'
import { messageOf, topicsOf } from './items.ts'
import { patiently, Stopping } from './patience.ts'
import { postgresSink } from './postgres-sink.ts'
import type { Projection } from './projection.ts'
import type { Sink } from './sink.ts'
import { ensureClickHouseTable, ensurePostgresTable } from './tables.ts'
import { ParkingBurst, type Worker, worker } from './worker.ts'

/** What the projections of one process share. */
export type Parts = {
  readonly kafka: KafkaCluster
  readonly registry: SchemaRegistry
  readonly postgres: Postgres
  readonly clickhouse: ClickHouse
  readonly announcer: Announcer
  readonly generation: string
}

export type RunningProjection = {
  /** Resolves when the batches in hand are done. */
  readonly stop: Stop
  /** @throws while a partition is halted or the projection has stopped: a person has to look */
  readonly check: () => void
}

/** While one partition's batch is being written, others' are decoded and folded. */
const partitionsAtOnce = 4

/**
 * Runs one projection version as a member of its consumer group, whose members share the partitions. What fails is tried
 * again from the checkpoints, with pauses; only a burst of parking stops it for good.
 * @returns when it consumes for the first time
 */
export async function runProjection(projection: Projection, parts: Parts): Promise<RunningProjection> {
  const { name, version } = projection
  const modelLog = log.child({ unit: 'projections', model: name, version })
  const stopping = new AbortController()
  const failed = (error: unknown) => modelLog.error({ reason: messageOf(error) }, 'failed, trying again')
  const sink = await patiently(
    () => openSink(projection, parts),
    (error) => demandOf(error) === 'wait',
    stopping.signal,
    failed,
  )
  const work = worker(projection, { ...parts, sink, log: modelLog, stopping: stopping.signal })

  const consuming = Promise.withResolvers<void>()
  let stopped: Error | null = null
  const ended = patiently(
    () => consumeUntil(stopping.signal, projection, parts, work, consuming.resolve),
    (error) => !(error instanceof ParkingBurst || error instanceof Stopping),
    stopping.signal,
    failed,
  ).catch((error) => {
    if (error instanceof Stopping) return
    stopped = error
    modelLog.fatal({ reason: messageOf(error) }, 'stopped')
  })
  await Promise.race([consuming.promise, ended])

  return {
    check: () => {
      if (stopped !== null) throw stopped
      for (const [place, reason] of work.halted) throw new Error(`${name} is halted at ${place}: ${reason}`)
    },
    stop: async () => {
      stopping.abort()
      await ended
    },
  }
}

async function openSink(projection: Projection, { postgres, clickhouse }: Parts): Promise<Sink> {
  return projection.store === 'postgres'
    ? postgresSink(postgres, projection, await ensurePostgresTable(postgres, projection))
    : clickhouseSink(clickhouse, postgres, projection, await ensureClickHouseTable(clickhouse, postgres, projection))
}

/** Consumes until it is told to stop, and rejects if it has to end before. */
async function consumeUntil(
  stopping: AbortSignal,
  projection: Projection,
  { kafka, generation }: Parts,
  work: Worker,
  onStart: () => void,
): Promise<void> {
  const ready = Promise.withResolvers<LogConsumer>()
  const over = Promise.withResolvers<void>()
  over.promise.catch(() => {}) // it may fail before it is waited for
  const consumer = await consume(kafka, {
    group: `${projection.name}.v${projection.version}.${generation}`,
    topics: topicsOf(projection, generation),
    concurrency: partitionsAtOnce,
    startAt: work.startAt,
    onBatch: async (batch) => {
      const verdict = await work.take(batch)
      if (verdict === 'halt') (await ready.promise).pause(batch)
      if (verdict === 'ask again') await (await ready.promise).resume(batch)
    },
    onFailure: over.reject,
  })
  ready.resolve(consumer)
  onStart()
  stopping.addEventListener('abort', () => over.resolve())
  if (stopping.aborted) over.resolve()
  try {
    await over.promise
  } finally {
    await consumer.stop()
  }
}
