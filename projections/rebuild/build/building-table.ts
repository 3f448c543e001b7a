/**
 * A version's table while it is being built. In Postgres: without its secondary indexes, which cost more to keep than to make at the
 * end, and without row-level security, with which there is no COPY. Nobody but its owner may read it. In ClickHouse: its large parts
 * are not merged.
 */
import type { ClickHouse, Postgres, Queryable } from '@bizosaas/databases'
import { leaveLargePartsUnmerged, mergeAgain, partsOf } from '../../runner/merging.ts'
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
/** A table that is kept up to date has tens. */
const mostParts = 200

/** @throws NotBuilding */
export function ensureBuildingTable(projection: Projection, { postgres, clickhouse }: Databases): Promise<Table> {
  return postgres.transaction(async (tx) => {
    await mustBeBuilding(tx, projection, 'SHARE')
    if (projection.store === 'clickhouse') {
      const table = await createClickHouseTable(clickhouse, projection)
      await leaveLargePartsUnmerged(clickhouse, table.name)
      return table
    }
    const name = nameOf(projection)
    const [create = ''] = await tableStatements(projection.table, name)
    await createPostgresTable(tx, name, [create])
    return describePostgresTable(tx, name)
  })
}

/**
 * Gives the table what it lacks, and the version to those who keep it up to date. In Postgres that is one transaction; in ClickHouse
 * the parts are merged first, which ClickHouse does by itself and which may take several calls.
 *
 * @returns how many parts there are while they are too many; 0 once the version is ready
 * @throws NotBuilding
 */
export async function finishTable(projection: Projection, { postgres, clickhouse }: Databases): Promise<number> {
  return postgres.transaction(async (tx) => {
    await mustBeBuilding(tx, projection, 'UPDATE')
    if (projection.store === 'clickhouse') {
      const name = tableName(projection)
      await mergeAgain(clickhouse, name)
      const parts = await partsOf(clickhouse, name)
      if (parts > mostParts) return parts
    } else {
      const name = nameOf(projection)
      const [, ...indexes] = await tableStatements(projection.table, name)
      await tx.query('SET LOCAL statement_timeout = 0')
      await tx.query(`SET LOCAL maintenance_work_mem = '${indexMemory}'`)
      // Helpers would take every core from those who serve, at full priority.
      await tx.query('SET LOCAL max_parallel_maintenance_workers = 0')
      for (const statement of [...indexes, ...(await protectionOf(name))]) await tx.query(statement)
      await tx.query(`ANALYZE ${name}`)
    }
    await tx.query(
      `UPDATE read_model.version SET state = CASE WHEN label IS NULL THEN 'ready' ELSE 'past' END, built_at = now()
       WHERE model = $1 AND version = $2`,
      [projection.name, projection.version],
    )
    return 0
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
