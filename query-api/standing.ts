/**
 * What an answer stands on: for each model the version that serves, how far that is in each partition, and so up to where in the history of
 * everything the answer is complete.
 *
 * Read in the transaction that reads the rows, which sees one snapshot: version, checkpoints and rows belong together, also while a
 * version is cut over or a batch is written.
 */
import type { Queryable } from '@bizosaas/databases'
import { type ConsistencyToken, nothingBefore } from '@bizosaas/kafka'
import type { Projection } from '@bizosaas/projections/runner/projection.ts'
import { type Topic, topicKind } from '@bizosaas/schemas'
import { isReached, type LedgerRow } from './ledger.ts'
import { kindsOf } from './topics-of.ts'

/**
 * How far models are: the position that each has dealt with, by model and partition. No generation of topics is in it: the same partition
 * holds the same events at the same positions in each.
 */
export type Marks = ReadonlyMap<string, number>

const markOf = (model: string, kind: Topic, partition: number) => `${model} ${kind} ${partition}`

/** Whether every one of the models that reads the token's topic has dealt with its event; to the others it means nothing. */
export function haveApplied(models: readonly Projection[], marks: Marks, token: ConsistencyToken): boolean {
  const kind = topicKind(token.topic)
  return models
    .filter((model) => kind !== null && kindsOf(model).includes(kind))
    .every(({ name }) => {
      const mark = kind === null ? undefined : marks.get(markOf(name, kind, token.partition))
      return (mark ?? nothingBefore) >= token.position
    })
}

/** Whether the models have dealt with everything that was in the topics when the row was written. */
export function haveReached(models: readonly Projection[], marks: Marks, row: LedgerRow): boolean {
  return models.every((model) =>
    isReached(
      row,
      kindsOf(model),
      (kind, partition) => marks.get(markOf(model.name, kind, partition)) ?? nothingBefore,
    ),
  )
}

export interface Standing {
  /** By model; a model without one has never been built. */
  readonly versions: ReadonlyMap<string, number>
  readonly marks: Marks
  /** The generation of topics that is live. */
  readonly generation: string
  /** The newest row of the ledger; null before the first event. */
  readonly head: LedgerRow | null
  /** Streams that the sender may see and that are set aside in one of the models. */
  readonly parked: number
}

const standingSql = `
  WITH live AS MATERIALIZED (SELECT relay.live_generation($2) AS generation),
  answering AS MATERIALIZED (
    SELECT model, coalesce(chosen.version, serving.version) AS version
    FROM unnest($1::text[]) AS asked (model)
    LEFT JOIN unnest($3::text[], $4::int[]) AS chosen (model, version) USING (model)
    LEFT JOIN read_model.live_version AS serving USING (model)
  )
  SELECT
    (SELECT json_agg(json_build_array(model, version)) FROM answering WHERE version IS NOT NULL) AS versions,
    (SELECT json_agg(json_build_array(model, topic, partition, position))
     FROM read_model.checkpoint JOIN answering USING (model, version)
     WHERE split_part(topic, '.', 2) = live.generation) AS marks,
    (SELECT count(DISTINCT stream) FROM read_model.parked JOIN answering USING (model, version)) AS parked,
    live.generation, head.seq, head.position, head.instant, head.tails
  FROM live
  LEFT JOIN LATERAL (
    SELECT seq, position, instant, tails FROM relay.ledger WHERE generation = live.generation ORDER BY seq DESC LIMIT 1
  ) AS head ON true`

interface StandingRow extends Omit<LedgerRow, 'seq'> {
  readonly versions: [model: string, version: number][] | null
  readonly marks: MarkRow[] | null
  readonly parked: number
  readonly generation: string
  readonly seq: number | null
}
type MarkRow = [model: string, topic: string, partition: number, position: number]

const marksOf = (rows: readonly MarkRow[]): Marks =>
  new Map(
    rows.flatMap(([model, topic, partition, position]) => {
      const kind = topicKind(topic)
      return kind === null ? [] : [[markOf(model, kind, partition), position]]
    }),
  )

/**
 * @param tx a transaction of the tenant, whose parked streams are counted
 * @param first the generation at which the line begins whose end is live
 * @param chosen versions, by model, that answer instead of those that serve
 */
export async function readStanding(
  tx: Queryable,
  models: readonly Projection[],
  first: string,
  chosen: ReadonlyMap<string, number> = new Map(),
): Promise<Standing> {
  const names = models.map(({ name }) => name)
  const [row] = await tx.prepared<StandingRow>(standingSql, [names, first, [...chosen.keys()], [...chosen.values()]])
  if (!row) throw new Error('The standing of the read models cannot be read.')
  const { versions, marks, parked, generation, seq, position, instant, tails } = row
  return {
    versions: new Map(versions ?? []),
    marks: marksOf(marks ?? []),
    generation,
    parked,
    head: seq === null ? null : { seq, position, instant, tails },
  }
}

/** How far the versions that serve are, all models. */
export async function readMarks(db: Queryable, first: string): Promise<Marks> {
  const rows = await db.prepared<{ mark: MarkRow }>(
    `WITH live AS MATERIALIZED (SELECT relay.live_generation($1) AS generation)
     SELECT json_build_array(model, topic, partition, position) AS mark
     FROM live, read_model.checkpoint JOIN read_model.live_version USING (model, version)
     WHERE split_part(topic, '.', 2) = live.generation`,
    [first],
  )
  return marksOf(rows.map(({ mark }) => mark))
}
