/** The orders that begin and end a version. */
import type { Queryable } from '@bizosaas/databases'
import type { Projection } from '../../runner/projection.ts'
import { NotYet, type RebuildOrder, Refused, type Step } from './order.ts'

/** A definition that is not known here may be known to another runner, of a later or an earlier release. */
const somebodyElseKnowsWithinSeconds = 10

/** The version that a rebuild makes, and what of it. It stays so until the transaction ends. */
export type Made = {
  readonly version: number
  readonly definition: number
  readonly state: 'building' | 'paused' | 'ready' | 'cancelled' | 'retired'
  readonly replaces: number | null
  /** The version of the model that serves; null when none does. */
  readonly live: number | null
}

/** @throws Refused */
export async function madeBy(tx: Queryable, { rebuildId, model }: RebuildOrder): Promise<Made> {
  const [made] = await tx.query<Made>(
    `SELECT v.version, v.definition, v.state, v.replaces, l.version AS live
     FROM read_model.version v LEFT JOIN read_model.live_version l USING (model)
     WHERE v.rebuild_id = $1 AND v.model = $2 FOR UPDATE OF v`,
    [rebuildId, model],
  )
  if (made === undefined) throw new Refused('The rebuild was never begun: its first order was refused.')
  return made
}

/** Begins a version with the next free number: one that was ever used is never used again. */
export function build(definitions: readonly Projection[]): Step {
  return async (tx, { rebuildId, model, definition, workers, age }) => {
    const known = definitions.filter(({ name }) => name === model).map(({ version }) => version)
    const wanted = definition ?? Math.max(...known)
    if (!known.includes(wanted)) {
      const what = definition === null ? `There is no read model ${model}` : `${model} has no definition ${definition}`
      if (age < somebodyElseKnowsWithinSeconds) throw new NotYet(`${what} here.`)
      throw new Refused(`${what} that the runners know.`)
    }
    const [other] = await tx.query<{ version: number; rebuild_id: string | null }>(
      `SELECT version, rebuild_id FROM read_model.version WHERE model = $1 AND state IN ('building', 'paused') AND label IS NULL`,
      [model],
    )
    if (other !== undefined)
      throw new Refused(
        `Version ${other.version} of ${model} is being built already, by the rebuild ${other.rebuild_id}.`,
      )
    await tx.query(
      `INSERT INTO read_model.version (model, version, definition, state, rebuild_id, workers)
       SELECT $1, 1 + max(version), $2, 'building', $3, $4
       FROM (SELECT model, version FROM read_model.version
             UNION SELECT model, version FROM read_model.checkpoint
             UNION SELECT model, version FROM read_model.live_version
             UNION SELECT $1, 0) AS used
       WHERE model = $1`,
      [model, wanted, rebuildId, workers],
    )
  }
}

export const pause: Step = async (tx, order) => {
  const { version, state } = await madeBy(tx, order)
  if (state !== 'building') throw new Refused(`Version ${version} is not being built: it is ${state}.`)
  await enter(tx, order.model, version, 'paused')
}

export const resume: Step = async (tx, order) => {
  const { version, state } = await madeBy(tx, order)
  if (state !== 'paused') throw new Refused(`Version ${version} is not paused: it is ${state}.`)
  await enter(tx, order.model, version, 'building')
}

/** Only what has never served: what has can be gone back to, until it is retired. */
export const cancel: Step = async (tx, order) => {
  const { version, state, live, replaces } = await madeBy(tx, order)
  if (state === 'cancelled' || state === 'retired') throw new Refused(`Version ${version} is ${state} already.`)
  if (version === live || replaces !== null)
    throw new Refused(`Version ${version} has served: "retire" drops it, once another one serves.`)
  await enter(tx, order.model, version, 'cancelled')
}

/** Drops the versions before this one if it serves, else itself. */
export const retire: Step = async (tx, order) => {
  const { version, state, live } = await madeBy(tx, order)
  const { model } = order
  if (version === live) {
    const older = await tx.query<{ version: number }>(
      `SELECT version FROM read_model.version WHERE model = $1 AND version < $2 AND state = 'ready' FOR UPDATE`,
      [model, version],
    )
    if (older.length === 0) throw new Refused(`There is no version of ${model} before version ${version} any more.`)
    for (const each of older) await enter(tx, model, each.version, 'retired')
    return
  }
  if (state !== 'ready') throw new Refused(`Version ${version} is ${state}: only what is built can be retired.`)
  if (live === null) throw new Refused(`No other version of ${model} serves.`)
  await enter(tx, model, version, 'retired')
}

async function enter(tx: Queryable, model: string, version: number, state: Made['state']): Promise<void> {
  const isOver = state === 'cancelled' || state === 'retired'
  await tx.query(
    `UPDATE read_model.version SET state = $3, ended_at = CASE WHEN $4 THEN now() END WHERE model = $1 AND version = $2`,
    [model, version, state, isOver],
  )
  if (!isOver) return
  // Nobody can go back to it any more.
  await tx.query('UPDATE read_model.version SET replaces = NULL WHERE model = $1 AND replaces = $2', [model, version])
  await tx.query('UPDATE read_model.live_version SET previous = NULL WHERE model = $1 AND previous = $2', [
    model,
    version,
  ])
}
