import type { ClickHouse, Queryable } from '@bizosaas/databases'
import type { Column, Table } from '../../runner/tables.ts'
import { type Compared, sameKey } from './compared.ts'
import { digestOfSums, type Sums, type TenantDifference, type TenantRows } from './digest.ts'
import { keptPerTenant } from './kept.ts'

/** @returns null if there is no such table; its key is the sorting key, by which a row that was inserted twice is one row */
export async function findInClickHouse(db: ClickHouse, name: string): Promise<Table | null> {
  const columns = await db.query<Column & { in_key: number }>(
    `SELECT name, type, is_in_sorting_key AS in_key FROM system.columns
     WHERE database = currentDatabase() AND table = {table: String} ORDER BY position`,
    { table: name },
  )
  if (columns.length === 0) return null
  return {
    name,
    columns: columns.map((column) => ({ name: column.name, type: column.type })),
    key: columns.filter((column) => column.in_key === 1).map((column) => column.name),
  }
}

/** As `digestsInPostgres`. */
export async function digestsInClickHouse(
  db: ClickHouse,
  table: string,
  columns: readonly string[],
  upTo: number | null,
): Promise<TenantRows[]> {
  const found = await db.query<Sums & { tenant_id: string; rows: string }>(
    `SELECT tenant_id, count() AS rows, ${sums(`MD5(${textOf('t', columns)})`)}
     FROM ${table} AS t FINAL ${upTo === null ? '' : 'WHERE position <= {upTo: Int64}'} GROUP BY tenant_id`,
    { upTo },
  )
  return found.map((row) => ({ tenantId: row.tenant_id, rows: Number(row.rows), digest: digestOfSums(row) }))
}

/** A sum of unsigned integers is modulo 2^64 by itself. */
const sums = (hash: string) => `toString(sum(${half(hash, 1)})) AS high, toString(sum(${half(hash, 9)})) AS low`
const half = (hash: string, from: number) => `reinterpretAsUInt64(reverse(substring(${hash}, ${from}, 8)))`

/** As `differencesInPostgres`; the differing rows are told in the formats of this database's JSON. */
export async function differencesInClickHouse(
  db: ClickHouse,
  compared: Compared & { readonly old: Table },
  { tenants, upTo }: { readonly tenants: readonly string[]; readonly upTo: number },
): Promise<{ readonly counts: TenantDifference[]; readonly rows: StoredDifference[] }> {
  const differing = differingRows(compared)
  const parameters = { tenants, upTo }
  const [counts, rows] = await Promise.all([
    db.query<Sums & Record<'tenant_id' | TenantDifferenceCount, string>>(
      `SELECT tenant_id, countIf(kind = 'onlyOld') AS onlyOld, countIf(kind = 'onlyNew') AS onlyNew,
         countIf(kind = 'changed') AS changed, ${sums('MD5(concat(kind, key, cells))')}
       FROM (${differing}) GROUP BY tenant_id ${settings}`,
      parameters,
    ),
    db.query<StoredDifference>(
      `SELECT * FROM (${differing}) ORDER BY tenant_id, key, kind LIMIT ${keptPerTenant} BY tenant_id ${settings}`,
      parameters,
    ),
  ])
  return {
    counts: counts.map((row) => ({
      tenantId: row.tenant_id,
      onlyOld: Number(row.onlyOld),
      onlyNew: Number(row.onlyNew),
      changed: Number(row.changed),
      digest: digestOfSums(row),
    })),
    rows,
  }
}

type TenantDifferenceCount = 'onlyOld' | 'onlyNew' | 'changed'

/** Integers are safe ones, and stand in the JSON as what they are in Postgres. Large joins go to the disk. */
const settings = `SETTINGS output_format_json_quote_64bit_integers = 0, join_algorithm = 'full_sorting_merge',
  max_bytes_before_external_sort = 200000000, max_bytes_before_external_group_by = 200000000`

export type StoredDifference = {
  readonly tenant_id: string
  readonly client_id: string | null
  readonly kind: string
  /** JSON. */
  readonly key: string
  readonly cells: string
  readonly event_id: string | null
  readonly position: string
}

