/** Which campaigns are there, and how does one stand? */
import type { Postgres, Queryable } from '@bizosaas/databases'
import type { EventStore } from '@bizosaas/event-store'
import { etagOf, get, notFound, type Route, reply, Uuid } from '@bizosaas/http'
import { type CampaignRow, campaignList } from '@bizosaas/projections/campaigns/campaign-list/campaign-list.ts'
import { type Static, Type } from 'typebox'
import { answered, type Reader, type Snapshot } from '../answer.ts'
import { After } from '../consistency.ts'
import { type CursorValue, cursorValue, readCursor, writeCursor } from '../cursor.ts'
import { MomentText } from '../past/moment.ts'
import { VersionName } from '../past/named-version.ts'
import { candidates, rowsThen } from '../past/rows-then.ts'
import { Campaign, campaignColumns, campaignOf, State } from './campaign.ts'

const sorts = {
  name: { column: 'name', type: 'text', of: cursorValue.text, direction: 'ASC', past: '>' },
  '-name': { column: 'name', type: 'text', of: cursorValue.text, direction: 'DESC', past: '<' },
  changedAt: { column: 'changed_at', type: 'timestamptz', of: cursorValue.instant, direction: 'ASC', past: '>' },
  '-changedAt': { column: 'changed_at', type: 'timestamptz', of: cursorValue.instant, direction: 'DESC', past: '<' },
} as const
type Sort = keyof typeof sorts

const CampaignFilter = Type.Object({
  state: Type.Optional(
    Type.Array(State, { minItems: 1, maxItems: 9, description: 'One or more states, with commas between' }),
  ),
  search: Type.Optional(
    Type.String({ minLength: 1, maxLength: 200, description: 'Part of the name, in upper or lower case' }),
  ),
  sort: Type.Optional(
    Type.Enum(Object.keys(sorts) as Sort[], { description: 'A minus sign is descending', default: 'name' }),
  ),
  limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 200, default: 50 })),
  cursor: Type.Optional(Type.String({ maxLength: 2000, description: '`next` of the page before, in the same order' })),
  asOf: Type.Optional(MomentText),
  version: Type.Optional(VersionName),
  after: Type.Optional(After),
})
type Filter = Omit<Static<typeof CampaignFilter>, 'state'> & { readonly state?: readonly string[] }

const CampaignPage = answered({
  items: Type.Array(Campaign),
  next: Type.Union([Type.String(), Type.Null()], {
    description: 'The `cursor` of the next page; null on the last one',
  }),
})

export const campaignRoutes = (read: Reader, postgres: Postgres, store: Pick<EventStore, 'readStream'>): Route[] => [
  get('/v1/campaigns', {
    may: 'campaign:read',
    summary: 'List campaigns',
    description:
      'With `asOf` as they were at that moment: those that had been created, found, sorted and paged by what they were then. ' +
      'Campaigns that have changed since are folded from their events anew, at most 1,000 of them; beyond that the answer is 422. With `version` they are what that version holds.',
    query: CampaignFilter,
    answer: CampaignPage,
    run: async (request) => {
      const { sort = 'name', limit = 50, asOf: moment } = request.query
      const filter = { ...request.query, sort, limit }
      const tableIn = ({ table }: Snapshot) => `read_model.${table(campaignList)}`
      if (moment === undefined) {
        return read(request, [campaignList], (snapshot) => pageOf(snapshot.tx, tableIn(snapshot), [], filter))
      }
      const { asOf, table, found } = await read(request, [campaignList], async (snapshot) => ({
        table: tableIn(snapshot),
        found: await candidates<CampaignRow>(snapshot, campaignList),
      }))
      const rows = await rowsThen(store, request.principal, found)
      // The same statement on these rows, so that they are compared as they are in the table.
      const source = `jsonb_populate_recordset(NULL::${table}, $1)`
      return { ...(await pageOf(postgres, source, [JSON.stringify(rows)], filter)), asOf }
    },
  }),

  get('/v1/campaigns/{id}', {
    may: 'campaign:read',
    summary: 'Read a campaign',
    description:
      'With `asOf` as it was at that moment. Only an answer of now has an `ETag`: nothing can be commanded in the past.',
    params: { id: Uuid },
    query: Type.Object({
      asOf: Type.Optional(MomentText),
      version: Type.Optional(VersionName),
      after: Type.Optional(After),
    }),
    answer: answered({ ...Campaign.properties }),
    run: async (request) => {
      const { id } = request.params
      if (request.query.asOf === undefined) {
        const found = await read(request, [campaignList], async ({ tx, table }) => {
          const [row] = await tx.prepared<CampaignRow>(
            `SELECT ${campaignColumns} FROM read_model.${table(campaignList)} WHERE id = $1`,
            [id],
          )
          if (!row) throw notFound(`There is no campaign ${id}.`)
          return campaignOf(row)
        })
        return request.query.version === undefined ? reply(found, 200, { ETag: etagOf(found.revision) }) : found
      }
      const { asOf, found } = await read(request, [campaignList], async (snapshot) => ({
        found: await candidates<CampaignRow>(snapshot, campaignList, id),
      }))
      const [row] = await rowsThen(store, request.principal, found)
      if (!row) throw notFound(`There was no campaign ${id} then.`)
      return { ...campaignOf(row), asOf }
    },
  }),
]

async function pageOf(
  db: Queryable,
  source: string,
  values: readonly string[],
  filter: Filter & { sort: Sort; limit: number },
) {
  const { sort, limit } = filter
  const query = pageQuery(source, values, filter)
  const rows = await db.query<CampaignRow>(query.text, query.values)
  const last = rows.length > limit ? rows[limit - 1] : undefined
  return {
    items: rows.slice(0, limit).map(campaignOf),
    next: last ? writeCursor(sort, [sort.endsWith('name') ? last.name : last.changed_at, last.id]) : null,
  }
}

/**
 * One row more than the page holds, to know whether there is a next one.
 * @param source of the rows, and the values that it is written with
 */
function pageQuery(source: string, given: readonly string[], filter: Filter & { sort: Sort; limit: number }) {
  const { column, type, of, direction, past } = sorts[filter.sort]
  const values: (CursorValue | readonly string[])[] = [...given]
  const bind = (value: CursorValue | readonly string[]) => `$${values.push(value)}`
  const conditions = ['true']
  if (filter.state) conditions.push(`state = ANY (${bind(filter.state)})`)
  if (filter.search) conditions.push(`name ILIKE ${bind(`%${filter.search.replace(/[\\%_]/g, '\\$&')}%`)}`)
  if (filter.cursor) {
    const [value, id] = readCursor(filter.cursor, filter.sort, [of, cursorValue.uuid])
    conditions.push(`(${column}, id) ${past} (${bind(value)}::${type}, ${bind(id)}::uuid)`)
  }
  const text = `
    SELECT ${campaignColumns} FROM ${source}
    WHERE ${conditions.join(' AND ')}
    ORDER BY ${column} ${direction}, id ${direction}
    LIMIT ${bind(filter.limit + 1)}`
  return { text, values }
}
