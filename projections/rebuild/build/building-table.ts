/**
 * A version's table while it is being built. In Postgres: without its secondary indexes, which cost more to keep than to make at the
 * end, and without row-level security, with which there is no COPY. Nobody but its owner may read it. In ClickHouse: its parts are not
 * merged, which would cost more than all else and most of it several times, and there may be many of them.
 */
import type { ClickHouse, Postgres, Queryable } from '@bizosaas/databases'
import { type Projection, tableName } from '../../runner/projection.ts'
import {
  createClickHouseTable,
  createPostgresTable,
  describePostgresTable,
  protectionOf,
  type Table,
  tableStatements,
} from '../../runner/tables.ts'

type Databases = { readonly postgres: Postgres; readonly clickhouse: ClickHouse }

/** Making indexes may take so much memory. */
const indexMemory = '256MB'
/** ClickHouse delays inserts into a table of more than 1,000 parts, and rejects them at 3,000: here each holds a large batch. */
const unmerged = {
  max_bytes_to_merge_at_max_space_in_pool: 1,
  parts_to_delay_insert: 100_000,
  parts_to_throw_insert: 100_000,
}
/** Of a table that is kept up to date there are tens. */
const mostParts = 200

/** @throws NotBuilding */
export function ensureBuildingTable(projection: Projection, { postgres, clickhouse }: Databases): Promise<Table> {
  return postgres.transaction(async (tx) => {
    await mustBeBuilding(tx, projection, 'SHARE')
    if (projection.store === 'clickhouse') {
      const table = await createClickHouseTable(clickhouse, projection)
      const settings = Object.entries(unmerged).map(([setting, value]) => `${setting} = ${value}`)
      await clickhouse.command(`ALTER TABLE ${table.name} MODIFY SETTING ${settings.join(', ')}`)
      return table
    }
    const name = nameOf(projection)
    const [create = ''] = await tableStatements(projection.table, name)
    await createPostgresTable(tx, name, [create])
    return describePostgresTable(tx, name)
  })
}

/**
 * Gives the table what it lacks, and the version to those who keep it up to date. One transaction: a version is ready with
 * all of that or with none of it.
 *
 * @returns whether it is ready; not while ClickHouse still has many parts to merge, which it does by itself
 * @throws NotBuilding
 */
export async function finishTable(projection: Projection, { postgres, clickhouse }: Databases): Promise<boolean> {
  return postgres.transaction(async (tx) => {
    await mustBeBuilding(tx, projection, 'UPDATE')
    if (projection.store === 'clickhouse') {
      const name = tableName(projection)
      await clickhouse.command(`ALTER TABLE ${name} RESET SETTING ${Object.keys(unmerged).join(', ')}`)
      const [found] = await clickhouse.query<{ parts: string }>(`SELECT uniqExact(_part) AS parts FROM ${name}`)
      if (Number(found?.parts) > mostParts) return false
    } else {
      const name = nameOf(projection)
      const [, ...indexes] = await tableStatements(projection.table, name)
      await tx.query('SET LOCAL statement_timeout = 0')
      await tx.query(`SET LOCAL maintenance_work_mem = '${indexMemory}'`)
      for (const statement of [...indexes, ...(await protectionOf(name))]) await tx.query(statement)
      await tx.query(`ANALYZE ${name}`)
    }
    await tx.query(
      `UPDATE read_model.version SET state = CASE WHEN label IS NULL THEN 'ready' ELSE 'past' END, built_at = now()
       WHERE model = $1 AND version = $2`,
      [projection.name, projection.version],
    )
    return true
  })
}

/** Somebody has paused or cancelled it, or finished it. */
export class NotBuilding extends Error {
  override readonly name = 'NotBuilding'
}

/** It stays so until the transaction ends. */
async function mustBeBuilding(tx: Queryable, { name, version }: Projection, lock: 'SHARE' | 'UPDATE'): Promise<void> {
  const found = await tx.query(
    `SELECT FROM read_model.version WHERE model = $1 AND version = $2 AND state = 'building' FOR ${lock}`,
    [name, version],
  )
  if (found.length === 0) throw new NotBuilding(`Version ${version} of ${name} is not being built.`)
}

const nameOf = (projection: Projection): string => `read_model.${tableName(projection)}`
