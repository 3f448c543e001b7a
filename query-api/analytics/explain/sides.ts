/** The two sides of a comparison: which version of the read model, as known at which moment. */
import { Instant as InstantSchema, invalid, type Request } from '@bizosaas/http'
import { adMetrics } from '@bizosaas/projections/analytics/ad-metrics/ad-metrics.ts'
import { campaignList } from '@bizosaas/projections/campaigns/campaign-list/campaign-list.ts'
import { campaignTimeline } from '@bizosaas/projections/campaigns/campaign-timeline/campaign-timeline.ts'
import { tableName } from '@bizosaas/projections/runner/projection.ts'
import { Type } from 'typebox'
import type { Reader, Snapshot } from '../../answer.ts'
import { whenPublished } from '../../as-of.ts'
import { isMoment, type Moment, momentOf } from '../../past/moment.ts'
import { labelPattern, namedVersion } from '../../past/named-version.ts'

export const SideText = Type.Union([InstantSchema, Type.String({ pattern: `^(\\d{1,15}|${labelPattern})$` })], {
  description:
    'an instant with its offset, a position, which is a whole number as answers name it in `asOf`, a version of the read model such as v3, ' +
    'or the name of one that was built as of a past moment',
})

export interface Side {
  readonly version: number
  readonly table: string
  /** What was known at both of them: the moment, and what the read model has. */
  readonly known: readonly Moment[]
  readonly moment: Moment
}

export interface Sides {
  readonly left: Side
  readonly right: Side
  /** The table of the version that serves: in it the sides are compared in time. */
  readonly table: string
}

type Name = 'left' | 'right'
export type Asked = Pick<Request, 'principal' | 'consistencyToken'> & {
  readonly query: { readonly after?: string } & Readonly<Record<Name, string>>
}

/** A version, and how far it is. */
interface Version {
  readonly version: number
  readonly reached: number
}

/**
 * A side that is a number of a version stands on all that it has; where both are, on what both have. One with a name stands where it was
 * built to stand; a moment is of the version that serves.
 *
 * @param ask about the campaigns at both moments, the left one first
 * @throws as a Reader; Problem invalid (422) for a version that there is not
 */
export async function standOnBoth<Answer extends object>(
  read: Reader,
  request: Asked,
  ask: (snapshot: Snapshot) => Promise<Answer>,
) {
  const { after } = request.query
  const sender = { ...request, query: after === undefined ? {} : { after } }
  const [left, right] = await Promise.all(
    (['left', 'right'] as const).map((name) => lookAt(read, sender, request, name)),
  )
  if (!left || !right) throw new Error('A comparison has two sides.')
  const numbered = [left, right].filter(isNumbered)
  const least = Math.min(...numbered.map(({ reached }) => reached))
  const momentAt = (side: Looked): Moment =>
    'moment' in side ? side.moment : { position: numbered.length === 2 ? least : side.reached }
  const moments = [momentAt(left), momentAt(right)]

  const answer = await read(
    sender,
    [adMetrics, campaignList, campaignTimeline],
    async (snapshot) => ({
      ...(await ask(snapshot)),
      serving: snapshot.versionOf(adMetrics),
      cap: snapshot.reached?.position ?? 0,
    }),
    { moments },
  )
  const sideOf = (side: Looked): Side => {
    const version = side.version ?? answer.serving
    const moment = momentAt(side)
    return { version, table: tableOf(version), moment, known: [moment, { position: answer.cap }] }
  }
  const sides: Sides = { left: sideOf(left), right: sideOf(right), table: tableOf(answer.serving) }
  return { ...answer, sides }
}

const tableOf = (version: number) => tableName({ name: adMetrics.name, version })

/** Without a version the one that serves is meant; without a moment all that the version has. */
type Looked = Version | { readonly version: number | null; readonly moment: Moment }
const isNumbered = (side: Looked): side is Version => !('moment' in side)

async function lookAt(read: Reader, sender: Parameters<Reader>[0], { query }: Asked, name: Name): Promise<Looked> {
  const text = query[name]
  if (isMoment(text)) {
    const moment = momentOf(text)
    await whenPublished(moment, name)
    return { version: null, moment }
  }
  if (!/^v\d+$/.test(text)) {
    const { versions, standsAt } = await read(sender, [], ({ tx }) => namedVersion(tx, [adMetrics], text, name))
    return { version: versions.get(adMetrics.name) ?? null, moment: { position: standsAt } }
  }
  const version = Number(text.slice(1))
  const { reached } = await read(
    sender,
    [adMetrics],
    async ({ tx, reached }) => {
      const there = await tx.query(
        `SELECT FROM read_model.live_version WHERE (model, version) = ($1, $2)
         UNION ALL SELECT FROM read_model.version
         WHERE (model, version) = ($1, $2) AND label IS NULL AND state NOT IN ('cancelled', 'retired')
           -- These are made after its table.
           AND EXISTS (SELECT FROM read_model.checkpoint WHERE (model, version) = ($1, $2))`,
        [adMetrics.name, version],
      )
      if (there.length === 0) {
        const detail = `names ${text}, and there is no such version`
        throw invalid([{ in: 'query', pointer: `/${name}`, detail }])
      }
      return { reached: reached?.position ?? 0 }
    },
    { versions: new Map([[adMetrics.name, version]]) },
  )
  return { version, reached }
}

/** Whether something can be known at `a` that is not at `b`. */
export const mayExceed = (a: Moment, b: Moment): boolean => {
  if ('position' in a && 'position' in b) return a.position > b.position
  if ('instant' in a && 'instant' in b) return a.instant > b.instant
  return true
}
