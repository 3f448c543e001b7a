import { setTimeout as pause } from 'node:timers/promises'
import type { Postgres } from '@bizosaas/databases'
import { nothingBefore } from '@bizosaas/kafka'
import { CannotVerify, haltedWords } from './cannot-verify.ts'
import type { Pair } from './one-place.ts'

const withinMs = 20_000
const lookEveryMs = 20

/**
 * Waits until both versions have dealt with everything that the relay has published by now, and answers up to which position that
 * is. Rows up to there are in both tables and do not change any more.
 */
export async function untilReached(postgres: Postgres, pair: Pair): Promise<number> {
  const head = await headOf(postgres, pair)
  for (const end = Date.now() + withinMs; ; await pause(lookEveryMs)) {
    const [short] = await postgres.query<Place>(behind, [pair.model, pair.old, pair.new, JSON.stringify(head.tails)])
    if (short === undefined) return head.position
    if (short.halted !== null || Date.now() > end) {
      const halted = short.halted === null ? '' : haltedWords
      throw new CannotVerify(
        `Version ${short.version} of ${pair.model} does not come up to position ${short.tail} in ${short.topic}[${short.partition}]${halted}: it stands at ${short.position}.`,
      )
    }
  }
}

type Place = {
  readonly version: number
  readonly topic: string
  readonly partition: number
  readonly position: number
  readonly tail: number
  readonly halted: string | null
}

/** Partitions of which one of them has not dealt with all that is there. */
const behind = `
  SELECT version, topic, partition, position, tail, halted
  FROM read_model.checkpoint
  CROSS JOIN LATERAL (SELECT ($4::jsonb -> split_part(topic, '.', 1) -> partition ->> 'position')::bigint AS tail) AS tails
  WHERE model = $1 AND version IN ($2, $3) AND tail > position
  ORDER BY tail - position DESC LIMIT 1`

type Head = { readonly position: number; readonly tails: unknown }

/** The newest row of the relay's ledger, of the topics that the two read. */
async function headOf(postgres: Postgres, { model, old, new: now }: Pair): Promise<Head> {
  const [head] = await postgres.query<Head>(
    `SELECT position, tails FROM relay.ledger
     WHERE generation = (SELECT split_part(topic, '.', 2) FROM read_model.checkpoint WHERE model = $1 AND version = $2 LIMIT 1)
     ORDER BY seq DESC LIMIT 1`,
    [model, old],
  )
  if (head !== undefined) return head
  const [begun] = await postgres.query<{ found: boolean }>(
    `SELECT EXISTS (SELECT FROM read_model.checkpoint WHERE model = $1 AND version IN ($2, $3) AND position > ${nothingBefore}) AS found`,
    [model, old, now],
  )
  if (begun?.found)
    throw new CannotVerify(`The relay's ledger is empty, and versions of ${model} have read its topics.`)
  return { position: nothingBefore, tails: {} }
}

/** How many orders about parked events were carried out in a model: each may have added rows at earlier positions. */
export async function ordersCarriedOut(postgres: Postgres, { model }: { readonly model: string }): Promise<number> {
  const [sum] = await postgres.query<{ orders: number }>(
    'SELECT coalesce(sum(orders), 0)::bigint AS orders FROM read_model.checkpoint WHERE model = $1',
    [model],
  )
  return sum?.orders ?? 0
}
