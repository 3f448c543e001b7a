/** How far one version of a model is, from its checkpoints and the relay's ledger. */
import type { Queryable } from '@bizosaas/databases'
import { Instant as InstantSchema } from '@bizosaas/http'
import { nothingBefore } from '@bizosaas/kafka'
import { projections } from '@bizosaas/projections/all.ts'
import { type Instant, type Topic, topicName, topics } from '@bizosaas/schemas'
import { type Static, Type } from 'typebox'
import { isReached, type LedgerRow, ledgerRow, newestReached } from '../ledger.ts'
import { kindsOf } from '../topics-of.ts'

export const ProjectionState = Type.Object(
  {
    model: Type.String(),
    version: Type.Integer(),
    definition: Type.Integer({ description: 'Version of the definition whose handlers fill it' }),
    state: Type.Enum(['live', 'building', 'paused', 'kept', 'past', 'halted'], {
      description:
        'live: it serves. building: it is being filled from the beginning. paused: nobody fills it. kept: it is up to date, and can serve. ' +
        'past: it was built as of a past moment, and stays as it is. ' +
        'halted: it waits for a person',
    }),
    position: Type.Union([Type.Integer(), Type.Null()], {
      description: 'Place in the history of everything up to which it has dealt with all events; null before the first',
    }),
    lag: Type.Object(
      {
        events: Type.Integer({ description: 'At most so many events that it has not dealt with' }),
        seconds: Type.Number({ description: 'Age of the oldest of them' }),
      },
      { description: 'Behind what the relay has published' },
    ),
    applied: Type.Integer(),
    notApplicable: Type.Integer({ description: 'Events that do not concern it' }),
    skipped: Type.Integer({ description: 'Events that an operator ordered to do without' }),
    parked: Type.Integer({ description: 'Events of yours that are set aside because of an error' }),
    parkedOfAll: Type.Optional(Type.Integer({ description: 'Those of all tenants. For operators only' })),
    halted: Type.Array(
      Type.Object({
        topic: Type.String(),
        partition: Type.Integer(),
        at: InstantSchema,
        reason: Type.Optional(Type.String({ description: 'For operators only' })),
      }),
    ),
  },
  { title: 'ProjectionState' },
)

export type ProjectionState = Static<typeof ProjectionState>

export interface ModelVersion {
  readonly model: string
  readonly version: number
  readonly definition: number
  readonly state: string
  /** The version that serves; null when none does. */
  readonly live: number | null
}

export interface CheckpointRow {
  readonly model: string
  readonly version: number
  readonly topic: string
  readonly partition: number
  readonly position: number
  readonly record_offset: number
  readonly applied: number
  readonly parked: number
  readonly not_applicable: number
  readonly skipped: number
  readonly halted: string | null
  readonly updated_at: Instant
  readonly parked_of_tenant: number
}

export const checkpointsSql = `
  SELECT c.model, c.version, c.topic, c.partition, c.position, c.record_offset,
    c.applied, c.parked, c.not_applicable, c.skipped, c.halted, c.updated_at,
    (SELECT count(*) FROM read_model.parked p
     WHERE (p.model, p.version, p.topic, p.partition) = (c.model, c.version, c.topic, c.partition)) AS parked_of_tenant
  FROM read_model.checkpoint c
  WHERE topic = ANY ($1)
  ORDER BY model, version, topic, partition`

/**
 * @param seesAll whether it is told what is of all tenants. The reason of a halt is the text of an error, which may quote an event of
 *   whichever tenant; it stands in the runner's log and in `read_model.checkpoint`, too.
 */
export async function stateOf(
  tx: Queryable,
  generation: string,
  head: LedgerRow | null,
  of: ModelVersion,
  checkpoints: readonly CheckpointRow[],
  { now, seesAll }: { readonly now: Instant; readonly seesAll: boolean },
): Promise<ProjectionState> {
  const { model, version, definition } = of
  const sum = (count: (row: CheckpointRow) => number) => checkpoints.reduce((total, row) => total + count(row), 0)
  const kinds = kindsRead(model, generation, checkpoints)
  const at = new Map(checkpoints.map((row) => [`${row.topic} ${row.partition}`, row]))
  const checkpoint = (kind: Topic, partition: number) => at.get(`${topicName(kind, generation)} ${partition}`)
  const reached = await newestReached(tx, generation, head, (row) =>
    isReached(row, kinds, (kind, partition) => checkpoint(kind, partition)?.position ?? nothingBefore),
  )
  const lagIn = (kind: Topic): number => {
    const lags = head?.tails[kind].map((tail, partition) => {
      return (tail?.offset ?? -1) - (checkpoint(kind, partition)?.record_offset ?? -1)
    })
    return (lags ?? []).reduce((sum, lag) => sum + Math.max(0, lag), 0)
  }
  // What stands at a past moment is not behind.
  const isPast = of.state === 'past'
  const isBehind = !isPast && head !== null && reached?.seq !== head.seq
  const oldestMissing = isBehind ? await ledgerRow(tx, generation, (reached?.seq ?? 0) + 1) : null
  const halted = checkpoints.flatMap(({ topic, partition, updated_at: at, halted: reason }) =>
    reason === null ? [] : [{ topic, partition, at, ...(seesAll && { reason }) }],
  )
  return {
    model,
    version,
    definition,
    state: halted.length > 0 ? 'halted' : standingOf(of),
    position: reached?.position ?? null,
    lag: {
      events: isPast ? 0 : kinds.reduce((lag, kind) => lag + lagIn(kind), 0),
      seconds: oldestMissing === null ? 0 : Math.max(0, (Date.parse(now) - Date.parse(oldestMissing.instant)) / 1000),
    },
    applied: sum(({ applied }) => applied),
    notApplicable: sum(({ not_applicable }) => not_applicable),
    skipped: sum(({ skipped }) => skipped),
    parked: sum(({ parked_of_tenant }) => parked_of_tenant),
    ...(seesAll && { parkedOfAll: sum(({ parked }) => parked) }),
    halted,
  }
}

function standingOf({ version, live, state }: ModelVersion): ProjectionState['state'] {
  if (version === live) return 'live'
  return state === 'building' || state === 'paused' || state === 'past' ? state : 'kept'
}

/** A model that this release does not know any more is told by what it has read. */
function kindsRead(model: string, generation: string, checkpoints: readonly CheckpointRow[]): readonly Topic[] {
  const definition = projections.find(({ name }) => name === model)
  if (definition) return kindsOf(definition)
  return topics.filter((kind) => checkpoints.some(({ topic }) => topic === topicName(kind, generation)))
}
