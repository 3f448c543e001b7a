/** Which roles has the agency made for itself? */
import { etagOf, get, Instant, notFound, type Route, reply, Uuid } from '@bizosaas/http'
import { type RoleRow, roleList } from '@bizosaas/projections/users/role-list/role-list.ts'
import { type Static, Type } from 'typebox'
import { answered, type Reader } from '../answer.ts'
import { After } from '../consistency.ts'
import { type CursorValue, cursorValue, readCursor } from '../cursor.ts'
import { Cursor, Limit, Next, pageOf } from '../page.ts'

const CustomRole = Type.Object(
  {
    id: Uuid,
    name: Type.String(),
    permissions: Type.Array(Type.String()),
    isRetired: Type.Boolean({ description: 'It is given to nobody any more' }),
    revision: Type.Integer({ description: 'To be sent as `If-Match` with a command that must not overlook a change' }),
    createdAt: Instant,
    changedAt: Instant,
  },
  { title: 'CustomRole' },
)

const columns = 'id, name, permissions, is_retired, revision, created_at, changed_at'

export const roleRoutes = (read: Reader): Route[] => [
  get('/v1/roles', {
    may: 'role:read',
    summary: "List the agency's own roles, by name",
    query: Type.Object({
      limit: Type.Optional(Limit),
      cursor: Type.Optional(Cursor),
      after: Type.Optional(After),
    }),
    answer: answered({ items: Type.Array(CustomRole), next: Next }),
    run: (request) =>
      read(request, [roleList], async ({ tx, table }) => {
        const { limit = 50, cursor } = request.query
        const values: CursorValue[] = cursor ? readCursor(cursor, 'name', [cursorValue.text, cursorValue.uuid]) : []
        const rows = await tx.query<RoleRow>(
          `SELECT ${columns} FROM read_model.${table(roleList)} ${cursor ? 'WHERE (name, id) > ($1, $2::uuid)' : ''}
           ORDER BY name, id LIMIT $${values.length + 1}`,
          [...values, limit + 1],
        )
        const page = pageOf(rows, limit, 'name', ({ name, id }) => [name, id])
        return { items: page.rows.map(customRoleOf), next: page.next }
      }),
  }),
  get('/v1/roles/{id}', {
    may: 'role:read',
    summary: "Read a role of the agency's own",
    query: Type.Object({ after: Type.Optional(After) }),
    answer: answered({ ...CustomRole.properties }),
    run: async (request) => {
      const { id } = request.params
      const found = await read(request, [roleList], async ({ tx, table }) => {
        const [row] = await tx.query<RoleRow>(`SELECT ${columns} FROM read_model.${table(roleList)} WHERE id = $1`, [
          id,
        ])
        if (!row) throw notFound(`There is no role ${id}.`)
        return customRoleOf(row)
      })
      return reply(found, 200, { ETag: etagOf(found.revision) })
    },
  }),
]

const customRoleOf = (row: RoleRow): Static<typeof CustomRole> => ({
  id: row.id,
  name: row.name,
  permissions: [...row.permissions],
  isRetired: row.is_retired,
  revision: row.revision,
  createdAt: row.created_at,
  changedAt: row.changed_at,
})
