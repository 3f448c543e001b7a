/**
 * How every question is answered: from one snapshot, of one version of each model, not before it has seen what the sender has just recorded,
 * and with a word on how fresh it is.
 */
import { setTimeout as pause } from 'node:timers/promises'
import type { Postgres, Queryable } from '@bizosaas/databases'
import { Instant as InstantSchema, invalid, type Problem, type Request, tryAgain } from '@bizosaas/http'
import type { ConsistencyToken } from '@bizosaas/kafka'
import { type Projection, tableName } from '@bizosaas/projections/runner/projection.ts'
import { type Static, type TProperties, Type } from 'typebox'
import { type Ground, groundOf, groundOfVersion, whenPublished } from './as-of.ts'
import type { CheckpointWatch } from './checkpoint-watch.ts'
import { tokensOf } from './consistency.ts'
import { incompleteProblem } from './incomplete.ts'
import { type LedgerRow, newestReached } from './ledger.ts'
import { type Moment, momentOf, type Past } from './past/moment.ts'
import { namedVersion } from './past/named-version.ts'
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
          'Only of the past. True: all that was recorded by then is in the answer, which stays the same for ever. False: nothing that was ' +
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
  readonly versionOf: (model: Pick<Projection, 'name'>) => number
  /** The table of the version of a model that answers, without its schema. */
  readonly table: (model: Projection) => string
  /** The answer may know of what was known then, and of all of that; null for all there is. */
  readonly past: Past | null
  /** What was known at each of the footing's moments. */
  readonly pasts: readonly Past[]
  /** Everything up to there is in the models; null while there is nothing, and as of a moment. */
  readonly reached: LedgerRow | null
}

/** What else an answer is to stand on. */
export interface Footing {
  /** By model; of the others the version that serves. */
  readonly versions?: ReadonlyMap<string, number>
  /** Instead of `asOf`: the models must have come to each of them. */
  readonly moments?: readonly Moment[]
}

type Asked = Pick<Request, 'principal' | 'consistencyToken'> & {
  readonly query: { readonly after?: string; readonly asOf?: string; readonly version?: string }
}

/**
 * Answers a question.
 *
 * @param request with `after` it waits until the models have applied that; with `asOf` it stands on what was known then, and waits
 *   until the models have applied all of it. Of both, each holds: a token of something later is waited for, and that is not in the answer
 * @throws Problem not-yet-visible (503) when the models are not that far in time, malformed-request (400) and invalid (422) for a token that
 *   is none of ours, invalid (422) for an instant to come; StoreUnavailable
 */
export type Reader = <Answer extends object>(
  request: Asked,
  models: readonly Projection[],
  ask: (snapshot: Snapshot) => Promise<Answer>,
  footing?: Footing,
) => Promise<Answer & { readonly asOf: Static<typeof AsOf> }>

/** How long a request waits for a read model before it is told to come again. */
const waitMs = 2_000

