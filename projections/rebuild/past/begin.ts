/**
 * A read model as it was at a past moment, beside the one that serves: a version whose checkpoints must not move beyond the last event of
 * their partition up to there. Rebuild workers fill it as any other; when all stand at that event it is built, and stays as it is.
 */
import type { Postgres, Queryable } from '@bizosaas/databases'
import { type KafkaCluster, nothingBefore, positionOf, scan, type TopicPartition } from '@bizosaas/kafka'
import { type Instant, type Topic, topicName, topics } from '@bizosaas/schemas'
import { topicsOf } from '../../runner/items.ts'
import type { Projection } from '../../runner/projection.ts'

/** It cannot be begun; the message says why, to the person who asked for it. */
export class CannotReplay extends Error {
  override readonly name = 'CannotReplay'
}

export type Until = { readonly instant: Instant } | { readonly position: number }

type Tail = { readonly offset: number; readonly position: number } | null
type LedgerRow = {
  readonly position: number
  readonly instant: Instant
  readonly tails: { readonly [kind in Topic]: readonly Tail[] }
}

/** The last event up to there in each partition; `nothingBefore` where there is none. */
export type Holds = ReadonlyMap<string, number>
const placeOf = ({ topic, partition }: TopicPartition): string => `${topic}[${partition}]`

/**
 * Which position is meant. An instant means the last one up to which everything was recorded by then: the few events that were recorded by
 * then and stand behind a later one are not in it.
 *
 * @throws CannotReplay
 */
export async function positionFor(db: Queryable, generation: string, until: Until): Promise<number> {
  if ('position' in until) {
    const [head] = await ledger(db, generation, 'position >= $2 ORDER BY position', until.position)
    if (head === undefined) throw new CannotReplay(`Position ${until.position} is not published yet, or will never be.`)
    return until.position
  }
  const [row] = await ledger(db, generation, 'instant <= $2 ORDER BY instant DESC, position DESC', until.instant)
  if (row === undefined) throw new CannotReplay(`Nothing was recorded by ${until.instant}.`)
  return row.position
}

/** Reads from the topics what the relay wrote together with the event at the position. */
export async function holdsAt(
  db: Queryable,
  kafka: KafkaCluster,
  generation: string,
  position: number,
): Promise<Holds> {
  const [before] = await ledger(db, generation, 'position <= $2 ORDER BY position DESC', position)
  const [after] = await ledger(db, generation, 'position >= $2 ORDER BY position', position)
  if (after === undefined) throw new CannotReplay(`Position ${position} is not published yet.`)
  const holds = new Map<string, number>()
  const stretches = topics.flatMap((kind) =>
    after.tails[kind].map((tail, partition) => {
      const from = before?.tails[kind][partition] ?? null
      const place = { topic: topicName(kind, generation), partition }
      holds.set(placeOf(place), from?.position ?? nothingBefore)
      return { ...place, from: (from?.offset ?? -1) + 1, high: (tail?.offset ?? -1) + 1 }
    }),
  )
  await scan(kafka, stretches, (place, message) => {
    const at = positionOf(message)
    if (at <= position) holds.set(placeOf(place), Math.max(at, holds.get(placeOf(place)) ?? nothingBefore))
  })
  return holds
}

const ledger = (db: Queryable, generation: string, where: string, value: unknown): Promise<LedgerRow[]> =>
  db.query<LedgerRow>(`SELECT position, instant, tails FROM relay.ledger WHERE generation = $1 AND ${where} LIMIT 1`, [
    generation,
    value,
  ])

/**
 * Begins a version of each model; all of them or none. The workers see it with its bounds, or not at all.
 *
 * @throws CannotReplay
 */
export async function beginPast(
  postgres: Postgres,
  models: readonly Projection[],
  past: {
    readonly label: string
    readonly generation: string
    readonly position: number
    readonly holds: Holds
    readonly workers: number
  },
): Promise<void> {
  const { label, generation, position, holds, workers } = past
  await postgres.transaction(async (tx) => {
    for (const model of models) {
      await tx.query('SELECT pg_advisory_xact_lock(hashtextextended($1, 0))', [`rebuild ${model.name}`])
      const [known] = await tx.query<{ serves: boolean; labelled: boolean }>(
        `SELECT EXISTS (SELECT FROM read_model.live_version WHERE model = $1) AS serves,
           EXISTS (SELECT FROM read_model.version
                   WHERE model = $1 AND label = $2 AND state NOT IN ('cancelled', 'retired')) AS labelled`,
        [model.name, label],
      )
      if (known?.labelled)
        throw new CannotReplay(`There is a version "${label}" of ${model.name} already: drop it first.`)
      if (!known?.serves) throw new CannotReplay(`No version of ${model.name} serves yet, so none can stand beside it.`)
      const places = topicsOf(model, generation).flatMap((topic) =>
        [...holds].flatMap(([place, hold]) => {
          const partition = Number(/\[(\d+)\]$/.exec(place)?.[1])
          return place === placeOf({ topic, partition }) ? [{ topic, partition, hold }] : []
        }),
      )
      await tx.query(
        `WITH begun AS (
           INSERT INTO read_model.version (model, version, definition, state, workers, label, stands_at)
           SELECT $1, 1 + max(version), $2, 'building', $3, $4, $5
           FROM (SELECT model, version FROM read_model.version
                 UNION SELECT model, version FROM read_model.checkpoint
                 UNION SELECT model, version FROM read_model.live_version) AS used
           WHERE model = $1
           RETURNING model, version
         )
         INSERT INTO read_model.checkpoint (model, version, topic, partition, position, record_offset, hold_at)
         SELECT model, version, topic, partition, ${nothingBefore}, -1, hold
         FROM begun, unnest($6::text[], $7::int[], $8::bigint[]) AS place (topic, partition, hold)`,
        [
          ...[model.name, model.version, workers, label, position],
          places.map(({ topic }) => topic),
          places.map(({ partition }) => partition),
          places.map(({ hold }) => hold),
        ],
      )
    }
  })
}

export type PastVersion = {
  readonly label: string
  readonly model: string
  readonly version: number
  readonly state: 'building' | 'paused' | 'past'
  readonly stands_at: number
  /** Events that it has dealt with. */
  readonly done: number
  /** What keeps a partition from going on. */
  readonly halted: string | null
}

/** @param label of one; without it all */
export const pastVersions = (db: Queryable, label: string | null = null): Promise<PastVersion[]> =>
  db.query<PastVersion>(
    `SELECT label, model, version, state, stands_at, coalesce(sum(record_offset + 1), 0)::bigint AS done, min(halted) AS halted
     FROM read_model.version LEFT JOIN read_model.checkpoint USING (model, version)
     WHERE label IS NOT NULL AND ($1::text IS NULL OR label = $1) AND state IN ('building', 'paused', 'past')
     GROUP BY label, model, version, state, stands_at ORDER BY label, model`,
    [label],
  )

/** Their tables are dropped by the runners, once nobody can be reading them any more. @returns how many there were */
export async function dropPast(db: Queryable, label: string): Promise<number> {
  const dropped = await db.query(
    `UPDATE read_model.version SET state = CASE state WHEN 'past' THEN 'retired' ELSE 'cancelled' END, ended_at = now()
     WHERE label = $1 AND state IN ('building', 'paused', 'past') RETURNING version`,
    [label],
  )
  return dropped.length
}
