import type { Queryable } from '@bizosaas/databases'
import { describePostgresTable, type Table } from '../../runner/tables.ts'
import { type Compared, sameKey } from './compared.ts'
import { digestOfSums, type Sums, type TenantDifference, type TenantRows } from './digest.ts'
import { keptPerTenant } from './kept.ts'

export async function findInPostgres(db: Queryable, table: string): Promise<Table | null> {
  const name = `read_model.${table}`
  const [found] = await db.query<{ there: boolean }>('SELECT to_regclass($1) IS NOT NULL AS there', [name])
  return found?.there ? describePostgresTable(db, name) : null
}

/** One pass over the table, which several processes of the server share. @param upTo of rows that carry their position */
export async function digestsInPostgres(
  db: Queryable,
  table: string,
  columns: readonly string[],
  upTo: number | null,
): Promise<TenantRows[]> {
  const row = `ROW(${columns.map((name) => `t.${name}`)})`
  const found = await db.query<Sums & { tenant_id: string; rows: number }>(
    `SELECT tenant_id, count(*) AS rows, sum(${hash(row, 0)})::text AS high, sum(${hash(row, 1)})::text AS low
     FROM ${table} t ${notBeyond(upTo)} GROUP BY tenant_id`,
  )
  return found.map((each) => ({ tenantId: each.tenant_id, rows: each.rows, digest: digestOfSums(each) }))
}

/**
 * A record's hash is a sum over its columns, so it is hashed again: else values that change places between two rows would not show in
 * the sum over rows. Making a row's text would take ten times as long.
 */
const hash = (record: string, seed: number): string =>
  `hashint8extended(hash_record_extended(${record}, ${seed}), ${seed})`

type ComparedTables = Compared & { readonly old: Table }

/**
 * What differs of some tenants. Two rows are the same row if they have the same key. Cells are equal if the database says so.
 *
 * @param verificationId under which the first ones of each tenant are stored
 * @param category of the streams that write the rows, if each has one of its own
 */
export async function differencesInPostgres(
  tx: Queryable,
  compared: ComparedTables,
  options: {
    readonly tenants: readonly string[]
    readonly upTo: number | null
    readonly verificationId: string
    readonly category: string | null
  },
): Promise<TenantDifference[]> {
  const { tenants, upTo, verificationId, category } = options
  // Joins of whole tables; what is kept by default for a query of a page would go to the disk many times.
  await tx.query(`SET LOCAL work_mem = '64MB'`)
  const found = await tx.query<Sums & Omit<TenantDifference, 'tenantId' | 'digest'> & { tenant_id: string }>(
    `WITH differing AS MATERIALIZED (${differing(compared, upTo)}), kept AS (
       INSERT INTO read_model.difference
         (verification_id, number, tenant_id, client_id, kind, key, cells, stream, revision, event_id, position)
       SELECT $2, number, coalesce(n.tenant_id, o.tenant_id), ${described(compared, category)}
       FROM (SELECT *, row_number() OVER (PARTITION BY tenant_id ORDER BY high, low) AS number FROM differing) AS d
       LEFT JOIN ${compared.old.name} o ON o.ctid = d.old_row
       LEFT JOIN ${compared.new.name} n ON n.ctid = d.new_row
       WHERE number <= ${keptPerTenant}
     )
     SELECT tenant_id, count(*) FILTER (WHERE new_row IS NULL) AS "onlyOld", count(*) FILTER (WHERE old_row IS NULL) AS "onlyNew",
       count(*) FILTER (WHERE old_row IS NOT NULL AND new_row IS NOT NULL) AS changed,
       sum(high)::text AS high, sum(low)::text AS low
     FROM differing GROUP BY tenant_id`,
    [tenants, verificationId],
  )
  return found.map(({ tenant_id: tenantId, high, low, onlyOld, onlyNew, changed }) => ({
    tenantId,
    onlyOld,
    onlyNew,
    changed,
    digest: digestOfSums({ high, low }),
  }))
}

