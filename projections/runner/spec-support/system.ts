import { randomUUID } from 'node:crypto'
import {
  connectKafka,
  connectProducer,
  connectRegistry,
  createTopics,
  encodeRecord,
  type TopicRecord,
} from '@bizosaas/kafka'
import { createHealth, type Stop } from '@bizosaas/runtime'
import { CampaignId, type EventType, type TenantId, topicName, topics } from '@bizosaas/schemas'
import { tableName } from '../projection.ts'
import { type ProjectionConfig, start } from '../start.ts'
import { dropModel, env, modelName, openDatabases } from './databases.ts'
import { nameList } from './name-list.ts'
import { client1, partitionLog, uuid } from './records.ts'

export type Counts = {
  readonly applied: number
  readonly parked: number
  readonly not_applicable: number
  readonly record_offset: number
  readonly halted: string | null
}

/** The real parts, with a generation of topics of their own, and models to run on them. */
export async function openSystem() {
  const generation = `spec${randomUUID().slice(0, 8)}`
  const config: ProjectionConfig = {
    KAFKA_BROKERS: env('KAFKA_BROKERS').split(','),
    SCHEMA_REGISTRY_URL: env('SCHEMA_REGISTRY_URL'),
    POSTGRES_PROJECTOR_URL: env('POSTGRES_PROJECTOR_URL'),
    CLICKHOUSE_PROJECTOR_URL: env('CLICKHOUSE_PROJECTOR_URL'),
    REDIS_URL: env('REDIS_URL'),
    TOPIC_GENERATION: generation,
    TOPIC_PARTITIONS: 40,
  }
  const databases = await openDatabases()
  const registry = await connectRegistry(config.SCHEMA_REGISTRY_URL)
  await registry.registerAll()
  const kafka = connectKafka({ brokers: config.KAFKA_BROKERS, clientId: 'projections-spec' })
  const topicNames = topics.map((kind) => topicName(kind, generation))
  await createTopics(kafka, topicNames, config.TOPIC_PARTITIONS)
  const producer = await connectProducer(kafka)
  const cleanUps: (() => Promise<unknown>)[] = []
  let nextPartition = 0

  const sendAs = (schemaId: (record: TopicRecord) => number, records: readonly TopicRecord[]) =>
    producer.send(
      records.map((record) => ({
        topic: record.topic,
        partition: record.partition,
        ...encodeRecord(record, schemaId(record), record.bytes),
      })),
    )

  return {
    config,
    kafka,
    databases,
    /** To be done after the test. */
    cleanUps,
    sendAs,
    schemaId: (type: EventType) => registry.idOf(type, 1),
    send: (records: readonly TopicRecord[]) =>
      sendAs(({ type, version }) => registry.idOf(type as EventType, version), records),

    /** A partition that no other test writes to. */
    newPartition: () => {
      const partition = nextPartition++
      const { log, add } = partitionLog(topicName('events', generation), partition)
      const id = (n: number) => CampaignId.parse(uuid('1', partition * 1000 + n))
      return {
        place: { topic: topicName('events', generation), partition },
        log,
        id,
        create: (n: number, name: string, tenantId?: TenantId) =>
          add(
            'CampaignCreated',
            { campaignId: id(n), clientId: client1, name, objective: null },
            { ...(tenantId && { tenantId }), id: id(n) },
          ),
        rename: (n: number, name: string) => add('CampaignRenamed', { campaignId: id(n), name }, { id: id(n) }),
        submit: (n: number) => add('CampaignSubmitted', { campaignId: id(n) }, { id: id(n) }),
      }
    },

    /** A model of its own, and ways to run it and to look at it. */
    newModel: () => {
      const projection = nameList(modelName())
      cleanUps.push(() => dropModel(databases, projection.name))
      return {
        projection,
        run: async (changes: Partial<ProjectionConfig> = {}) => {
          let failure: string | null = null
          const health = createHealth((_, reason) => {
            failure = reason
          })
          const stop = await start({ ...config, ...changes }, health, [projection])
          let stopped: Promise<void> | null = null
          const once: Stop = () => (stopped ??= stop())
          cleanUps.push(once)
          return {
            stop: once,
            isHealthy: async () => (await health.report()).ready,
            /** What the health check says is wrong. */
            failure: async () => {
              await health.report()
              return failure
            },
          }
        },
        /** Of one row; null while there is none, or no table yet. */
        names: async (id: string) => {
          const [row] = await databases.postgres
            .query<{ names: string }>(`SELECT names FROM read_model.${tableName(projection)} WHERE id = $1`, [id])
            .catch(() => [])
          return row?.names ?? null
        },
        counts: async ({ partition }: { readonly partition: number }) => {
          const [row] = await databases.postgres.query<Counts>(
            `SELECT applied, parked, not_applicable, record_offset, halted FROM read_model.checkpoint
             WHERE model = $1 AND partition = $2`,
            [projection.name, partition],
          )
          return row ?? null
        },
      }
    },

    close: async () => {
      await producer.close()
      const admin = kafka.admin()
      await admin.deleteTopics({ topics: topicNames })
      await admin.disconnect()
      await databases.close()
    },
  }
}
