/** Which campaigns are there, and how does one stand? */
import { etagOf, get, notFound, type Route, reply, Uuid } from '@bizosaas/http'
import { type CampaignRow, campaignList } from '@bizosaas/projections/campaigns/campaign-list/campaign-list.ts'
import { type Static, Type } from 'typebox'
import { answered, type Reader } from '../answer.ts'
import { After } from '../consistency.ts'
import { type CursorValue, cursorValue, readCursor, writeCursor } from '../cursor.ts'
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
  after: Type.Optional(After),
})
type Filter = Omit<Static<typeof CampaignFilter>, 'state'> & { readonly state?: readonly string[] }

const CampaignPage = answered({
  items: Type.Array(Campaign),
  next: Type.Union([Type.String(), Type.Null()], {
    description: 'The `cursor` of the next page; null on the last one',
  }),
})

export const campaignRoutes = (read: Reader): Route[] => [
  get('/v1/campaigns', {
    may: 'campaign:read',
    summary: 'List campaigns',
    query: CampaignFilter,
    answer: CampaignPage,
    run: (request) =>
      read(request, [campaignList], async ({ tx, table }) => {
        const { sort = 'name', limit = 50 } = request.query
        const { text, values } = pageQuery(`read_model.${table(campaignList)}`, { ...request.query, sort, limit })
        const rows = await tx.query<CampaignRow>(text, values)
        const last = rows.length > limit ? rows[limit - 1] : undefined
        return {
          items: rows.slice(0, limit).map(campaignOf),
          next: last ? writeCursor(sort, [sort.endsWith('name') ? last.name : last.changed_at, last.id]) : null,
        }
      }),
  }),

  get('/v1/campaigns/{id}', {
    may: 'campaign:read',
    summary: 'Read a campaign',
    params: { id: Uuid },
    query: Type.Object({ after: Type.Optional(After) }),
    answer: answered({ ...Campaign.properties }),
    run: async (request) => {
      const { id } = request.params
      const found = await read(request, [campaignList], async ({ tx, table }) => {
        const [row] = await tx.query<CampaignRow>(
          `SELECT ${campaignColumns} FROM read_model.${table(campaignList)} WHERE id = $1`,
          [id],
        )
        if (!row) throw notFound(`There is no campaign ${id}.`)
        return campaignOf(row)
      })
      return reply(found, 200, { ETag: etagOf(found.revision) })
    },
  }),
]

/** One row more than the page holds, to know whether there is a next one. */
function pageQuery(table: string, filter: Filter & { sort: Sort; limit: number }) {
  const { column, type, of, direction, past } = sorts[filter.sort]
  const values: (CursorValue | readonly string[])[] = []
  const bind = (value: CursorValue | readonly string[]) => `$${values.push(value)}`
  const conditions = ['true']
  if (filter.state) conditions.push(`state = ANY (${bind(filter.state)})`)
  if (filter.search) conditions.push(`name ILIKE ${bind(`%${filter.search.replace(/[\\%_]/g, '\\$&')}%`)}`)
  if (filter.cursor) {
    const [value, id] = readCursor(filter.cursor, filter.sort, [of, cursorValue.uuid])
    conditions.push(`(${column}, id) ${past} (${bind(value)}::${type}, ${bind(id)}::uuid)`)
  }
  const text = `
    SELECT ${campaignColumns} FROM ${table}
    WHERE ${conditions.join(' AND ')}
    ORDER BY ${column} ${direction}, id ${direction}
    LIMIT ${bind(filter.limit + 1)}`
  return { text, values }
}
