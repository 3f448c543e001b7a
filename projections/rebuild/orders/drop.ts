import type { ClickHouse, Postgres } from '@bizosaas/databases'
import { tableName } from '../../runner/projection.ts'
import { dropClickHouseTable } from '../../runner/tables.ts'

/** A question that began before another version came to serve, or one that it names was given up, may still read the table, for at most so long. */
const graceSeconds = 20

/**
 * Drops what is left of the versions that are cancelled or retired: the tables, then the checkpoints, by which it is known that something is
 * left. What a runner that has not heard of it makes anew is dropped with the next look.
 */
export async function dropEnded(postgres: Postgres, clickhouse: ClickHouse): Promise<void> {
  const ended = await postgres.query<{ model: string; version: number }>(
    `SELECT v.model, v.version FROM read_model.version v LEFT JOIN read_model.live_version l USING (model)
     WHERE (v.state = 'cancelled'
         OR v.state = 'retired' AND coalesce(greatest(l.since, v.ended_at) < now() - make_interval(secs => ${graceSeconds}), true))
       AND (to_regclass('read_model.' || replace(v.model, '-', '_') || '_v' || v.version) IS NOT NULL
         OR EXISTS (SELECT FROM read_model.checkpoint c WHERE (c.model, c.version) = (v.model, v.version)))`,
  )
  for (const { model, version } of ended) {
    const table = tableName({ name: model, version })
    await dropClickHouseTable(clickhouse, table)
    await postgres.transaction(async (tx) => {
      await tx.query(`SET LOCAL lock_timeout = '5s'`)
      for (const shared of ['checkpoint', 'parked', 'tenant_change'])
        await tx.query(`DELETE FROM read_model.${shared} WHERE model = $1 AND version = $2`, [model, version])
      await tx.query(`DROP TABLE IF EXISTS read_model.${table}`)
    })
  }
}
