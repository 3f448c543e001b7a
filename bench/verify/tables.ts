/** Tables of a million rows each, made by the databases themselves; of some tenants, as an agency's are. */
import type { ClickHouse, Postgres } from '@bizosaas/databases'
import { type Projection, tableName } from '@bizosaas/projections/runner/projection.ts'

export const rows = 1_000_000
export const tenants = 200
/** Of so many rows one is made to differ. */
export const every = 100

export const fillCampaigns = async (postgres: Postgres, projection: Projection): Promise<void> => {
  const table = tableName(projection)
  // They would take most of the time here, and no comparison reads them.
  const indexes = await postgres.query<{ name: string }>(
    `SELECT indexrelid::regclass::text AS name FROM pg_index WHERE indrelid = $1::regclass AND NOT indisprimary`,
    [`read_model.${table}`],
  )
  for (const { name } of indexes) await postgres.query(`DROP INDEX ${name}`)
  await postgres.query(`
    INSERT INTO read_model.${table}
    SELECT md5('tenant ' || n % ${tenants})::uuid, lpad(to_hex(n), 32, '0')::uuid, md5('client ' || n % ${3 * tenants})::uuid,
      'Campaign number ' || n, 'reach', 'active', n::bigint * 1000000, 'EUR', date '2026-01-01' + n % 300, NULL,
      md5('account ' || n % ${2 * tenants})::uuid, n::text, n % 12, n, timestamptz '2026-01-01' + n * interval '1 second',
      timestamptz '2026-02-01' + n * interval '1 second'
    FROM generate_series(1, ${rows}) AS n`)
  await postgres.query(`ANALYZE read_model.${table}`)
}

/** @param objective of the rows that are to differ, or are no longer to */
export const changeCampaigns = async (postgres: Postgres, projection: Projection, objective: string): Promise<void> => {
  // Not the live ones, which are renamed meanwhile.
  await postgres.query(
    `UPDATE read_model.${tableName(projection)} SET objective = $1 WHERE position % ${every} = 0 AND name LIKE 'Campaign number %'`,
    [objective],
  )
}

/** @param clicks of every 100th row */
export const fillFigures = (clickhouse: ClickHouse, projection: Projection, clicks: number): Promise<void> =>
  clickhouse.command(`
    INSERT INTO ${tableName(projection)}
    SELECT reinterpretAsUUID(MD5(toString(number % ${tenants}))), toDate('2026-01-01') + number % 300,
      reinterpretAsUUID(MD5(toString(number % ${2 * tenants}))), toString(number % 5000), toString(number), number, 0,
      reinterpretAsUUID(MD5(toString(number % ${3 * tenants}))), 'meta', 'EUR', NULL, toString(number),
      map('age', '30-34', 'gender', 'F'), 'default', 1000, if(number % ${every} = 0, ${clicks}, 10), 1000000,
      map('total', 2000000), map('total', 0), toDateTime64('2026-11-01 00:00:00', 6, 'UTC'),
      reinterpretAsUUID(MD5(toString(number)))
    FROM numbers(${rows})`)
