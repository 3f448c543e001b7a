import { readFile } from 'node:fs/promises'
import type { ClickHouse, Postgres } from '@bizosaas/databases'
import { type Projection, type Row, tableName } from './projection.ts'

export type Column = { readonly name: string; readonly type: string }

/** A version's table, as its database describes it: table.sql is the one place that lists the columns. */
export type Table = {
  readonly name: string
  readonly columns: readonly Column[]
  /** Columns of the primary key; not needed where rows are only inserted. */
  readonly key: readonly string[]
}

/**
 * Creates the version's table if it is not there, and lets it serve if no other version of the model does. Runners that
 * start at the same time wait for each other.
 */
export async function ensurePostgresTable(postgres: Postgres, projection: Projection): Promise<Table> {
  const name = `read_model.${tableName(projection)}`
  const [create, protect] = await Promise.all([tableSql(projection.table, name), tableSql(protection, name)])
  return postgres.transaction(async (tx) => {
    await tx.query('SELECT pg_advisory_xact_lock(hashtextextended($1, 0))', [name])
    const [found] = await tx.query<{ exists: boolean }>('SELECT to_regclass($1) IS NOT NULL AS exists', [name])
    if (!found?.exists) await tx.query(`${create};${protect}`)
    await tx.query(serve, [projection.name, projection.version])
    const columns = await tx.query<Column & { in_key: boolean }>(describe, [name])
    return {
      name,
      columns: columns.map((column) => ({ name: column.name, type: column.type })),
      key: columns.filter((column) => column.in_key).map((column) => column.name),
    }
  })
}

/** As `ensurePostgresTable`; which version serves stands in Postgres for both databases. */
export async function ensureClickHouseTable(
  clickhouse: ClickHouse,
  postgres: Postgres,
  projection: Projection,
): Promise<Table> {
  const name = tableName(projection)
  const create = await tableSql(projection.table, name)
  await clickhouse.command(create.replace('CREATE TABLE', 'CREATE TABLE IF NOT EXISTS'))
  await postgres.query(serve, [projection.name, projection.version])
  const columns = await clickhouse.query<Column>(`DESCRIBE TABLE ${name}`)
  return { name, columns: columns.map((column) => ({ name: column.name, type: column.type })), key: [] }
}

/** @throws if a row does not have the table's columns: then handler and table.sql disagree, and no row would be right */
export function checkColumns(table: Table, row: Row): void {
  const wrong = new Set(table.columns.map(({ name }) => name)).symmetricDifference(new Set(Object.keys(row)))
  if (wrong.size > 0)
    throw new Error(`The rows of ${table.name} and its table.sql disagree on ${[...wrong].join(', ')}.`)
}

const protection = new URL('./protect-table.sql', import.meta.url)

const serve = 'INSERT INTO read_model.live_version (model, version) VALUES ($1, $2) ON CONFLICT DO NOTHING'

const describe = `
  SELECT attname AS name, format_type(atttypid, atttypmod) AS type, attnum = ANY (indkey) AS in_key
  FROM pg_attribute JOIN pg_index ON indrelid = attrelid AND indisprimary
  WHERE attrelid = $1::regclass AND attnum > 0 AND NOT attisdropped
  ORDER BY attnum`

async function tableSql(file: URL, table: string): Promise<string> {
  const sql = await readFile(file, 'utf8')
  if (!sql.includes('{table}')) throw new Error(`${file.pathname} must name its table {table}.`)
  return sql.replaceAll('{table}', table)
}
