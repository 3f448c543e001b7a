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
import { topicName } from '@bizosaas/schemas'
import { isReached, type LedgerRow } from './ledger.ts'
import { kindsOf } from './topics-of.ts'

/** How far models are: the position that each has dealt with, by model and partition. */
export type Marks = ReadonlyMap<string, number>

const markOf = (model: string, topic: string, partition: number) => `${model} ${topic} ${partition}`

/** Whether every one of the models that reads the token's topic has dealt with its event; to the others it means nothing. */
export function haveApplied(
  models: readonly Projection[],
  marks: Marks,
  token: ConsistencyToken,
  generation: string,
): boolean {
  return models
    .filter((model) => kindsOf(model).some((kind) => topicName(kind, generation) === token.topic))
    .every(({ name }) => (marks.get(markOf(name, token.topic, token.partition)) ?? nothingBefore) >= token.position)
}

/** Whether the models have dealt with everything that was in the topics when the row was written. */
export function haveReached(models: readonly Projection[], marks: Marks, row: LedgerRow, generation: string): boolean {
  return models.every((model) =>
    isReached(row, kindsOf(model), (kind, partition) => {
      return marks.get(markOf(model.name, topicName(kind, generation), partition)) ?? nothingBefore
    }),
  )
}

export interface Standing {
  /** By model; a model without one has never been built. */
  readonly versions: ReadonlyMap<string, number>
  readonly marks: Marks
  /** The newest row of the ledger; null before the first event. */
  readonly head: LedgerRow | null
  /** Streams that the sender may see and that are set aside in one of the models. */
  readonly parked: number
}

const standingSql = `
  SELECT
    (SELECT json_agg(json_build_array(model, version)) FROM read_model.live_version WHERE model = ANY ($1)) AS versions,
    (SELECT json_agg(json_build_array(model, topic, partition, position))
     FROM read_model.checkpoint JOIN read_model.live_version USING (model, version) WHERE model = ANY ($1)) AS marks,
    (SELECT count(DISTINCT stream)
     FROM read_model.parked JOIN read_model.live_version USING (model, version) WHERE model = ANY ($1)) AS parked,
    head.seq, head.position, head.instant, head.tails
  FROM (VALUES (1)) AS one
  LEFT JOIN LATERAL (
    SELECT seq, position, instant, tails FROM relay.ledger WHERE generation = $2 ORDER BY seq DESC LIMIT 1
  ) AS head ON true`

interface StandingRow extends Omit<LedgerRow, 'seq'> {
  readonly versions: [model: string, version: number][] | null
  readonly marks: MarkRow[] | null
  readonly parked: number
  readonly seq: number | null
}
type MarkRow = [model: string, topic: string, partition: number, position: number]

const marksOf = (rows: readonly MarkRow[]): Marks =>
  new Map(rows.map(([model, topic, partition, position]) => [markOf(model, topic, partition), position]))

/** @param tx a transaction of the tenant, whose parked streams are counted */
export async function readStanding(
  tx: Queryable,
  models: readonly Projection[],
  generation: string,
): Promise<Standing> {
  const [row] = await tx.query<StandingRow>(standingSql, [models.map(({ name }) => name), generation])
  if (!row) throw new Error('The standing of the read models cannot be read.')
  const { versions, marks, parked, seq, position, instant, tails } = row
  return {
    versions: new Map(versions ?? []),
    marks: marksOf(marks ?? []),
    parked,
    head: seq === null ? null : { seq, position, instant, tails },
  }
}

/** How far the versions that serve are, all models. */
export async function readMarks(db: Queryable): Promise<Marks> {
  const rows = await db.query<{ mark: MarkRow }>(
    `SELECT json_build_array(model, topic, partition, position) AS mark
     FROM read_model.checkpoint JOIN read_model.live_version USING (model, version)`,
  )
  return marksOf(rows.map(({ mark }) => mark))
}
