import { randomUUID } from 'node:crypto'
import { connectClickHouse, connectPostgres, migrate, type Postgres } from '@bizosaas/databases'
import type { TopicPartition } from '@bizosaas/kafka'
import { type Checkpoint, makeCheckpoints, readCheckpoints } from '../checkpoint.ts'
import { type Projection, tableName } from '../projection.ts'
import { readModelMigrations } from '../start.ts'
import { dropClickHouseTable } from '../tables.ts'

/** The real databases, migrated. Tests share them, so each uses models (`modelName`) or tenants of its own. */
export async function openDatabases() {
  await migrate(env('POSTGRES_ADMIN_URL'), readModelMigrations, 'read-model')
  await migrate(env('POSTGRES_ADMIN_URL'), new URL('../../../streams/relay/migrations/', import.meta.url), 'relay')
  const admin = pool('POSTGRES_ADMIN_URL')
  const postgres = pool('POSTGRES_PROJECTOR_URL')
  const asQuery = pool('POSTGRES_QUERY_URL')
  const clickhouse = connectClickHouse(env('CLICKHOUSE_PROJECTOR_URL'), { name: 'projections spec' })
  return {
    admin,
    postgres,
    asQuery,
    clickhouse,
    close: () => Promise.all([admin.close(), postgres.close(), asQuery.close(), clickhouse.close()]),
  }
}

export function pool(setting: string): Postgres {
  return connectPostgres(env(setting), { name: 'projections spec', connections: 4, statementTimeoutMs: 20_000 })
}

export function env(name: string): string {
  const value = process.env[name]
  if (value === undefined) throw new Error(`${name} is not set: Jest's global set-up or the development stack sets it.`)
  return value
}

/** A model's name that no other test run has. */
export function modelName(): string {
  return `spec-${randomUUID().slice(0, 8)}`
}

export async function checkpointOf(
  postgres: Postgres,
  projection: Projection,
  place: TopicPartition = { topic: 'events.g0', partition: 0 },
): Promise<Checkpoint> {
  await makeCheckpoints(postgres, projection, [place])
  const [checkpoint] = await readCheckpoints(postgres, projection, [place])
  if (checkpoint === undefined) throw new Error('There is no checkpoint.')
  return checkpoint
}

type Databases = Awaited<ReturnType<typeof openDatabases>>

/** Takes away all versions of a model that a test made. */
export async function dropModel({ admin, postgres, clickhouse }: Databases, name: string): Promise<void> {
  const versions = await postgres.query<{ version: number }>(
    'SELECT DISTINCT version FROM read_model.checkpoint WHERE model = $1',
    [name],
  )
  for (const { version } of versions) {
    await postgres.query(`DROP TABLE IF EXISTS read_model.${tableName({ name, version })}`)
    await dropClickHouseTable(clickhouse, tableName({ name, version }))
  }
  for (const table of ['parked', 'tenant_change'])
    await postgres.query(`DELETE FROM read_model.${table} WHERE model = $1`, [name])
  for (const table of ['checkpoint', 'live_version', 'version'])
    await admin.query(`DELETE FROM read_model.${table} WHERE model = $1`, [name])
}
