/** What happened to a campaign, who did it, and when? */
import { get, Instant, notFound, type Route, Uuid } from '@bizosaas/http'
import {
  campaignTimeline,
  type TimelineRow,
} from '@bizosaas/projections/campaigns/campaign-timeline/campaign-timeline.ts'
import { Type } from 'typebox'
import { answered, type Reader } from '../answer.ts'
import { After } from '../consistency.ts'
import { cursorValue, readCursor, writeCursor } from '../cursor.ts'
import { MomentText, type Past } from '../past/moment.ts'
import { VersionName } from '../past/named-version.ts'

const Entry = Type.Object(
  {
    revision: Type.Integer({ minimum: 0, description: 'Place in the history of the campaign, from 0' }),
    type: Type.String({ description: 'Name of the event' }),
    text: Type.String({ description: 'The event in words' }),
    actor: Type.String({ description: 'Who: a user or a service' }),
    at: Instant,
    eventId: Uuid,
    position: Type.Integer({ description: 'Place in the history of everything' }),
  },
  { title: 'TimelineEntry' },
)

const order = 'revision'

export const campaignTimelineRoutes = (read: Reader): Route[] => [
  get('/v1/campaigns/{id}/timeline', {
    may: 'campaign:read',
    summary: 'Read the history of a campaign',
    description: 'Every event of the campaign, from the first to the last; with `asOf` those that were known then.',
    params: { id: Uuid },
    query: Type.Object({
      limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 200, default: 50 })),
      cursor: Type.Optional(Type.String({ maxLength: 2000, description: '`next` of the page before' })),
      asOf: Type.Optional(MomentText),
      version: Type.Optional(VersionName),
      after: Type.Optional(After),
    }),
    answer: answered({
      items: Type.Array(Entry),
      next: Type.Union([Type.String(), Type.Null()], {
        description: 'The `cursor` of the next page; null on the last one',
      }),
    }),
    run: (request) =>
      read(request, [campaignTimeline], async ({ tx, table, past }) => {
        const { id } = request.params
        const { limit = 50, cursor } = request.query
        const [seen] = cursor === undefined ? [-1] : readCursor(cursor, order, [cursorValue.whole])
        const known = knownRows(past)
        const rows = await tx.prepared<TimelineRow>(
          `SELECT revision, type, text, actor, recorded_at, event_id, position FROM read_model.${table(campaignTimeline)}
           WHERE campaign_id = $1 AND revision > $2 AND ${known.condition('$4')} ORDER BY revision LIMIT $3`,
          [id, seen, limit + 1, known.value],
        )
        // every campaign has a history that begins with its creation
        if (rows.length === 0 && cursor === undefined) throw notFound(`There is no campaign ${id}.`)
        const last = rows.length > limit ? rows[limit - 1] : undefined
        return {
          items: rows.slice(0, limit).map(({ revision, type, text, actor, recorded_at, event_id, position }) => ({
            revision,
            type,
            text,
            actor,
            at: recorded_at,
            eventId: event_id,
            position,
          })),
          next: last ? writeCursor(order, [last.revision]) : null,
        }
      }),
  }),
]

const knownRows = (past: Past | null) => {
  if (past === null) return { condition: (value: string) => `${value}::text IS NULL`, value: null }
  const { moment } = past
  return 'position' in moment
    ? { condition: (value: string) => `position <= ${value}`, value: moment.position }
    : { condition: (value: string) => `recorded_at <= ${value}`, value: moment.instant }
}
