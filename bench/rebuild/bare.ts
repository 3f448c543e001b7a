/**
 * The other limit of a rebuild: the database alone takes the same rows, of a part of the history, in batches as large, laid out
 * by the same code; nothing is read, decoded, folded or checkpointed meanwhile.
 */
import { connectClickHouse, connectPostgres } from '@bizosaas/databases'
import { copyText } from '@bizosaas/projections/rebuild/build/copy-text.ts'
import { foldBatch } from '@bizosaas/projections/runner/fold.ts'
import { itemsOf } from '@bizosaas/projections/runner/items.ts'
import { leaveLargePartsUnmerged } from '@bizosaas/projections/runner/merging.ts'
import { blockEncoder } from '@bizosaas/projections/runner/native-block.ts'
import { type Projection, type Row, tableName } from '@bizosaas/projections/runner/projection.ts'
import {
  createClickHouseTable,
  createPostgresTable,
  describePostgresTable,
  dropClickHouseTable,
  tableStatements,
} from '@bizosaas/projections/runner/tables.ts'
import { serveTasks } from '../lib/worker.ts'
import { type ModelName, models } from '../projections/models.ts'
import { readTopic } from './consume.ts'

/** Of each partition. */
const mostRecords = 10_000
/** As many events as the rebuild writes at once, of which one has two rows in ad metrics. */
const rowsAtOnce = { postgres: 20_000, clickhouse: 40_000 }
const writersAtOnce = 2

const postgres = connectPostgres(process.env.POSTGRES_PROJECTOR_URL ?? '', {
  name: 'bench',
  connections: 10,
  statementTimeoutMs: 60_000,
})
const clickhouse = connectClickHouse(process.env.CLICKHOUSE_PROJECTOR_URL ?? '', { name: 'bench' })
const folded = new Map<ModelName, { readonly rows: readonly Row[]; readonly events: number }>()

export type BareTask = { readonly model: ModelName; readonly topic: string }
export type Written = { readonly events: number; readonly rows: number; readonly seconds: number }

serveTasks<BareTask, Written>(async ({ model, topic }) => {
  const projection: Projection = { ...models[model], name: `${models[model].name}-bare` }
  const made = folded.get(model) ?? (await fold(model, topic))
  folded.set(model, made)
  const { rows, events } = made
  const size = rowsAtOnce[projection.store]
  const batches = Array.from({ length: Math.ceil(rows.length / size) }, (_, n) => rows.slice(n * size, (n + 1) * size))
  const table = tableName(projection)
  const isInPostgres = projection.store === 'postgres'
  const drop = () =>
    isInPostgres ? postgres.query(`DROP TABLE IF EXISTS read_model.${table}`) : dropClickHouseTable(clickhouse, table)
  await drop()
  const send = isInPostgres ? await copyTo(projection.table, `read_model.${table}`) : await insertInto(projection)
  const start = performance.now()
  const writer = async (): Promise<void> => {
    for (let batch = batches.shift(); batch !== undefined; batch = batches.shift()) await send(batch)
  }
  await Promise.all(Array.from({ length: writersAtOnce }, writer))
  const seconds = (performance.now() - start) / 1_000
  await drop()
  return { events, rows: rows.length, seconds }
})

/** All of a partition at once, as if its rows had been written when they were final. */
const fold = async (model: ModelName, topic: string) => {
  const rows: Row[] = []
  const partitions = new Map<number, ReturnType<typeof itemsOf>>()
  const { records } = await readTopic(topic, mostRecords, ({ records: all, itemOf }) => {
    const items = itemsOf(models[model], all, itemOf)
    const partition = all[0]?.partition ?? 0
    partitions.set(partition, [...(partitions.get(partition) ?? []), ...items])
  })
  for (const items of partitions.values()) {
    const { written } = foldBatch(models[model], new Map(), items, { streams: new Set(), items: new Map() })
    for (const row of written) rows.push(row)
  }
  return { rows, events: records }
}

const copyTo = async (file: URL, name: string) => {
  const [create = ''] = await tableStatements(file, name)
  const table = await postgres.transaction(async (tx) => {
    await createPostgresTable(tx, name, [create])
    return describePostgresTable(tx, name)
  })
  const text = copyText(table)
  const copy = `COPY ${name} (${table.columns.map((column) => column.name).join(', ')}) FROM STDIN`
  return (rows: readonly Row[]) => postgres.transaction((tx) => tx.copyIn(copy, text(rows)))
}

const insertInto = async (projection: Projection) => {
  const table = await createClickHouseTable(clickhouse, projection)
  await leaveLargePartsUnmerged(clickhouse, table.name)
  const encode = blockEncoder(table)
  const names = table.columns.map(({ name }) => name)
  return (rows: readonly Row[]) => clickhouse.insert(table.name, names, 'Native', encode(rows))
}
