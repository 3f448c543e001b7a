import type { Postgres } from '@bizosaas/databases'
import { nothingBefore } from '@bizosaas/kafka'
import { log } from '@bizosaas/runtime'
import { type Projection, tableName } from '../../runner/projection.ts'

/**
 * The orders themselves stand in a read model. Where its table is gone, or the checkpoints without which no runner puts anything into it,
 * nobody could order that it be built anew, so that is done without an order: the next version serves at once, and is filled from the
 * beginning. Orders that were carried out have their outcomes elsewhere, and are not carried out again.
 */
export async function bringBackOrders(postgres: Postgres, { name, version }: Projection): Promise<void> {
  const [live] = await postgres.query<{ version: number }>(
    'SELECT version FROM read_model.live_version WHERE model = $1',
    [name],
  )
  if (live === undefined || !(await isLost(postgres, name, live.version))) return
  const lost = tableName({ name, version: live.version })
  const brought = await postgres.query(
    `WITH lost AS (
       UPDATE read_model.version SET state = 'retired', ended_at = now()
       WHERE model = $1 AND version = $2 AND state = 'ready' RETURNING model
     ), next AS (
       INSERT INTO read_model.version (model, version, definition, state, built_at)
       SELECT $1, (SELECT 1 + max(version) FROM read_model.version WHERE model = $1), $3, 'ready', now() FROM lost
       RETURNING version
     )
     UPDATE read_model.live_version l SET version = next.version, previous = NULL, since = now() FROM next
     WHERE l.model = $1 AND l.version = $2 RETURNING l.version`,
    [name, live.version, version],
  )
  if (brought.length > 0)
    log.error(
      { unit: 'rebuild-orders', lost },
      'the table of the orders or its checkpoints are gone; it is filled anew',
    )
}

/** As of open-table.ts. One that was just begun has neither rows nor checkpoints that have moved: its runner is still to come. */
async function isLost(postgres: Postgres, model: string, version: number): Promise<boolean> {
  const table = `read_model.${tableName({ name: model, version })}`
  const [found] = await postgres.query<{ there: boolean }>('SELECT to_regclass($1) IS NOT NULL AS there', [table])
  // In one look, for rows and checkpoints are written together.
  const [has] = await postgres.query<{ rows: boolean; moved: boolean }>(
    `SELECT ${found?.there ? `EXISTS (SELECT FROM ${table})` : 'false'} AS rows,
       EXISTS (SELECT FROM read_model.checkpoint
               WHERE model = $1 AND version = $2 AND position > ${nothingBefore}) AS moved`,
    [model, version],
  )
  return has !== undefined && (found?.there ? has.rows && !has.moved : has.moved)
}
