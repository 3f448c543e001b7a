/**
 * A world for the relay's tests: an event store of its own, so that all of $all is known, and a generation of topics of its
 * own, beside whatever else is in Kafka and PostgreSQL.
 */
import { randomInt } from 'node:crypto'
import { cp, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { connectPostgres, migrate } from '@bizosaas/databases'
import { connectEventStore, type StoredEvent } from '@bizosaas/event-store'
import { connectKafka } from '@bizosaas/kafka'
import { type Instant, instantOf } from '@bizosaas/schemas'
import { type AuditConfig, auditMigrations } from '../../audit/start.ts'
import { type RelayConfig, relayMigrations } from '../start.ts'
import { openGeneration } from './generation.ts'
import { startNode } from './processes.ts'

export const partitions = 12

export type World = Awaited<ReturnType<typeof openWorld>>

export const openWorld = async () => {
  const generation = `g${randomInt(1_000, 10_000)}`
  const folder = await mkdtemp(join(tmpdir(), 'relay-'))
  let node = await startNode(join(folder, 'store'), 0)
  const config: RelayConfig & AuditConfig = {
    KURRENTDB_URL: node.url,
    KAFKA_BROKERS: (process.env.KAFKA_BROKERS ?? '127.0.0.1:19092').split(','),
    SCHEMA_REGISTRY_URL: process.env.SCHEMA_REGISTRY_URL ?? 'http://127.0.0.1:18081/apis/ccompat/v7',
    POSTGRES_RELAY_URL: process.env.POSTGRES_RELAY_URL ?? '',
    POSTGRES_AUDITOR_URL: process.env.POSTGRES_AUDITOR_URL ?? '',
    TOPIC_GENERATION: generation,
    TOPIC_PARTITIONS: partitions,
  }
  const adminUrl = process.env.POSTGRES_ADMIN_URL ?? ''
  await migrate(adminUrl, relayMigrations, 'relay')
  await migrate(adminUrl, auditMigrations, 'audit')
  const admin = connectPostgres(adminUrl, { name: 'test', connections: 2, statementTimeoutMs: 10_000 })
  const kafka = connectKafka({ brokers: config.KAFKA_BROKERS, clientId: 'test' })
  const store = connectEventStore(node.url)
  const within = (name: string) => openGeneration({ kafka, admin, registryUrl: config.SCHEMA_REGISTRY_URL }, name)
  const own = within(generation)
  await own.forget()

  return {
    generation,
    config,
    kafka,
    store,
    admin,
    ...own,
    /** Another generation of topics, filled from the same store. */
    in: within,
    /** Forgets the rows after the first so many, as an older copy of PostgreSQL would. */
    forgetAfter: (rows: number) =>
      admin.query('DELETE FROM relay.ledger WHERE generation = $1 AND seq > $2', [generation, rows]),

    instant: instantOf,
    ledger: () =>
      admin.query<{ position: number; eventId: string; instant: Instant; epoch: number }>(
        `SELECT position, event_id AS "eventId", instant, epoch FROM relay.ledger WHERE generation = $1 ORDER BY seq`,
        [generation],
      ),
    /** Changes the event store's file while it is down, as nobody can through its API. */
    async tamper(change: (database: DatabaseSync) => void) {
      await node.kill()
      const database = new DatabaseSync(join(folder, 'store', 'events.sqlite'))
      change(database)
      database.close()
      node = await startNode(join(folder, 'store'), node.port)
    },
    /** Kills the event store as a power cut of its process would, and starts it again on the same data. */
    async restartStore() {
      await node.kill()
      node = await startNode(join(folder, 'store'), node.port)
    },
    copyStore: async () => {
      await node.kill()
      await cp(join(folder, 'store'), join(folder, 'copy'), { recursive: true })
      node = await startNode(join(folder, 'store'), node.port)
    },
    restoreCopy: async () => {
      await node.kill()
      await rm(join(folder, 'store'), { recursive: true })
      await cp(join(folder, 'copy'), join(folder, 'store'), { recursive: true })
      node = await startNode(join(folder, 'store'), node.port)
    },

    /** What the relay has to publish: every event of $all but those of the store itself. */
    async stored(): Promise<StoredEvent[]> {
      const events: StoredEvent[] = []
      for (;;) {
        const from = events.at(-1)?.position ?? 'start'
        const page = await store.readAll({ from, maxCount: 1_000 })
        events.push(...page.slice(from === 'start' ? 0 : 1))
        if (page.length < 1_000) return events.filter(({ stream }) => !stream.startsWith('$'))
      }
    },

    async close() {
      await store.close()
      await node.kill()
      await own.remove()
      await admin.close()
      await rm(folder, { recursive: true, force: true })
    },
  }
}
