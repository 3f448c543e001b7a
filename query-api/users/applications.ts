/** Which programs may ask for access tokens? */
import { etagOf, get, Instant, notFound, type Route, reply, Uuid } from '@bizosaas/http'
import { type ApplicationRow, applicationList } from '@bizosaas/projections/users/application-list/application-list.ts'
import { type Static, Type } from 'typebox'
import { answered, type Reader } from '../answer.ts'
import { After } from '../consistency.ts'
import { type CursorValue, cursorValue, readCursor } from '../cursor.ts'
import { Cursor, Limit, Next, pageOf } from '../page.ts'

const Application = Type.Object(
  {
    id: Uuid,
    title: Type.String(),
    hasSecret: Type.Boolean(),
    secretVersion: Type.Integer({ description: 'How often the secret was rotated' }),
    redirectUris: Type.Array(Type.String()),
    roles: Type.Array(Type.String(), { description: 'What it may do for itself' }),
    clients: Type.Union([Type.Array(Uuid), Type.Null()], { description: 'For which clients; null for all of them' }),
    isRetired: Type.Boolean({ description: 'It gets no more tokens' }),
    revision: Type.Integer({ description: 'To be sent as `If-Match` with a command that must not overlook a change' }),
    createdAt: Instant,
    changedAt: Instant,
  },
  { title: 'Application' },
)

const columns =
  'id, title, has_secret, secret_version, redirect_uris, roles, clients, is_retired, revision, created_at, changed_at'

export const applicationRoutes = (read: Reader): Route[] => [
  get('/v1/applications', {
    may: 'application:read',
    summary: 'List the programs that may ask for access tokens, by title',
    query: Type.Object({
      limit: Type.Optional(Limit),
      cursor: Type.Optional(Cursor),
      after: Type.Optional(After),
    }),
    answer: answered({ items: Type.Array(Application), next: Next }),
    run: (request) =>
      read(request, [applicationList], async ({ tx, table }) => {
        const { limit = 50, cursor } = request.query
        const values: CursorValue[] = cursor ? readCursor(cursor, 'title', [cursorValue.text, cursorValue.uuid]) : []
        const rows = await tx.query<ApplicationRow>(
          `SELECT ${columns} FROM read_model.${table(applicationList)} ${cursor ? 'WHERE (title, id) > ($1, $2::uuid)' : ''}
           ORDER BY title, id LIMIT $${values.length + 1}`,
          [...values, limit + 1],
        )
        const page = pageOf(rows, limit, 'title', ({ title, id }) => [title, id])
        return { items: page.rows.map(applicationOf), next: page.next }
      }),
  }),
  get('/v1/applications/{id}', {
    may: 'application:read',
    summary: 'Read a program that may ask for access tokens',
    params: { id: Uuid },
    query: Type.Object({ after: Type.Optional(After) }),
    answer: answered({ ...Application.properties }),
    run: async (request) => {
      const { id } = request.params
      const found = await read(request, [applicationList], async ({ tx, table }) => {
        const [row] = await tx.query<ApplicationRow>(
          `SELECT ${columns} FROM read_model.${table(applicationList)} WHERE id = $1`,
          [id],
        )
        if (!row) throw notFound(`There is no application ${id}.`)
        return applicationOf(row)
      })
      return reply(found, 200, { ETag: etagOf(found.revision) })
    },
  }),
]

const applicationOf = (row: ApplicationRow): Static<typeof Application> => ({
  id: row.id,
  title: row.title,
  hasSecret: row.has_secret,
  secretVersion: row.secret_version,
  redirectUris: [...row.redirect_uris],
  roles: [...row.roles],
  clients: row.clients && [...row.clients],
  isRetired: row.is_retired,
  revision: row.revision,
  createdAt: row.created_at,
  changedAt: row.changed_at,
})
