/**
 * How every question is answered: from one snapshot, of one version of each model, not before it has seen what the sender has just recorded,
 * and with a word on how fresh it is.
 */
import type { Postgres, Queryable } from '@bizosaas/databases'
import { Instant as InstantSchema, type Request, tryAgain } from '@bizosaas/http'
import { type Projection, tableName } from '@bizosaas/projections/runner/projection.ts'
import type { Instant } from '@bizosaas/schemas'
import { type Static, type TProperties, Type } from 'typebox'
import { type Ground, groundOf, whenPublished } from './as-of.ts'
import type { CheckpointWatch } from './checkpoint-watch.ts'
import { tokensOf } from './consistency.ts'
import { incompleteProblem } from './incomplete.ts'
import { type LedgerRow, newestReached } from './ledger.ts'
import { haveApplied, haveReached, type Marks, readStanding, type Standing } from './standing.ts'

export const AsOf = Type.Object(
  {
    position: Type.Union([Type.Integer(), Type.Null()], {
      description:
        'Place in the history of everything up to which all is in the answer; null before the first event. As of an instant, what was ' +
        'recorded by then is in it wherever it stands',
    }),
    instant: Type.Union([InstantSchema, Type.Null()], { description: 'When what stands at that place was recorded' }),
    final: Type.Optional(
      Type.Boolean({
        description:
          'Only with `asOf`. True: all that was recorded by then is in the answer, which stays the same for ever. False: nothing that was ' +
          'recorded more than a minute after the instant is published yet, so that something from before it may still come',
      }),
    ),
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
  /** The answer may know of what was recorded by then, and of all of that; null for all there is. */
  readonly knownBy: Instant | null
}

type Asked = Pick<Request, 'principal' | 'consistencyToken'> & {
  readonly query: { readonly after?: string; readonly asOf?: string }
}

/**
 * Answers a question.
 *
 * @param request with `after` it waits until the models have applied that; with `asOf` it stands on what was recorded by then, and waits
 *   until the models have applied all of it. Of both, each holds: a token of something later is waited for, and that is not in the answer
 * @throws Problem not-yet-visible (503) when the models are not that far in time, malformed-request (400) and invalid (422) for a token that
 *   is none of ours, invalid (422) for an instant to come; StoreUnavailable
 */
export type Reader = <Answer extends object>(
  request: Asked,
  models: readonly Projection[],
  ask: (snapshot: Snapshot) => Promise<Answer>,
) => Promise<Answer & { readonly asOf: Static<typeof AsOf> }>

/** How long a request waits for a read model before it is told to come again. */
const waitMs = 2_000

/** @param first the generation of topics at which the line begins whose end is live */
export function reader(postgres: Postgres, watch: CheckpointWatch, first: string): Reader {
  return async (request, models, ask) => {
    const tokens = tokensOf(request)
    const { asOf: asked } = request.query
    const instant = asked === undefined ? null : await whenPublished(asked)
    const until = Date.now() + waitMs
    // Looked up once: else what is needed for an instant of today would be a later row with every look, and never reached.
    let ground: Ground | null = null
    for (;;) {
      const attempt = await postgres.asTenant(request.principal, async (tx) => {
        const standing = await readStanding(tx, models, first)
        const { generation } = standing
        const tables = tablesOf(models, standing)
        if (instant !== null) ground ??= await groundOf(tx, generation, instant, standing.head)
        const isReached = (row: LedgerRow, marks: Marks) => haveReached(models, marks, row)
        const isFarEnough = (marks: Marks) =>
          tokens.every((token) => haveApplied(models, marks, token)) &&
          (!ground?.needed || isReached(ground.needed, marks))
        if (!isFarEnough(standing.marks)) return { isFarEnough }

        const { head, marks } = standing
        const at = ground ? ground.at : await newestReached(tx, generation, head, (row) => isReached(row, marks))
        const snapshot = { tx, table: (model: Projection) => tables.get(model.name) ?? '', knownBy: instant }
        const answer = await ask(snapshot).catch((error) => {
          throw incompleteProblem(error, standing.parked)
        })
        return { answer: { ...answer, asOf: freshness(at, ground, standing) } }
      })
      if ('answer' in attempt) return attempt.answer
      const remaining = until - Date.now()
      if (remaining <= 0 || !(await watch.until(attempt.isFarEnough, remaining))) {
        throw tryAgain('not-yet-visible', 'The read model has not applied what the answer is to stand on.')
      }
    }
  }
}

const freshness = (at: LedgerRow | null, ground: Ground | null, { parked }: Standing): Static<typeof AsOf> => ({
  position: at?.position ?? null,
  instant: at?.instant ?? null,
  ...(ground && { final: ground.final }),
  parked,
})

function tablesOf(models: readonly Projection[], standing: Standing): Map<string, string> {
  const tables = models.map(({ name }): [string, string] => {
    const version = standing.versions.get(name)
    if (version === undefined) throw tryAgain('not-yet-visible', `The read model ${name} is not built yet.`)
    return [name, tableName({ name, version })]
  })
  return new Map(tables)
}
