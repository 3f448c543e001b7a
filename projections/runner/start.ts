import { connectClickHouse, connectPostgres, connectRedis, onLiveGeneration } from '@bizosaas/databases'
import { connectKafka, connectRegistry, createTopics } from '@bizosaas/kafka'
import { type Health, log, type Settings, type Stop } from '@bizosaas/runtime'
import { topicName, topics } from '@bizosaas/schemas'
import { projections } from '../all.ts'
import { announcer } from './announce.ts'
import { exposeLag } from './lag.ts'
import { asNoted } from './noted-schemas.ts'
import type { Projection } from './projection.ts'
import { type Parts, runProjection } from './run-projection.ts'

export const projectionSettings = [
  'KAFKA_BROKERS',
  'SCHEMA_REGISTRY_URL',
  'POSTGRES_PROJECTOR_URL',
  'CLICKHOUSE_PROJECTOR_URL',
  'REDIS_URL',
  'TOPIC_GENERATION',
  'TOPIC_PARTITIONS',
] as const

export type ProjectionConfig = Settings<(typeof projectionSettings)[number]>

/** The tables that all projections share: to be applied as the owner of the database, before the first start. */
export const readModelMigrations = new URL('../migrations/', import.meta.url)

/**
 * Starts the runner as a unit. Any number of them share the partitions of each projection among themselves. A database that
 * is away is waited for; `health` says what does not run.
 * @param run which projections; all of the system's
 */
export async function start(
  config: ProjectionConfig,
  health?: Health,
  run: readonly Projection[] = projections,
): Promise<Stop> {
  const { TOPIC_GENERATION: first, TOPIC_PARTITIONS: partitions } = config
  const kafka = connectKafka({ brokers: config.KAFKA_BROKERS, clientId: 'projections' })
  const registry = await connectRegistry(config.SCHEMA_REGISTRY_URL)
  const postgres = connectPostgres(config.POSTGRES_PROJECTOR_URL, {
    name: 'projections',
    connections: 10,
    statementTimeoutMs: 60_000,
  })
  const clickhouse = connectClickHouse(config.CLICKHOUSE_PROJECTOR_URL, { name: 'projections' })
  const redis = connectRedis(config.REDIS_URL)
  const news = announcer(redis)

  const open = async (generation: string): Promise<Stop> => {
    const names = topics.map((topic) => topicName(topic, generation))
    await createTopics(kafka, names, partitions)
    const schemas = asNoted(registry, postgres, generation)
    const parts: Parts = { kafka, registry: schemas, postgres, clickhouse, announcer: news, generation, partitions }
    const running = run.map((projection) => {
      const each = runProjection(projection, parts)
      health?.add(projection.name, async () => each.check())
      return each
    })
    const conceal = exposeLag(postgres, run, generation)
    return async () => {
      conceal()
      await Promise.all(running.map(({ stop }) => stop()))
    }
  }
  const close = async () => {
    news.stop()
    redis.close()
    await Promise.all([postgres.close(), clickhouse.close()])
  }

  try {
    const stop = await onLiveGeneration(postgres, { first, log: log.child({ unit: 'projections' }), open })
    return async () => {
      await stop()
      await close()
    }
  } catch (error) {
    await close()
    throw error
  }
}
