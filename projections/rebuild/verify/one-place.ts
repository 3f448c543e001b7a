/**
 * Where both versions stand at one place in every partition that both read, a snapshot can be taken. While nothing comes in they do,
 * for runners keep both up to date: then nobody is held for it. If they do not within some looks, the new one is brought to exactly
 * the place of the old one:
 *
 *   1  the new one is held where the further of the two stands, and both come up to that. Nobody waits for it: the old one goes on
 *   2  the checkpoints of the old one are locked, so that it stands still; the new one is let on to them, which is a few events
 *   3  the snapshot is taken; the lock and the hold are given back
 *
 * Whether both stand at one place is looked up in the snapshot itself, so that nothing that happened to a lock or a hold meanwhile
 * makes a wrong comparison. The hold ends by itself, should this process die.
 */
import { setTimeout as pause } from 'node:timers/promises'
import type { Postgres, Queryable } from '@bizosaas/databases'
import { inTurn } from '../../runner/checkpoint.ts'
import { isLockTimeout } from '../lock-timeout.ts'
import { CannotVerify, haltedWords } from './cannot-verify.ts'

/** Two versions of a model: of which the old one serves. */
export type Pair = { readonly model: string; readonly old: number; readonly new: number }

/** Where both stand. */
export type Vector = readonly { readonly topic: string; readonly partition: number; readonly position: number }[]

/** The old one serves: so long it may stand still. */
const standStillMs = 2_000
const comeUpMs = 20_000
const lookEveryMs = 5

export type Place = { readonly vector: Vector; readonly stoodStillMs: number }

const looks = 100

/**
 * Has something done in a snapshot in which both stand at one place.
 * @param inSnapshot runs work in a transaction that sees the database as it is at its first statement
 * @throws CannotVerify when the new version does not come up in time
 */
export async function atOnePlace<Result>(
  postgres: Postgres,
  pair: Pair,
  inSnapshot: (work: (snapshot: Queryable) => Promise<Result>) => Promise<Result>,
  work: (snapshot: Queryable, place: Place) => Promise<Result>,
): Promise<Result> {
  for (let look = 0; look < looks; look++, await pause(lookEveryMs)) {
    try {
      return await inSnapshot(async (snapshot) =>
        work(snapshot, { vector: await sharedPlace(snapshot, pair, Apart), stoodStillMs: 0 }),
      )
    } catch (error) {
      if (!(error instanceof Apart)) throw error
    }
  }
  return inSnapshot(async (snapshot) => work(snapshot, await bringToOnePlace(postgres, snapshot, pair)))
}

class Apart extends CannotVerify {}

/**
 * @param snapshot a transaction that sees the database as it is at its first statement, which is not made yet
 * @throws CannotVerify when the new version does not come up in time
 */
export async function bringToOnePlace(postgres: Postgres, snapshot: Queryable, pair: Pair): Promise<Place> {
  try {
    await hold(postgres, pair)
    await untilHeld(postgres, pair, comeUpMs)
    return await standingStill(postgres, pair, async () => {
      await hold(postgres, pair)
      await untilHeld(postgres, pair, standStillMs)
      return sharedPlace(snapshot, pair)
    })
  } catch (error) {
    if (!isLockTimeout(error)) throw error
    throw new CannotVerify(`The checkpoints of ${pair.model} are locked by somebody else.`)
  } finally {
    await postgres.query(
      `UPDATE read_model.checkpoint c SET hold_at = NULL, held_until = NULL FROM ${inTurn('$2')}
       WHERE model = $1 AND version = $2 AND (c.topic, c.partition) = (turn.topic, turn.partition)`,
      [pair.model, pair.new],
    )
  }
}

/** Does something while no runner can move the old version. */
async function standingStill(postgres: Postgres, { model, old }: Pair, act: () => Promise<Vector>): Promise<Place> {
  let since = 0
  const vector = await postgres.transaction(async (tx) => {
    await tx.query(`SET LOCAL lock_timeout = ${standStillMs}`)
    since = performance.now()
    await tx.query(
      'SELECT FROM read_model.checkpoint WHERE model = $1 AND version = $2 ORDER BY topic, partition FOR UPDATE',
      [model, old],
    )
    return act()
  })
  return { vector, stoodStillMs: Math.ceil(performance.now() - since) }
}

async function hold(postgres: Postgres, pair: Pair): Promise<void> {
  await postgres.transaction(async (tx) => {
    await tx.query(`SET LOCAL lock_timeout = ${standStillMs}`)
    await tx.query(
      `UPDATE read_model.checkpoint c
       SET held_until = now() + interval '1 minute', hold_at = greatest(c.position,
         (SELECT o.position FROM read_model.checkpoint o
          WHERE (o.model, o.version, o.topic, o.partition) = (c.model, $2, c.topic, c.partition)))
       FROM ${inTurn('$3')}
       WHERE c.model = $1 AND c.version = $3 AND (c.topic, c.partition) = (turn.topic, turn.partition)`,
      valuesOf(pair),
    )
  })
}

type Standing = {
  readonly topic: string
  readonly partition: number
  readonly hold_at: number | null
  readonly old: number
  readonly new: number
  readonly halted_old: string | null
  readonly halted_new: string | null
}

const standings = `
  SELECT topic, partition, n.hold_at, o.position AS old, n.position AS new, o.halted AS halted_old, n.halted AS halted_new
  FROM read_model.checkpoint o JOIN read_model.checkpoint n USING (topic, partition)
  WHERE o.model = $1 AND o.version = $2 AND n.model = $1 AND n.version = $3
  ORDER BY topic, partition`

async function untilHeld(postgres: Postgres, pair: Pair, withinMs: number): Promise<void> {
  for (const end = Date.now() + withinMs; ; await pause(lookEveryMs)) {
    const places = await postgres.query<Standing>(standings, valuesOf(pair))
    const short = places.find(({ hold_at, old, new: now }) => hold_at === null || now < hold_at || old < hold_at)
    if (short === undefined) return
    if (short.halted_old !== null || short.halted_new !== null || Date.now() > end) throw notThere(pair, short)
  }
}

function notThere({ model, old, new: now }: Pair, at: Standing, Reason = CannotVerify): CannotVerify {
  const place = `${at.topic}[${at.partition}]`
  const [late, why] = at.old < (at.hold_at ?? at.old) ? [old, at.halted_old] : [now, at.halted_new]
  const halted = why === null ? '' : haltedWords
  return new Reason(
    `Version ${late} of ${model} does not come up to the other one in ${place}${halted}: ${old} stands at ${at.old}, ${now} at ${at.new}.`,
  )
}

/** The first statement of the snapshot. @throws when the two do not stand at one place in it */
async function sharedPlace(snapshot: Queryable, pair: Pair, Reason = CannotVerify): Promise<Vector> {
  const places = await snapshot.query<Standing>(standings, valuesOf(pair))
  if (places.length === 0)
    throw new CannotVerify(`Versions ${pair.old} and ${pair.new} of ${pair.model} have no partition in common.`)
  const apart = places.find(({ old, new: now }) => old !== now)
  if (apart !== undefined) throw notThere(pair, apart, Reason)
  return places.map(({ topic, partition, old: position }) => ({ topic, partition, position }))
}

const valuesOf = (pair: Pair): unknown[] => [pair.model, pair.old, pair.new]
