import type { ClickHouse, Queryable } from '@bizosaas/databases'
import { tableName } from '@bizosaas/projections/runner/projection.ts'
import type { Model } from './stale.ts'

/**
 * Leaves nothing of a version of a read model: no checkpoint, no parked event, no table. Then it is what it was before its first start,
 * and a runner makes it again from the topics; until that has begun, queries are told that it is not built yet.
 *
 * @param tx a transaction as the owner of the schemas. The checkpoints go first: from then on no runner writes rows in Postgres
 */
export async function forget(tx: Queryable, clickhouse: ClickHouse, { model, version }: Model): Promise<void> {
  const table = tableName({ name: model, version })
  for (const shared of ['checkpoint', 'parked', 'live_version'])
    await tx.query(`DELETE FROM read_model.${shared} WHERE model = $1 AND version = $2`, [model, version])
  await tx.query(`DROP TABLE IF EXISTS read_model.${table}`)
  await clickhouse.command(`DROP TABLE IF EXISTS ${table} SYNC`)
}
