/** Why is this report another than that one? */
import type { ClickHouse } from '@bizosaas/databases'
import type { EventStore } from '@bizosaas/event-store'
import { get, invalid, notFound, type Request, type Route } from '@bizosaas/http'
import { campaignTimeline } from '@bizosaas/projections/campaigns/campaign-timeline/campaign-timeline.ts'
import { Type } from 'typebox'
import type { Reader, Snapshot } from '../../answer.ts'
import { cursorValue, readCursor } from '../../cursor.ts'
import type { Past } from '../../past/moment.ts'
import { campaignsOf, findCampaigns, linkOf } from '../linked-campaigns.ts'
import { mostRows, questionOf, tooMany } from '../metrics.ts'
import { isNothing, minus } from './amounts.ts'
import {
  cellAnswer,
  cursorAfter,
  Explained,
  ExplainedEvents,
  ExplainFilter,
  eventAnswer,
  groupAnswer,
  standsOf,
} from './answer.ts'
import { causes } from './attribute.ts'
import type { Cell } from './cells.ts'
import { compare, type Ours } from './compare.ts'
import { linkEvents } from './link-events.ts'
import { standOnBoth } from './sides.ts'

type Asked = Pick<Request<unknown, Filter>, 'principal' | 'query' | 'consistencyToken'>
type Filter = { readonly [Name in keyof ExplainFilter]: Readonly<ExplainFilter[Name]> }

export function explainRoutes(read: Reader, clickhouse: ClickHouse, store: Pick<EventStore, 'readStream'>): Route[] {
  const explain = async (request: Asked) => {
    const { principal, query } = request
    const { groupBy, ...filter } = questionOf(request)
    const { campaignId } = query
    const isNamed = groupBy.includes('campaign') || campaignId !== undefined
    const campaignsAt = (snapshot: Snapshot, past: Past | undefined) =>
      isNamed && past ? findCampaigns({ ...snapshot, past }, campaignId) : { now: [] }

    const found = await standOnBoth(read, request, async (snapshot) => {
      const [left, right] = snapshot.pasts
      const moments = [left?.moment, right?.moment] as const
      const timeline = snapshot.table(campaignTimeline)
      return {
        left: await campaignsAt(snapshot, left),
        right: await campaignsAt(snapshot, right),
        links:
          isNamed && moments[0] && moments[1]
            ? await linkEvents(snapshot.tx, timeline, principal.tenantId, [moments[0], moments[1]])
            : new Map(),
      }
    })
    const oursAt = async (side: 'left' | 'right'): Promise<Ours> => {
      const campaigns = await campaignsOf(store, principal, found[side])
      if (campaignId === undefined) return { campaigns, link: undefined }
      return { campaigns, link: campaigns.length === 0 ? null : linkOf(campaigns, campaignId) }
    }
    const ours = { left: await oursAt('left'), right: await oursAt('right') }
    if (campaignId !== undefined && ours.left.campaigns.length + ours.right.campaigns.length === 0) {
      throw notFound(`There was no campaign ${campaignId} then.`)
    }
    const { sides, asOf, links } = found
    const compared = await compare(clickhouse, {
      filter,
      groupBy,
      sides,
      ours,
      campaignId: campaignId ?? null,
      linkEvents: links,
    })
    return { ...compared, sides, asOf, groupBy }
  }

  return [
    get('/v1/metrics/explain', {
      may: 'metrics:read',
      summary: 'Explain the difference of two reports',
      description:
        'The figures of `left` and `right`, grouped and filtered as those of `/v1/metrics`, and the parts of their difference by cause, ' +
        'each with the events that made it. Each side is an instant, a position or a version of the read model; a side that is a version ' +
        'stands on all that it has, and two of them on what both have. The sums of both sides are what `/v1/metrics` answers as of them.',
      query: ExplainFilter,
      answer: Explained,
      run: async (request) => {
        const { cells, totals, sides, asOf, groupBy } = await explain(request)
        const differing = cells.filter(({ left, right, parts }) => parts.length > 0 || !isNothing(minus(right, left)))
        if (differing.length > mostRows) throw tooMany()
        const answerOf = (cell: Cell) => cellAnswer(cell, minus(cell.right, cell.left))
        const byName = (a: Cell, b: Cell) => (a.name < b.name ? -1 : 1)
        return {
          left: standsOf(sides.left),
          right: standsOf(sides.right),
          rows:
            groupBy.length === 0
              ? []
              : differing
                  .sort(byName)
                  .map((cell) => ({ ...groupAnswer(cell.key, groupBy.includes('campaign')), ...answerOf(cell) })),
          totals: totals.sort(byName).map(answerOf),
          asOf,
        }
      },
    }),

    get('/v1/metrics/explain/events', {
      may: 'metrics:read',
      summary: 'List the events of a part of a difference',
      description: 'With the parameters of `/v1/metrics/explain` as they were, and `next` of a part of its answer.',
      query: Type.Object({
        ...ExplainFilter.properties,
        cursor: Type.String({ maxLength: 2000, description: '`next` of the events of a part, or of the page before' }),
        limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 200, default: 50 })),
      }),
      answer: ExplainedEvents,
      run: async (request) => {
        const { cursor, limit = 50 } = request.query
        const [name, cause, after] = readCursor(cursor, 'explain', [cursorValue.text, isCause, cursorValue.whole])
        const { cells, totals, asOf } = await explain(request)
        const cell = [...cells, ...totals].find((each) => each.name === name)
        const part = cell?.parts.find((each) => each.cause === cause)
        if (!cell || !part) {
          throw invalid([
            { in: 'query', pointer: '/cursor', detail: 'must be `next` of an answer to the same question' },
          ])
        }
        const events = part.events.filter(({ position }) => position > after)
        const items = events.slice(0, limit)
        return {
          items: items.map((event) => eventAnswer(event, cell.key.currency)),
          next: events.length > limit ? cursorAfter(name, part.cause, items.at(-1)) : null,
          asOf,
        }
      },
    }),
  ]
}

const isCause = (value: unknown): value is (typeof causes)[number] => causes.some((cause) => cause === value)
