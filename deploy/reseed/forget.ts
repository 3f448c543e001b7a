import type { ClickHouse, Queryable } from '@bizosaas/databases'
import { tableName } from '@bizosaas/projections/runner/projection.ts'
import { dropClickHouseTable } from '@bizosaas/projections/runner/tables.ts'
import type { Model } from './stale.ts'

/**
 * Leaves nothing of a version of a read model: no checkpoint, no parked event, no table. Then it is what it was before its first start,
 * and a runner makes it again from the topics; until that has begun, queries are told that it is not built yet.
 *
 * What stood at a past moment is not made again. Nor is what was kept beside the version that served: whichever of the two is made again
 * first would serve.
 *
 * @param tx a transaction as the owner of the schemas. The checkpoints go first: from then on no runner writes rows in Postgres
 */
export async function forget(tx: Queryable, clickhouse: ClickHouse, { model, version }: Model): Promise<void> {
  const table = tableName({ name: model, version })
  for (const shared of ['checkpoint', 'parked', 'tenant_change'])
    await tx.query(`DELETE FROM read_model.${shared} WHERE model = $1 AND version = $2`, [model, version])
  const served = await tx.query(
    'DELETE FROM read_model.live_version WHERE model = $1 AND version = $2 RETURNING version',
    [model, version],
  )
  await tx.query(
    `UPDATE read_model.version SET state = 'retired', ended_at = now()
     WHERE model = $1 AND (label IS NOT NULL AND version = $2 AND state <> 'cancelled'
       OR label IS NULL AND $3 AND version <> $2 AND state = 'ready')`,
    [model, version, served.length > 0],
  )
  await tx.query(`DROP TABLE IF EXISTS read_model.${table}`)
  await dropClickHouseTable(clickhouse, table)
}