/** @param first the generation of topics at which the line begins whose end is live */
export function reader(postgres: Postgres, watch: CheckpointWatch, first: string): Reader {
  return async (request, models, ask, { versions, moments } = {}) => {
    const tokens = tokensOf(request)
    const { version: label } = request.query
    const asOf = await asOfMoment(request)
    const until = Date.now() + waitMs
    // Looked up once: else what is needed for an instant of today would be a later row with every look, and never reached.
    const grounds: Ground[] = []

    const attempt = async (tx: Queryable) => {
      const named = await namedBy(tx, models, request)
      const standing = await readStanding(tx, models, first, named?.versions ?? versions)
      const unpublished = await layGrounds(tx, grounds, moments ?? asOf, standing)
      if (unpublished !== null) return { unpublished }
      const isFarEnough = farEnough(models, tokens, grounds)
      const versionOf = versionsOf(models, standing)
      if (!isFarEnough(standing.marks)) return { isFarEnough }

      const past = moments === undefined ? (grounds[0] ?? null) : null
      const stands = named ? await groundOfVersion(tx, standing.generation, named.standsAt) : past
      const reached = stands ? null : await reachedBy(tx, models, standing)
      const table = ({ name }: Projection) => tableName({ name, version: versionOf({ name }) })
      const pasts = grounds.map(({ past }) => past)
      const answer = await ask({ tx, versionOf, table, past: past?.past ?? null, pasts, reached }).catch((error) => {
        throw incompleteProblem(error, standing.parked)
      })
      return { answer: { ...answer, asOf: freshness(stands, reached, standing) } }
    }

    for (;;) {
      const attempted = await postgres.asTenant(request.principal, attempt)
      if ('answer' in attempted) return attempted.answer
      const remaining = until - Date.now()
      const { unpublished, isFarEnough } = attempted
      // Nobody says when a position is published, or when a version moves that does not serve.
      if (unpublished || versions || label !== undefined) {
        if (remaining <= 0) throw unpublished ?? notVisible()
        await pause(Math.min(lookAgainMs, remaining))
      } else if (remaining <= 0 || !(await watch.until(isFarEnough, remaining))) {
        throw notVisible()
      }
    }
  }
}

const lookAgainMs = 50

const namedBy = async (tx: Queryable, models: readonly Projection[], { query: { version } }: Asked) =>
  version === undefined ? null : namedVersion(tx, models, version, 'version')

const farEnough =
  (models: readonly Projection[], tokens: readonly ConsistencyToken[], grounds: readonly Ground[]) =>
  (marks: Marks): boolean =>
    tokens.every((token) => haveApplied(models, marks, token)) &&
    grounds.every(({ needed }) => needed === null || haveReached(models, marks, needed))

const reachedBy = (tx: Queryable, models: readonly Projection[], { generation, head, marks }: Standing) =>
  newestReached(tx, generation, head, (row) => haveReached(models, marks, row))

async function asOfMoment({ query: { asOf, version } }: Asked): Promise<readonly Moment[]> {
  if (asOf === undefined) return []
  if (version !== undefined) {
    throw invalid([{ in: 'query', pointer: '/version', detail: 'stands at a moment of its own: leave out `asOf`' }])
  }
  const moment = momentOf(asOf)
  await whenPublished(moment, 'asOf')
  return [moment]
}

/** Adds the grounds of the moments that are not among them yet. @returns what to say while one cannot be laid */
async function layGrounds(
  tx: Queryable,
  grounds: Ground[],
  moments: readonly Moment[],
  { generation, head }: Standing,
): Promise<Problem | null> {
  for (const moment of moments.slice(grounds.length)) {
    const ground = await groundOf(tx, generation, moment, head)
    if (ground === null) return unpublished(moment, head)
    grounds.push(ground)
  }
  return null
}

const notVisible = () => tryAgain('not-yet-visible', 'The read model has not applied what the answer is to stand on.')

function unpublished(moment: Moment, head: LedgerRow | null) {
  const end = head === null ? 'nothing is published yet' : `history is published up to position ${head.position}`
  const place = 'position' in moment ? `Position ${moment.position}` : moment.instant
  return tryAgain('not-yet-visible', `${place} is not reached: ${end}.`)
}

/** @param reached what it stands on where it stands on no moment */
function freshness(
  stands: Pick<Ground, 'at' | 'final'> | null,
  reached: LedgerRow | null,
  { parked }: Standing,
): Static<typeof AsOf> {
  const at = stands ? stands.at : reached
  return {
    position: at?.position ?? null,
    instant: at?.instant ?? null,
    ...(stands && { final: stands.final }),
    parked,
  }
}

function versionsOf(models: readonly Projection[], { versions }: Standing): Snapshot['versionOf'] {
  const versionOf = ({ name }: { readonly name: string }) => {
    const version = versions.get(name)
    if (version === undefined) throw tryAgain('not-yet-visible', `The read model ${name} is not built yet.`)
    return version
  }
  models.forEach(versionOf)
  return versionOf
}
