import {
  type ClickHouse,
  connectClickHouse,
  connectPostgres,
  onLiveGeneration,
  type Postgres,
} from '@bizosaas/databases'
import { connectKafka, connectRegistry, type KafkaCluster, type SchemaRegistry } from '@bizosaas/kafka'
import { log, type Settings, type Stop } from '@bizosaas/runtime'
import { asNoted } from './noted-schemas.ts'

export const topicsSettings = [
  'KAFKA_BROKERS',
  'SCHEMA_REGISTRY_URL',
  'POSTGRES_PROJECTOR_URL',
  'CLICKHOUSE_PROJECTOR_URL',
  'TOPIC_GENERATION',
  'TOPIC_PARTITIONS',
] as const

/** What a unit that fills read models from the topics of a generation works with. */
export type Parts = {
  readonly kafka: KafkaCluster
  readonly registry: SchemaRegistry
  readonly postgres: Postgres
  readonly clickhouse: ClickHouse
  readonly generation: string
  readonly partitions: number
}

/** Has a unit work on the generation of topics that is live; when that is succeeded by another one, it begins anew on that one. */
export async function onTopics(
  config: Settings<(typeof topicsSettings)[number]>,
  unit: string,
  begin: (topics: Parts) => Promise<Stop>,
): Promise<Stop> {
  const { TOPIC_GENERATION: first, TOPIC_PARTITIONS: partitions } = config
  const kafka = connectKafka({ brokers: config.KAFKA_BROKERS, clientId: unit })
  const registry = await connectRegistry(config.SCHEMA_REGISTRY_URL)
  const postgres = connectPostgres(config.POSTGRES_PROJECTOR_URL, {
    name: unit,
    connections: 10,
    statementTimeoutMs: 60_000,
  })
  const clickhouse = connectClickHouse(config.CLICKHOUSE_PROJECTOR_URL, { name: unit })
  const open = (generation: string) => {
    const schemas = asNoted(registry, postgres, generation)
    return begin({ kafka, registry: schemas, postgres, clickhouse, generation, partitions })
  }
  const close = () => Promise.all([postgres.close(), clickhouse.close()])
  try {
    const stop = await onLiveGeneration(postgres, { first, log: log.child({ unit }), open })
    return async () => {
      await stop()
      await close()
    }
  } catch (error) {
    await close()
    throw error
  }
}
