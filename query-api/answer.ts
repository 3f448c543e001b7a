/**
 * How every question is answered: from one snapshot, of one version of each model, not before it has seen what the sender has just recorded,
 * and with a word on how fresh it is.
 */
import type { Postgres, Queryable } from '@bizosaas/databases'
import { Instant as InstantSchema, type Request, tryAgain } from '@bizosaas/http'
import { nothingBefore } from '@bizosaas/kafka'
import { type Projection, tableName } from '@bizosaas/projections/runner/projection.ts'
import { Instant } from '@bizosaas/schemas'
import { type Static, type TProperties, Type } from 'typebox'
import type { CheckpointWatch } from './checkpoint-watch.ts'
import { tokensOf } from './consistency.ts'
import { type LedgerRow, newestReached, publishedAt } from './ledger.ts'
import { haveApplied, haveReached, type Marks, readStanding, type Standing } from './standing.ts'

export const AsOf = Type.Object(
  {
    position: Type.Union([Type.Integer(), Type.Null()], {
      description: 'Place in the history of everything up to which the answer is complete; null before the first event',
    }),
    instant: Type.Union([InstantSchema, Type.Null()], { description: 'When what stands at that place was recorded' }),
    parked: Type.Integer({
      description:
        'Streams of yours that are set aside because of an error, and are missing from the answer from there on',
    }),
  },
  { title: 'AsOf', description: 'How fresh the answer is' },
)

/** The schema of an answer with these members and `asOf`. */
export const answered = <Members extends TProperties>(members: Members) => Type.Object({ ...members, asOf: AsOf })

export interface Snapshot {
  /** A transaction of the sender's tenant. */
  readonly tx: Queryable
  /** The table of the version of a model that serves, without its schema. */
  readonly table: (model: Projection) => string
  /** The last position that the answer may know of; null for all there is. */
  readonly upTo: number | null
}

type Asked = Pick<Request, 'principal' | 'consistencyToken'> & {
  readonly query: { readonly after?: string; readonly asOf?: string }
}

/**
 * Answers a question.
 *
 * @param request with `after` it waits until the models have applied that; with `asOf` it stands on what was published by then, and waits
 *   until the models have applied all of it
 * @throws Problem not-yet-visible (503) when the models are not that far in time, malformed-request (400) and invalid (422) for a token that
 *   is none of ours; StoreUnavailable
 */
export type Reader = <Answer extends object>(
  request: Asked,
  models: readonly Projection[],
  ask: (snapshot: Snapshot) => Promise<Answer>,
) => Promise<Answer & { readonly asOf: Static<typeof AsOf> }>

/** How long a request waits for a read model before it is told to come again. */
const waitMs = 2_000

export function reader(postgres: Postgres, watch: CheckpointWatch, generation: string): Reader {
  return async (request, models, ask) => {
    const tokens = tokensOf(request, generation)
    const until = Date.now() + waitMs
    const asked = request.query.asOf
    // Looked up once: else an instant of today would be a later row with every look, and never reached.
    let row: LedgerRow | null | undefined
    for (;;) {
      const attempt = await postgres.asTenant(request.principal, async (tx) => {
        const standing = await readStanding(tx, models, generation)
        const tables = tablesOf(models, standing)
        if (asked !== undefined && row === undefined) row = await publishedAt(tx, generation, Instant.parse(asked))
        const isFarEnough = (marks: Marks) =>
          tokens.every((token) => haveApplied(models, marks, token, generation)) &&
          (!row || haveReached(models, marks, row, generation))
        if (!isFarEnough(standing.marks)) return { isFarEnough }

        const isReached = (newer: LedgerRow) => haveReached(models, standing.marks, newer, generation)
        const at = row === undefined ? await newestReached(tx, generation, standing.head, isReached) : row
        const upTo = row === undefined ? null : (row?.position ?? nothingBefore)
        const answer = await ask({ tx, table: (model) => tables.get(model.name) ?? '', upTo })
        const asOf = { position: at?.position ?? null, instant: at?.instant ?? null, parked: standing.parked }
        return { answer: { ...answer, asOf } }
      })
      if ('answer' in attempt) return attempt.answer
      const remaining = until - Date.now()
      if (remaining <= 0 || !(await watch.until(attempt.isFarEnough, remaining))) {
        throw tryAgain('not-yet-visible', 'The read model has not applied what the answer is to stand on.')
      }
    }
  }
}

function tablesOf(models: readonly Projection[], standing: Standing): Map<string, string> {
  const tables = models.map(({ name }): [string, string] => {
    const version = standing.versions.get(name)
    if (version === undefined) throw tryAgain('not-yet-visible', `The read model ${name} is not built yet.`)
    return [name, tableName({ name, version })]
  })
  return new Map(tables)
}
