import { connectPostgres, type Postgres } from '@bizosaas/databases'
import { connectEventStore, type EventStore } from '@bizosaas/event-store'
import { connectKafka, connectRegistry, type KafkaCluster, type SchemaRegistry } from '@bizosaas/kafka'
import type { Settings } from '@bizosaas/runtime'

export const auditSettings = [
  'KURRENTDB_URL',
  'KAFKA_BROKERS',
  'SCHEMA_REGISTRY_URL',
  'POSTGRES_AUDITOR_URL',
  'TOPIC_GENERATION',
] as const

export type AuditConfig = Settings<(typeof auditSettings)[number]>

export type Connections = {
  readonly store: EventStore
  readonly kafka: KafkaCluster
  readonly db: Postgres
  readonly registry: SchemaRegistry
  readonly close: () => Promise<void>
}

export const connectAll = async (config: AuditConfig): Promise<Connections> => {
  const registry = await connectRegistry(config.SCHEMA_REGISTRY_URL)
  await registry.registerAll()
  const store = connectEventStore(config.KURRENTDB_URL)
  const kafka = connectKafka({ brokers: config.KAFKA_BROKERS, clientId: 'audit' })
  const db = connectPostgres(config.POSTGRES_AUDITOR_URL, { name: 'audit', connections: 2, statementTimeoutMs: 30_000 })
  return {
    store,
    kafka,
    db,
    registry,
    close: async () => {
      await store.close()
      await db.close()
    },
  }
}