/** Where each row that differs is in the two tables, and the hashes of what differs in it. */
function differing(compared: ComparedTables, upTo: number | null): string {
  const { old, new: now, columns } = compared
  const same = sameKey(compared)
  const side = (table: Table) =>
    `(SELECT ctid, * FROM ${table.name} WHERE tenant_id = ANY ($1) ${notBeyond(upTo, 'AND')})`
  const condition = same
    ? `(${keyOf('o', old)}) = (${keyOf('n', now)})`
    : // Rows with different keys are never the same row. A full join wants something that can be equal.
      `o.tenant_id::text || 'old' = n.tenant_id::text || 'new'`
  const parts = [
    ...['o.tenant_id IS NULL', 'n.tenant_id IS NULL'],
    ...(same ? now.key.map((name) => `coalesce(n.${name}, o.${name})`) : []),
    ...otherColumns(compared).flatMap((name) =>
      ['o', 'n'].map((from) => `CASE WHEN ${differ(name)} THEN ${from}.${name} END`),
    ),
  ]
  const of = (seed: number) => hash(`ROW(${parts.join(', ')})`, seed)
  return `
    SELECT coalesce(n.tenant_id, o.tenant_id) AS tenant_id, o.ctid AS old_row, n.ctid AS new_row,
      ${of(0)} AS high, ${of(1)} AS low
    FROM ${side(old)} AS o FULL JOIN ${side(now)} AS n ON ${condition}
    WHERE (${columns.map((name) => `o.${name}`)}) IS DISTINCT FROM (${columns.map((name) => `n.${name}`)})`
}

/** What is stored of a row that differs. */
function described(compared: ComparedTables, category: string | null): string {
  const { old, new: now } = compared
  const has = (table: Table, name: string) => table.columns.some((column) => column.name === name)
  const sides = (name: string): string[] => [
    ...(has(now, name) ? [`n.${name}`] : []),
    ...(has(old, name) ? [`o.${name}`] : []),
  ]
  const either = (name: string): string => `coalesce(${['NULL', ...sides(name)].join(', ')})`
  const cells = otherColumns(compared).map(
    (name) => `CASE WHEN o.tenant_id IS NULL THEN '"${name}":{"new":' || ${json(`n.${name}`)} || '}'
      WHEN n.tenant_id IS NULL THEN '"${name}":{"old":' || ${json(`o.${name}`)} || '}'
      WHEN ${differ(name)} THEN '"${name}":{"old":' || ${json(`o.${name}`)} || ',"new":' || ${json(`n.${name}`)} || '}' END`,
  )
  return `
    ${sides('client_id').length === 2 ? clientOf : 'NULL'},
    CASE WHEN o.tenant_id IS NULL THEN 'onlyNew' WHEN n.tenant_id IS NULL THEN 'onlyOld' ELSE 'changed' END,
    CASE WHEN n.tenant_id IS NULL THEN ${keyObject('o', old)} ELSE ${keyObject('n', now)} END,
    ('{' || concat_ws(',', ${cells.join(', ')}) || '}')::jsonb,
    ${category === null ? 'NULL' : `'${category}-' || coalesce(n.tenant_id, o.tenant_id) || '.' || ${either('id')}`},
    ${category === null ? 'NULL' : `greatest(${['NULL', ...sides('revision')].join(', ')})::bigint`},
    ${either('event_id')}::uuid, greatest(${['NULL', ...sides('position')].join(', ')})::bigint`
}

const otherColumns = (compared: ComparedTables): readonly string[] =>
  sameKey(compared) ? compared.columns.filter((name) => !compared.new.key.includes(name)) : compared.columns

const differ = (name: string): string => `o.${name} IS DISTINCT FROM n.${name}`

const json = (value: string): string => `coalesce(to_jsonb(${value})::text, 'null')`

const clientOf = `CASE WHEN o.tenant_id IS NULL THEN n.client_id WHEN n.tenant_id IS NULL THEN o.client_id
  WHEN o.client_id = n.client_id THEN n.client_id END`

const keyOf = (side: string, { key }: Table): string => key.map((name) => `${side}.${name}`).join(', ')

const keyObject = (side: string, { key }: Table): string =>
  `jsonb_build_object(${key.filter((name) => name !== 'tenant_id').map((name) => `'${name}', ${side}.${name}`)})`

const notBeyond = (upTo: number | null, word = 'WHERE'): string => (upTo === null ? '' : `${word} position <= ${upTo}`)