function differingRows(compared: Compared & { readonly old: Table }): string {
  const { old, new: now, columns } = compared
  const same = sameKey(compared)
  const key = same ? now.key : ['tenant_id']
  const side = (table: Table, is: string) =>
    `(SELECT *, toUInt8(1) AS there${same ? '' : `, '${is}' AS side`}
      FROM ${table.name} FINAL WHERE tenant_id IN ({tenants: Array(UUID)}) AND position <= {upTo: Int64})`
  // Rows with different keys are never the same row.
  const matching = [...key.map((name) => `o.${name} = n.${name}`), ...(same ? [] : ['o.side = n.side'])]
  const has = (table: Table, name: string) => table.columns.some((column) => column.name === name)
  const either = (name: string): string => {
    if (!has(now, name) && !has(old, name)) return 'NULL'
    if (!has(old, name)) return `if(n.there = 1, n.${name}, NULL)`
    if (!has(now, name)) return `if(o.there = 1, o.${name}, NULL)`
    return `if(n.there = 1, n.${name}, o.${name})`
  }
  const others = columns.filter((name) => !(same && now.key.includes(name)))
  const differs = (name: string) => `${textOf('o', [name])} != ${textOf('n', [name])}`
  const cells = others.map(
    (
      name,
    ) => `if(o.there != n.there OR ${differs(name)}, concat('"${name}":{', arrayStringConcat(arrayFilter(side -> side != '', [
      if(o.there = 1, concat('"old":', ${jsonOf(`o.${name}`)}), ''), if(n.there = 1, concat('"new":', ${jsonOf(`n.${name}`)}), '')]), ','), '}'), '')`,
  )
  return `
    SELECT ${either('tenant_id')} AS tenant_id,
      ${has(now, 'client_id') && has(old, 'client_id') ? `if(o.there = 1 AND n.there = 1 AND o.client_id != n.client_id, NULL, ${either('client_id')})` : 'NULL'} AS client_id,
      multiIf(o.there = 0, 'onlyNew', n.there = 0, 'onlyOld', 'changed') AS kind,
      if(n.there = 1, ${keyJson('n', now)}, ${keyJson('o', old)}) AS key,
      concat('{', arrayStringConcat(arrayFilter(cell -> cell != '', [${cells.join(', ')}]), ','), '}') AS cells,
      ${either('event_id')} AS event_id, ${either('position')} AS position
    FROM ${side(old, 'old')} AS o FULL JOIN ${side(now, 'new')} AS n ON ${matching.join(' AND ')}
    WHERE o.there != n.there OR ${textOf('o', columns)} != ${textOf('n', columns)}`
}

/** A function of NULL is NULL here, this one, too. */
const jsonOf = (value: string): string => `ifNull(toJSONString(${value}), 'null')`

const textOf = (side: string, columns: readonly string[]): string =>
  `formatRow('TSV', ${columns.map((name) => `${side}.${name}`).join(', ')})`

const keyJson = (side: string, { key }: Table): string =>
  `concat('{', ${key
    .filter((name) => name !== 'tenant_id')
    .map((name, n) => `'${n === 0 ? '' : ','}"${name}":', ${jsonOf(`${side}.${name}`)}`)
    .join(', ')}, '}')`

/** Puts rows that differ where Postgres puts its own. */
export async function storeDifferences(
  tx: Queryable,
  verificationId: string,
  rows: readonly StoredDifference[],
): Promise<void> {
  const column = (name: keyof StoredDifference) => rows.map((row) => row[name])
  await tx.query(
    `INSERT INTO read_model.difference (verification_id, number, tenant_id, client_id, kind, key, cells, event_id, position)
     SELECT $1, row_number() OVER (PARTITION BY tenant_id ORDER BY n), tenant_id, client_id, kind, key, cells, event_id, position
     FROM unnest($2::uuid[], $3::uuid[], $4::text[], $5::jsonb[], $6::jsonb[], $7::uuid[], $8::bigint[]) WITH ORDINALITY
       AS d (tenant_id, client_id, kind, key, cells, event_id, position, n)`,
    [
      verificationId,
      ...[column('tenant_id'), column('client_id'), column('kind'), column('key'), column('cells')],
      ...[column('event_id'), column('position')],
    ],
  )
}
