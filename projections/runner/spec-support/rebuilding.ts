import { randomUUID } from 'node:crypto'
import type { Postgres } from '@bizosaas/databases'
import {
  type RebuildOrderKind,
  type RebuildOrderRow,
  rebuildOrders,
} from '../../analytics/rebuild-orders/rebuild-orders.ts'
import { ensurePostgresTable } from '../tables.ts'
import { tenantA } from './records.ts'

type Given = Partial<Pick<RebuildOrderRow, 'definition' | 'workers' | 'accepted_difference'>> & {
  /** How long ago it was given, in seconds. */
  readonly age?: number
}

/** What an operator orders about a rebuild, as a row of rebuild-orders says it. @returns the order's id */
export async function orderRebuild(
  postgres: Postgres,
  rebuildId: string,
  model: string,
  kind: RebuildOrderKind,
  { age = 0, ...given }: Given = {},
): Promise<string> {
  const table = await ensurePostgresTable(postgres, rebuildOrders)
  const orderId = randomUUID()
  const { definition = null, workers = null, accepted_difference = null } = given
  await postgres.query(
    `INSERT INTO ${table.name} (tenant_id, rebuild_id, order_id, kind, model, definition, workers, accepted_difference, ordered_by,
       ordered_at, position)
     SELECT $1, $2, $3, $4, $5, $6, $7, $8, 'user:olga', now() - make_interval(secs => $9), coalesce(max(position), 0) + 1
     FROM ${table.name}`,
    [tenantA, rebuildId, orderId, kind, model, definition, workers, accepted_difference, age],
  )
  return orderId
}

/** What came of it: why it was refused, "done", or null while it is pending. */
export async function outcomeOfRebuildOrder(postgres: Postgres, orderId: string): Promise<string | null> {
  const [row] = await postgres.query<{ outcome: string; reason: string | null }>(
    'SELECT outcome, reason FROM read_model.rebuild_outcome WHERE order_id = $1',
    [orderId],
  )
  return row === undefined ? null : (row.reason ?? row.outcome)
}
