/** Which agencies are there, and which clients do they have? */
import { etagOf, get, Instant, notFound, type Request, type Route, reply, Uuid } from '@bizosaas/http'
import { type TenantRow, tenantList } from '@bizosaas/projections/users/tenant-list/tenant-list.ts'
import { type Static, Type } from 'typebox'
import { answered, type Reader, type Snapshot } from '../answer.ts'
import { After } from '../consistency.ts'
import { type CursorValue, cursorValue, readCursor } from '../cursor.ts'
import { Cursor, Limit, Next, pageOf } from '../page.ts'

const states = ['provisioning', 'active', 'suspended', 'offboarding'] as const satisfies readonly TenantRow['state'][]

const Organisation = Type.Object(
  {
    id: Uuid,
    name: Type.String(),
    state: Type.Enum(states),
    reason: Type.Union([Type.String(), Type.Null()], { description: 'Why it is suspended, as long as it is' }),
    revision: Type.Integer({ description: 'To be sent as `If-Match` with a command that must not overlook a change' }),
    createdAt: Instant,
    changedAt: Instant,
  },
  { title: 'Organisation', description: 'An agency, or a client of one' },
)

const Filter = Type.Object({
  state: Type.Optional(
    Type.Array(Type.Enum(states), { minItems: 1, maxItems: 4, description: 'One or more states, with commas between' }),
  ),
  limit: Type.Optional(Limit),
  cursor: Type.Optional(Cursor),
  after: Type.Optional(After),
})
type Filter = Omit<Static<typeof Filter>, 'state'> & { readonly state?: readonly string[] }

const columns = 'id, name, state, reason, revision, created_at, changed_at'

/** Agencies are what operators look after; an agency and its people see its clients. */
const kinds = {
  agencies: { may: 'agency:read', one: 'agency', condition: 'agency_id IS NULL' },
  clients: { may: 'client:read', one: 'client', condition: 'agency_id IS NOT NULL' },
} as const

export function tenantRoutes(read: Reader): Route[] {
  const routesOf = (plural: keyof typeof kinds): Route[] => {
    const { may, one, condition } = kinds[plural]
    const reading = async <Answer extends object>(
      request: Pick<Request, 'principal' | 'consistencyToken'> & { readonly query: { readonly after?: string } },
      ask: (snapshot: Snapshot, from: string) => Promise<Answer>,
    ) =>
      read(request, [tenantList], async (snapshot) => {
        // Until the end of this transaction; the table's rules let no other question see agencies beside its own.
        if (plural === 'agencies') await snapshot.tx.query(`SELECT set_config('app.all_agencies', 'yes', true)`)
        return ask(snapshot, `read_model.${snapshot.table(tenantList)} WHERE ${condition}`)
      })

    return [
      get(`/v1/${plural}`, {
        may,
        summary: `List ${plural}, by name`,
        query: Filter,
        answer: answered({ items: Type.Array(Organisation), next: Next }),
        run: (request) =>
          reading(request, async ({ tx }, from) => {
            const { limit = 50 } = request.query
            const { text, values } = pageQuery(from, { ...request.query, limit })
            const page = pageOf(await tx.query<TenantRow>(text, values), limit, 'name', ({ name, id }) => [name, id])
            return { items: page.rows.map(organisationOf), next: page.next }
          }),
      }),
      get(`/v1/${plural}/{id}`, {
        may,
        summary: `Read ${one === 'agency' ? 'an' : 'a'} ${one}`,
        query: Type.Object({ after: Type.Optional(After) }),
        answer: answered({ ...Organisation.properties }),
        run: async (request) => {
          const { id } = request.params
          const found = await reading(request, async ({ tx }, from) => {
            const [row] = await tx.query<TenantRow>(`SELECT ${columns} FROM ${from} AND id = $1`, [id])
            if (!row) throw notFound(`There is no ${one} ${id}.`)
            return organisationOf(row)
          })
          return reply(found, 200, { ETag: etagOf(found.revision) })
        },
      }),
    ]
  }
  return [...routesOf('agencies'), ...routesOf('clients')]
}

/** One row more than the page holds, to know whether there is a next one. */
function pageQuery(from: string, { state, cursor, limit }: Filter & { readonly limit: number }) {
  const values: (CursorValue | readonly string[])[] = []
  const bind = (value: CursorValue | readonly string[]) => `$${values.push(value)}`
  const conditions = ['']
  if (state) conditions.push(`state = ANY (${bind(state)})`)
  if (cursor) {
    const [name, id] = readCursor(cursor, 'name', [cursorValue.text, cursorValue.uuid])
    conditions.push(`(name, id) > (${bind(name)}, ${bind(id)}::uuid)`)
  }
  const text = `SELECT ${columns} FROM ${from}${conditions.join(' AND ')} ORDER BY name, id LIMIT ${bind(limit + 1)}`
  return { text, values }
}

const organisationOf = (row: TenantRow): Static<typeof Organisation> => ({
  id: row.id,
  name: row.name,
  state: row.state,
  reason: row.reason,
  revision: row.revision,
  createdAt: row.created_at,
  changedAt: row.changed_at,
})
