/** Which route policies are there, what do they say, and which one is in force? */
import { get, Instant, notFound, type Route, Uuid } from '@bizosaas/http'
import { type RoutePolicyRow, routePolicies } from '@bizosaas/projections/gateway/route-policies/route-policies.ts'
import { type Static, Type } from 'typebox'
import { answered, type Reader } from '../answer.ts'
import { After } from '../consistency.ts'

const members = {
  id: Uuid,
  title: Type.String(),
  state: Type.Enum(['draft', 'published', 'retired']),
  inForce: Type.Boolean({ description: 'Published last of those that are not retired: gateways follow it' }),
  revision: Type.Integer({ minimum: 0 }),
  createdAt: Instant,
  changedAt: Instant,
}
const Entry = Type.Object(members, { title: 'RoutePolicyEntry' })
const Entire = answered({
  ...members,
  policy: Type.Unknown({ description: 'As it was written, with what holds where it said nothing' }),
})

type Seen = RoutePolicyRow & { readonly in_force: boolean }

const mostEntries = 1_000
const columns = `id, title, state, revision, created_at, changed_at,
  state = 'published' AND published_position = max(published_position) FILTER (WHERE state = 'published') OVER () AS in_force`

const entryOf = ({ id, title, state, in_force, revision, created_at, changed_at }: Seen): Static<typeof Entry> => ({
  id,
  title,
  state,
  inForce: in_force,
  revision,
  createdAt: created_at,
  changedAt: changed_at,
})

export const routePolicyRoutes = (read: Reader): Route[] => [
  get('/v1/route-policies', {
    may: 'routePolicy:read',
    summary: 'List the route policies',
    description: 'The newest first. If none is in force, the default that ships with the gateway is.',
    query: Type.Object({ after: Type.Optional(After) }),
    answer: answered({ items: Type.Array(Entry) }),
    run: (request) =>
      read(request, [routePolicies], async ({ tx, table }) => {
        const rows = await tx.query<Seen>(
          `SELECT ${columns} FROM read_model.${table(routePolicies)} ORDER BY created_at DESC, id LIMIT ${mostEntries}`,
        )
        return { items: rows.map(entryOf) }
      }),
  }),
  get('/v1/route-policies/{id}', {
    may: 'routePolicy:read',
    summary: 'Read a route policy',
    query: Type.Object({ after: Type.Optional(After) }),
    answer: Entire,
    run: (request) =>
      read(request, [routePolicies], async ({ tx, table }) => {
        const [row] = await tx.query<Seen>(
          `SELECT * FROM (SELECT ${columns}, policy FROM read_model.${table(routePolicies)}) AS every WHERE id = $1`,
          [request.params.id],
        )
        if (row === undefined) throw notFound(`There is no route policy ${request.params.id}.`)
        return { ...entryOf(row), policy: row.policy }
      }),
  }),
]
