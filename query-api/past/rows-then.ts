/**
 * Rows of a fold as they were at a moment. One that has not changed since is taken from the table; the others are folded from their streams,
 * which the event store keeps for ever. That is for a look back, not for the whole of history: beyond a bound an operator builds the model
 * as it was then, beside the live one.
 */
import type { Tenancy } from '@bizosaas/databases'
import type { EventStore, StoredEvent } from '@bizosaas/event-store'
import { Problem } from '@bizosaas/http'
import type { FoldProjection, Owned } from '@bizosaas/projections/runner/projection.ts'
import { type EventType, schemaOf, streamName, TenantId } from '@bizosaas/schemas'
import type { Snapshot } from '../answer.ts'
import { foldStream } from './fold-stream.ts'
import type { Moment } from './moment.ts'

/** Of one answer: at the some 800 streams a second that the embedded store reads, it takes little more than a second. */
export const mostStreams = 1_000
const mostEvents = 50_000
/** More at once do not make the store faster. */
const streamsAtOnce = 16

type FoldedRow = Owned & { readonly id: string; readonly revision: number; readonly position: number }

/** What a snapshot knows of the rows at a moment. */
export interface Candidates<R> {
  readonly model: FoldProjection
  readonly moment: Moment
  readonly unchanged: readonly R[]
  /** The rows that have changed since, or are new. */
  readonly changed: readonly R[]
}

/**
 * @param snapshot as of a moment
 * @param id of the one row that is asked for; without it all that the sender may see
 */
export async function candidates<R extends FoldedRow>(
  { tx, table, past }: Snapshot,
  model: FoldProjection,
  id?: string,
): Promise<Candidates<R>> {
  if (past === null) throw new Error('Rows of now are read from the table.')
  const { moment, complete, latest } = past
  const rows = await tx.query<R>(
    `SELECT * FROM read_model.${table(model)} WHERE created_at <= $1 AND ($2::uuid IS NULL OR id = $2)`,
    [latest, id ?? null],
  )
  const changed = rows.filter(({ position }) => position > complete)
  if (changed.length > mostStreams) throw tooMuch(`${changed.length} of its rows have changed since`, moment)
  return { model, moment, unchanged: rows.filter(({ position }) => position <= complete), changed }
}

/** The rows as they were. Outside of the transaction, so that no connection waits for the event store. */
export async function rowsThen<R extends FoldedRow>(
  store: Pick<EventStore, 'readStream'>,
  { tenantId, clientIds }: Tenancy,
  { model, moment, unchanged, changed }: Candidates<R>,
): Promise<R[]> {
  const rows = [...unchanged]
  const category = categoryOf(model)
  const left = changed.values()
  let events = 0
  const foldOn = async () => {
    for (const { id, revision } of left) {
      const stream = streamName(category, TenantId.parse(tenantId), id)
      const history: StoredEvent[] = []
      for await (const event of store.readStream(stream)) history.push(event)
      events += history.length
      if (events > mostEvents) throw tooMuch(`what has changed since has more than ${mostEvents} events`, moment)
      const row = foldStream(model, history, moment, revision) as R | null
      if (row !== null && (clientIds === null || clientIds.some((id) => id === row.client_id))) rows.push(row)
    }
  }
  await Promise.all(Array.from({ length: streamsAtOnce }, foldOn))
  return rows
}

function categoryOf(model: FoldProjection) {
  const [category] = [...model.types].flatMap((type) => schemaOf(type as EventType).category ?? [])
  if (category === undefined) throw new Error(`${model.name} folds no stream.`)
  return category
}

function tooMuch(what: string, moment: Moment): Problem {
  const until = 'position' in moment ? moment.position : moment.instant
  return new Problem(
    'invalid',
    `This answer would be folded from too many streams: ${what}. Have an operator run "npm run replay -- --until ${until} --into <name>", ` +
      'which builds the read model as it was then, and ask with `version=<name>`.',
  )
}
