import { readFile } from 'node:fs/promises'
import type { ClickHouse, Postgres, Queryable } from '@bizosaas/databases'
import { mergeAgain } from './merging.ts'
import { type Projection, type Row, scopedView, tableName } from './projection.ts'

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
  const statements = [...(await tableStatements(projection.table, name)), ...(await protectionOf(name))]
  return postgres.transaction(async (tx) => {
    await createPostgresTable(tx, name, statements)
    await tx.query(serve, [projection.name, projection.version])
    return describePostgresTable(tx, name)
  })
}

/** Creates a table by these statements, if it is not there; alone until the transaction ends. */
export async function createPostgresTable(tx: Queryable, name: string, statements: readonly string[]): Promise<void> {
  await tx.query('SELECT pg_advisory_xact_lock(hashtextextended($1, 0))', [name])
  // Read from the catalogue itself: to_regclass may still believe what this session found before it had to wait.
  const [found] = await tx.query<{ exists: boolean }>(
    `SELECT EXISTS (SELECT FROM pg_tables WHERE schemaname || '.' || tablename = $1) AS exists`,
    [name],
  )
  if (found?.exists) return
  for (const statement of statements) await tx.query(statement)
}

export async function describePostgresTable(db: Queryable, name: string): Promise<Table> {
  const columns = await db.query<Column & { in_key: boolean }>(describe, [name])
  return {
    name,
    columns: columns.map((column) => ({ name: column.name, type: column.type })),
    key: columns.filter((column) => column.in_key).map((column) => column.name),
  }
}

/**
 * As `ensurePostgresTable`; which version serves stands in Postgres for both databases. Whoever finished its building may have ended
 * before the table was merged again.
 */
export async function ensureClickHouseTable(
  clickhouse: ClickHouse,
  postgres: Postgres,
  projection: Projection,
): Promise<Table> {
  const table = await createClickHouseTable(clickhouse, projection)
  await mergeAgain(clickhouse, table.name)
  await postgres.query(serve, [projection.name, projection.version])
  return table
}

/** If it is not there, and its view. */
export async function createClickHouseTable(clickhouse: ClickHouse, projection: Projection): Promise<Table> {
  const name = tableName(projection)
  const [create = ''] = await tableStatements(projection.table, name)
  await clickhouse.command(create.replace('CREATE TABLE', 'CREATE TABLE IF NOT EXISTS'))
  await makeViews(clickhouse, projection)
  const columns = await clickhouse.query<Column>(`DESCRIBE TABLE ${name}`)
  return { name, columns: columns.map((column) => ({ name: column.name, type: column.type })), key: [] }
}

/** @throws if a row does not have the table's columns: then handler and table.sql disagree, and no row would be right */
export function checkColumns(table: Table, row: Row): void {
  const wrong = new Set(table.columns.map(({ name }) => name)).symmetricDifference(new Set(Object.keys(row)))
  if (wrong.size > 0)
    throw new Error(`The rows of ${table.name} and its table.sql disagree on ${[...wrong].join(', ')}.`)
}

const scopeView = new URL('./scope-view.sql', import.meta.url)

/** Of all versions of the model that are there: whatever the view said before, from now on it says what the file says. */
async function makeViews(clickhouse: ClickHouse, { name }: Projection): Promise<void> {
  const tables = await clickhouse.query<{ name: string }>(
    'SELECT name FROM system.tables WHERE database = currentDatabase() AND match(name, {pattern: String})',
    { pattern: `^${tableName({ name, version: 0 }).slice(0, -1)}\\d+$` },
  )
  for (const table of tables)
    for (const statement of await tableStatements(scopeView, table.name)) await clickhouse.command(statement)
}

/** Drops it with its view, if it is there. */
export async function dropClickHouseTable(clickhouse: ClickHouse, name: string): Promise<void> {
  await clickhouse.command(`DROP VIEW IF EXISTS ${scopedView(name)} SYNC`)
  await clickhouse.command(`DROP TABLE IF EXISTS ${name} SYNC`)
}

/** Statements that say who may read a table. */
export function protectionOf(table: string): Promise<string[]> {
  return tableStatements(new URL('./protect-table.sql', import.meta.url), table)
}

const serve = 'INSERT INTO read_model.live_version (model, version) VALUES ($1, $2) ON CONFLICT DO NOTHING'

const describe = `
  SELECT attname AS name, format_type(atttypid, atttypmod) AS type, attnum = ANY (indkey) AS in_key
  FROM pg_attribute JOIN pg_index ON indrelid = attrelid AND indisprimary
  WHERE attrelid = $1::regclass AND attnum > 0 AND NOT attisdropped
  ORDER BY attnum`

/** The statements of a file, of which the first one of a table.sql creates the table. No text in them holds a semicolon. */
export async function tableStatements(file: URL, table: string): Promise<string[]> {
  const sql = await readFile(file, 'utf8')
  if (!sql.includes('{table}')) throw new Error(`${file.pathname} must name its table {table}.`)
  const statements = sql.replace(/^\s*--.*$/gm, '').split(';')
  return statements.filter((each) => each.trim() !== '').map((each) => each.replaceAll('{table}', table))
}
