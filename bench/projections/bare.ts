/**
 * The limit that the runner is held against: the database alone. It writes the very batches that the runner has written,
 * into the same table, through the same client, as many at once as two runners; nothing is read, decoded, folded or checkpointed.
 */
import { connectClickHouse, connectPostgres } from '@bizosaas/databases'
import { connectKafka, connectRegistry } from '@bizosaas/kafka'
import { blockEncoder } from '@bizosaas/projections/runner/native-block.ts'
import type { Row } from '@bizosaas/projections/runner/projection.ts'
import { type RunningProjection, runProjection } from '@bizosaas/projections/runner/run-projection.ts'
import { projectionSettings } from '@bizosaas/projections/runner/start.ts'
import { ensureClickHouseTable, ensurePostgresTable, type Table } from '@bizosaas/projections/runner/tables.ts'
import { readSettings } from '@bizosaas/runtime'
import { serveTasks } from '../lib/worker.ts'
import { type ModelName, models } from './models.ts'
import { keepingPostgres, keepingRows, type Write } from './writes.ts'

/** Of two runners; each has largeAtOnce of run-projection.ts. */
const lanesAtOnce = 2 * 2

export type BareTask = {
  /** Runs the runner and keeps its batches; ends that; writes the batches. */
  readonly type: 'learn' | 'learnt' | 'write'
  readonly model: ModelName
  readonly generation: string
}

export type Written = { readonly batches: number; readonly seconds: number }

const settings = readSettings(projectionSettings, { ...process.env, TOPIC_GENERATION: 'g1' })
const postgres = connectPostgres(settings.POSTGRES_PROJECTOR_URL, {
  name: 'bench',
  connections: 10,
  statementTimeoutMs: 60_000,
})
const clickhouse = connectClickHouse(settings.CLICKHOUSE_PROJECTOR_URL, { name: 'bench' })
const writes: Write[] = []
let running: RunningProjection | null = null

serveTasks<BareTask, Written>(async ({ type, model, generation }) => {
  if (type === 'learn') await learn(model, generation)
  else if (type === 'learnt') await running?.stop()
  else return { batches: writes.length, seconds: await write(model) }
  return { batches: writes.length, seconds: 0 }
})

const tableOf = (model: ModelName): Promise<Table> =>
  models[model].store === 'postgres'
    ? ensurePostgresTable(postgres, models[model])
    : ensureClickHouseTable(clickhouse, postgres, models[model])

const learn = async (model: ModelName, generation: string): Promise<void> => {
  const keep = (write: Write) => writes.push(write)
  const isInPostgres = models[model].store === 'postgres'
  const kept = keepingRows(models[model], clickhouse, keep)
  running = runProjection(isInPostgres ? models[model] : kept.projection, {
    kafka: connectKafka({ brokers: settings.KAFKA_BROKERS, clientId: 'bench' }),
    registry: await connectRegistry(settings.SCHEMA_REGISTRY_URL),
    postgres: isInPostgres ? keepingPostgres(postgres, await tableOf(model), keep) : postgres,
    clickhouse: isInPostgres ? clickhouse : kept.clickhouse,
    announcer: { moved: () => {}, stop: () => {} },
    generation,
    partitions: settings.TOPIC_PARTITIONS,
  })
}

/** Answers how many seconds it took. */
const write = async (model: ModelName): Promise<number> => {
  const table = await tableOf(model)
  const lanes = [...Map.groupBy(writes, ({ lane }) => lane).values()]
  const send = models[model].store === 'postgres' ? upserting(table) : inserting(table)
  // Connects as often as it will be connected.
  await Promise.all(Array.from({ length: lanesAtOnce }, () => postgres.query('SELECT')))
  const start = performance.now()
  const writer = async (): Promise<void> => {
    for (let lane = lanes.shift(); lane !== undefined; lane = lanes.shift())
      for (const { rows } of lane) await send(rows)
  }
  await Promise.all(Array.from({ length: lanesAtOnce }, writer))
  return (performance.now() - start) / 1_000
}

const upserting = ({ name, columns, key }: Table) => {
  const names = columns.map((column) => column.name)
  const arrays = columns.map(({ type }, index) => `$${index + 1}::${type}[]`)
  const others = names.filter((column) => !key.includes(column))
  const upsert = `
    INSERT INTO ${name} (${names.join(', ')}) SELECT * FROM unnest(${arrays.join(', ')})
    ON CONFLICT (${key.join(', ')}) DO UPDATE SET ${others.map((column) => `${column} = excluded.${column}`).join(', ')}`
  return (rows: Write['rows']): Promise<unknown> => postgres.query(upsert, rows as readonly unknown[])
}

const inserting = (table: Table) => {
  const names = table.columns.map((column) => column.name)
  const encode = blockEncoder(table)
  return (rows: Write['rows']): Promise<unknown> =>
    clickhouse.insert(table.name, names, 'Native', encode(rows as readonly Row[]))
}
