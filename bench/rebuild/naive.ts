/**
 * A projector as one writes it first: for each event one statement that reads the row, one that writes it, one that moves the
 * checkpoint, each awaited. It reads a part of the history.
 */
import { connectPostgres } from '@bizosaas/databases'
import { columnArrays, upsert } from '@bizosaas/projections/runner/postgres-sink.ts'
import { type Projection, type Row, tableName } from '@bizosaas/projections/runner/projection.ts'
import { createPostgresTable, describePostgresTable, tableStatements } from '@bizosaas/projections/runner/tables.ts'
import { serveTasks } from '../lib/worker.ts'
import { models } from '../projections/models.ts'
import { readTopic } from './consume.ts'

const postgres = connectPostgres(process.env.POSTGRES_PROJECTOR_URL ?? '', {
  name: 'bench',
  connections: 2,
  statementTimeoutMs: 60_000,
})
const list: Projection = { ...models['campaign list'], name: 'bench-naive' }

/** Takes how many records of each partition to read, answers events/s. */
serveTasks<{ readonly topic: string; readonly most: number }, number>(async ({ topic, most }) => {
  if (list.kind !== 'fold') throw new Error('The campaign list is a fold.')
  const name = `read_model.${tableName(list)}`
  await postgres.query(`DROP TABLE IF EXISTS ${name}, read_model.bench_naive_checkpoint`)
  await postgres.query('CREATE TABLE read_model.bench_naive_checkpoint (partition int PRIMARY KEY, position bigint)')
  const statements = await tableStatements(list.table, name)
  const table = await postgres.transaction(async (tx) => {
    await createPostgresTable(tx, name, statements)
    return describePostgresTable(tx, name)
  })
  const select = `SELECT * FROM ${name} WHERE tenant_id = $1 AND id = $2`
  const write = upsert(table)
  const move = `INSERT INTO read_model.bench_naive_checkpoint VALUES ($1, $2)
    ON CONFLICT (partition) DO UPDATE SET position = excluded.position`

  const readings: Parameters<Parameters<typeof readTopic>[2]>[0][] = []
  const { records } = await readTopic(topic, most, (reading) => readings.push(reading))
  const start = performance.now()
  for (const { records: all, itemOf } of readings) {
    for (const record of all) {
      const event = itemOf?.(record).event
      if (!event) throw new Error('Every event of the history can be read.')
      const [row = null] = await postgres.query<Row>(select, [event.tenantId, list.id(event)])
      const next = list.handle(row, event)
      if (next !== null) await postgres.query(write, columnArrays(table, [next]))
      await postgres.query(move, [record.partition, record.position])
    }
  }
  const seconds = (performance.now() - start) / 1_000
  await postgres.query(`DROP TABLE ${name}, read_model.bench_naive_checkpoint`)
  return records / seconds
})
