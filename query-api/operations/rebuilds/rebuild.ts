/** What is known of the rebuilds of a read model: what was ordered, and how far the versions are that they make. */
import type { Queryable } from '@bizosaas/databases'
import { Instant, Uuid } from '@bizosaas/http'
import { type Static, Type } from 'typebox'
import { Nullable } from '../../nullable.ts'

export const RebuildEntry = Type.Object(
  {
    id: Uuid,
    model: Type.String(),
    version: Nullable(Type.Integer({ description: 'The version that it makes; null before it is begun' })),
    definition: Nullable(Type.Integer({ description: 'Version of the definition whose handlers fill it' })),
    state: Type.Enum(['ordered', 'refused', 'building', 'paused', 'ready', 'live', 'cancelled', 'retired'], {
      description:
        'ordered: not begun yet. refused: it cannot be begun. ready: it is built, and kept up to date. live: it answers questions. ' +
        'cancelled, retired: it is dropped',
    }),
    workers: Nullable(Type.Integer({ description: 'How many processes fill it' })),
    replaces: Nullable(Type.Integer({ description: 'The version that served before it, to which one can roll back' })),
    by: Nullable(Type.String({ description: 'Who ordered it; null for an order of another tenant' })),
    reason: Nullable(Type.String()),
    orderedAt: Nullable(Instant),
    startedAt: Nullable(Instant),
    builtAt: Nullable(Instant),
    endedAt: Nullable(Instant),
  },
  { title: 'Rebuild' },
)
export type RebuildEntry = Static<typeof RebuildEntry>

export const RebuildOrderEntry = Type.Object(
  {
    orderId: Uuid,
    kind: Type.Enum(['build', 'pause', 'resume', 'cancel', 'verify', 'cut-over', 'roll-back', 'retire']),
    acceptedDifference: Nullable(Type.String({ description: 'Digest of the difference that was accepted' })),
    reason: Nullable(Type.String()),
    by: Type.String(),
    at: Instant,
    outcome: Type.Enum(['pending', 'done', 'refused'], {
      description: 'pending: not carried out yet. refused: it did not fit, nothing changed',
    }),
    detail: Nullable(Type.String({ description: 'Why it was refused' })),
    carriedOutAt: Nullable(Instant),
  },
  { title: 'RebuildOrderOutcome' },
)
type RebuildOrderEntry = Static<typeof RebuildOrderEntry>

const [mostRebuilds, mostOrders] = [100, 50]

/**
 * The newest first.
 * @param orders the table of the orders, of which one sees one's own tenant's; which versions there are, everybody sees
 */
export function listRebuilds(
  tx: Queryable,
  orders: string,
  model: string,
  id: string | null = null,
): Promise<RebuildEntry[]> {
  return tx.query<RebuildEntry>(
    `SELECT coalesce(v.rebuild_id, o.rebuild_id) AS id, $1 AS model, v.version, coalesce(v.definition, o.definition) AS definition,
       CASE WHEN v.version IS NULL THEN CASE WHEN s.outcome = 'refused' THEN 'refused' ELSE 'ordered' END
         WHEN v.version = l.version THEN 'live' ELSE v.state END AS state,
       coalesce(v.workers, o.workers) AS workers, v.replaces, o.ordered_by AS by, o.reason,
       o.ordered_at AS "orderedAt", v.started_at AS "startedAt", v.built_at AS "builtAt", v.ended_at AS "endedAt"
     FROM (SELECT * FROM read_model.version WHERE model = $1 AND rebuild_id IS NOT NULL) v
     FULL JOIN (SELECT * FROM ${orders} WHERE model = $1 AND kind = 'build') o ON o.rebuild_id = v.rebuild_id
     LEFT JOIN read_model.rebuild_outcome s ON s.order_id = o.order_id
     LEFT JOIN read_model.live_version l ON l.model = $1
     WHERE $2::uuid IS NULL OR $2 IN (v.rebuild_id, o.rebuild_id)
     ORDER BY coalesce(v.started_at, o.ordered_at) DESC LIMIT ${mostRebuilds}`,
    [model, id],
  )
}

/** What one's own tenant ordered about a rebuild, the newest first. */
export function ordersAbout(tx: Queryable, orders: string, id: string): Promise<RebuildOrderEntry[]> {
  return tx.query<RebuildOrderEntry>(
    `SELECT o.order_id AS "orderId", o.kind, o.accepted_difference AS "acceptedDifference", o.reason, o.ordered_by AS by,
       o.ordered_at AS at, coalesce(s.outcome, 'pending') AS outcome, s.reason AS detail, s.at AS "carriedOutAt"
     FROM ${orders} o LEFT JOIN read_model.rebuild_outcome s ON s.order_id = o.order_id
     WHERE o.rebuild_id = $1 ORDER BY o.position DESC LIMIT ${mostOrders}`,
    [id],
  )
}
