/**
 * Which version serves, moved in one transaction:
 *
 *   1  the checkpoints of the version that serves are locked, so that it stands still
 *   2  the other one, which runners keep up to date, must be as far in every partition: else a client could see what it has
 *      seen no more. It is waited for a moment; if it does not come, all is as before, and it is tried again
 *   3  the pointer is moved; from the commit on every question is answered from the other table
 *
 * The way back is the same, for the version that served before is kept up to date until it is retired.
 */
import { setTimeout as pause } from 'node:timers/promises'
import type { Queryable } from '@bizosaas/databases'
import { parkingOrders } from '../../analytics/parking-orders/parking-orders.ts'
import { liveTable } from '../version.ts'
import { comparing, isFree } from './alone.ts'
import { NotYet, type RebuildOrder, Refused, type Step } from './order.ts'
import { madeBy } from './versions.ts'

const standsStillForMs = 1_000
const lookEveryMs = 20
/** After that the other version does not come up, and a person has to look why. */
const triesForSeconds = 60

export const cutOver: Step = async (tx, order) => {
  const { version, state, live } = await madeBy(tx, order)
  if (version === live) throw new Refused(`Version ${version} serves already.`)
  if (state !== 'ready') throw new Refused(`Version ${version} is not built: it is ${state}.`)
  // What is compared is held: it would stand still while it serves.
  if (!(await isFree(tx, comparing(order.rebuildId)))) throw new NotYet(`Version ${version} is being compared.`)
  await standStill(tx, order, live)
  const against = await provenAgainst(tx, order, version, live)
  await tx.query('UPDATE read_model.version SET replaces = $3 WHERE model = $1 AND version = $2', [
    order.model,
    version,
    against,
  ])
  await letServe(tx, order, version, live)
}

export const rollBack: Step = async (tx, order) => {
  const { version, live, replaces } = await madeBy(tx, order)
  if (version !== live) throw new Refused(`Version ${version} does not serve, so there is nothing to go back from.`)
  if (replaces === null)
    throw new Refused(`The version before version ${version} is retired or lost, or there was none.`)
  await standStill(tx, order, live)
  await letServe(tx, order, replaces, live)
}

/** No runner moves the version that serves before the transaction ends. */
async function standStill(tx: Queryable, { model }: RebuildOrder, live: number | null): Promise<void> {
  await tx.query(
    'SELECT FROM read_model.checkpoint WHERE model = $1 AND version = $2 ORDER BY topic, partition FOR UPDATE',
    [model, live],
  )
}

type Proof = { readonly against: number | null; readonly difference: string | null; readonly stale: boolean }

/**
 * What was found last counts, while it holds: both apply the same events since, but for parked ones that are worked off in one of them.
 *
 * @returns what it was compared with; null where there was nothing to be equal to, nor to go back to
 */
async function provenAgainst(
  tx: Queryable,
  { model, acceptedDifference }: RebuildOrder,
  version: number,
  live: number | null,
): Promise<number | null> {
  const [proof] = await tx.query<Proof>(
    `SELECT against, difference, against IS NULL AND verified_at < l.since AS stale
     FROM read_model.verification LEFT JOIN read_model.live_version l USING (model)
     WHERE model = $1 AND read_model.verification.version = $2
     ORDER BY verified_at DESC LIMIT 1`,
    [model, version],
  )
  if (proof === undefined || proof.stale || (proof.against !== null && proof.against !== live))
    throw new Refused(`Version ${version} was not compared with version ${live}, which serves: order "verify".`)
  if (await wasUnparkedSince(tx, model, version, live))
    throw new Refused(
      `Parked events of version ${version} or version ${live} were worked off since they were compared: order "verify".`,
    )
  if (proof.difference === null || proof.difference === acceptedDifference) return proof.against
  const also = acceptedDifference === null ? '' : `, not ${acceptedDifference}`
  throw new Refused(
    `Version ${version} differs from version ${live}: accept the difference by its digest, which is ${proof.difference}${also}.`,
  )
}

async function wasUnparkedSince(tx: Queryable, model: string, version: number, live: number | null): Promise<boolean> {
  const orders = await liveTable(tx, parkingOrders.name)
  if (orders === null) return false
  const found = await tx.query(
    `SELECT FROM ${orders} o JOIN read_model.parking_outcome s USING (order_id)
     WHERE o.model = $1 AND o.version IN ($2, $3) AND s.outcome <> 'refused'
       AND s.at > (SELECT max(verified_at) FROM read_model.verification WHERE model = $1 AND version = $2)
     LIMIT 1`,
    [model, version, live],
  )
  return found.length > 0
}

/** @param from the version that serves, and stands still; null when none does */
async function letServe(tx: Queryable, order: RebuildOrder, to: number, from: number | null): Promise<void> {
  if (from !== null) await untilAsFar(tx, order, to, from)
  await tx.query(
    `INSERT INTO read_model.live_version AS l (model, version, previous)
     SELECT model, version, replaces FROM read_model.version WHERE model = $1 AND version = $2
     ON CONFLICT (model) DO UPDATE SET version = excluded.version, previous = excluded.previous, since = now()`,
    [order.model, to],
  )
}

async function untilAsFar(tx: Queryable, { model, age }: RebuildOrder, to: number, from: number): Promise<void> {
  for (const end = Date.now() + standsStillForMs; ; await pause(lookEveryMs)) {
    const [behind] = await tx.query<{ place: string; is: number | null; must: number }>(
      `SELECT a.topic || '[' || a.partition || ']' AS place, b.position AS is, a.position AS must
       FROM read_model.checkpoint a
       LEFT JOIN read_model.checkpoint b
         ON (b.model, b.version, b.topic, b.partition) = (a.model, $2, a.topic, a.partition)
       WHERE a.model = $1 AND a.version = $3 AND coalesce(b.position < a.position, true)
       LIMIT 1`,
      [model, to, from],
    )
    if (behind === undefined) return
    if (Date.now() < end) continue
    const what = `Version ${to} of ${model} is at position ${behind.is} of ${behind.place}, and version ${from} at ${behind.must}`
    if (age < triesForSeconds) throw new NotYet(`${what}.`)
    throw new Refused(`${what}: it does not come up. GET /v1/projections says whether it is halted.`)
  }
}
