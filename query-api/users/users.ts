/** Who works for the agency and its clients, and what may they do? */
import { etagOf, get, notFound, type Request, type Route, reply, Uuid } from '@bizosaas/http'
import { type MembershipRow, memberships } from '@bizosaas/projections/users/memberships/memberships.ts'
import { type UserRow, userList } from '@bizosaas/projections/users/user-list/user-list.ts'
import type { EmailDigest } from '@bizosaas/sealed'
import { Type } from 'typebox'
import { answered, type Reader } from '../answer.ts'
import { After } from '../consistency.ts'
import { type CursorValue, cursorValue, readCursor, writeCursor } from '../cursor.ts'
import { Cursor, Limit, Next } from '../page.ts'
import { oneself } from './oneself.ts'
import { Membership, membershipOf, type OpenUsers, User, userColumns, userStates } from './person.ts'

const UserFilter = Type.Object({
  state: Type.Optional(
    Type.Array(Type.Enum(userStates), {
      minItems: 1,
      maxItems: 5,
      description: 'One or more states, with commas between',
    }),
  ),
  email: Type.Optional(
    Type.String({ minLength: 3, maxLength: 254, description: 'The whole address, in upper or lower case' }),
  ),
  limit: Type.Optional(Limit),
  cursor: Type.Optional(Cursor),
  after: Type.Optional(After),
})

const MembershipFilter = Type.Object({
  clientId: Type.Optional(Type.String({ format: 'uuid', description: 'Those who may work for this client' })),
  role: Type.Optional(Type.String({ minLength: 1, maxLength: 50, description: 'Those who hold this role' })),
  limit: Type.Optional(Limit),
  cursor: Type.Optional(Cursor),
  after: Type.Optional(After),
})

const columnsOfMembership = 'id, client_id, roles, custom_roles, clients, is_revoked, revision, changed_at'
export const Person = { user: User, membership: Type.Union([Membership, Type.Null()]) }

type Asked = Request & { readonly query: { readonly after?: string } }

/** A person whom the sender may see. @throws Problem not-found */
export type PersonOf = ReturnType<typeof personReader>

export function personReader(read: Reader, openUsers: OpenUsers) {
  return async (request: Asked, id: string) => {
    const { row, membership, asOf } = await read(request, [userList, memberships], async ({ tx, table }) => {
      const of = async <Row extends object>(columns: string, model: Parameters<typeof table>[0]) =>
        (await tx.query<Row>(`SELECT ${columns} FROM read_model.${table(model)} WHERE id = $1`, [id]))[0]
      const row = await of<UserRow>(userColumns, userList)
      if (!row) throw notFound(`There is no user ${id}.`)
      const membership = await of<MembershipRow>(columnsOfMembership, memberships)
      return { row, membership: membership ? membershipOf(membership) : null }
    })
    const [user] = await openUsers(request, [row])
    return { user: user as User, membership, asOf }
  }
}

export function userRoutes(read: Reader, openUsers: OpenUsers, digest: EmailDigest): Route[] {
  const personOf = personReader(read, openUsers)
  const answer = async (request: Asked, id: string) => {
    const found = await personOf(request, id)
    return reply(found, 200, { ETag: etagOf(found.user.revision) })
  }

  const list = get('/v1/users', {
    may: 'user:read',
    summary: 'List people, in the order in which they came',
    query: UserFilter,
    answer: answered({ items: Type.Array(User), next: Next }),
    run: async (request) => {
      const { state, email, limit = 50, cursor } = request.query
      const { tenantId } = request.principal
      const { rows, asOf } = await read(request, [userList], async ({ tx, table }) => {
        const values: (CursorValue | readonly string[])[] = []
        const bind = (value: CursorValue | readonly string[]) => `$${values.push(value)}`
        const conditions = ['true']
        if (state) conditions.push(`state = ANY (${bind(state)})`)
        if (email) conditions.push(`email_digest = ${bind(digest(tenantId, email))}`)
        if (cursor) {
          const [at, id] = readCursor(cursor, 'createdAt', [cursorValue.instant, cursorValue.uuid])
          conditions.push(`(created_at, id) > (${bind(at)}::timestamptz, ${bind(id)}::uuid)`)
        }
        const text = `
          SELECT ${userColumns} FROM read_model.${table(userList)} WHERE ${conditions.join(' AND ')}
          ORDER BY created_at, id LIMIT ${bind(limit + 1)}`
        return { rows: await tx.query<UserRow>(text, values) }
      })
      const page = rows.slice(0, limit)
      const last = rows.length > limit ? page.at(-1) : undefined
      const next = last ? writeCursor('createdAt', [last.created_at, last.id]) : null
      return { items: [...(await openUsers(request, page))], next, asOf }
    },
  })

  const one = get('/v1/users/{id}', {
    may: 'user:read',
    summary: 'Read a person: who they are, and what they may do',
    params: { id: Uuid },
    query: Type.Object({ after: Type.Optional(After) }),
    answer: answered(Person),
    run: (request) => answer(request, request.params.id),
  })

  const self = get('/v1/me', {
    may: 'self:read',
    summary: 'Read what is known about oneself',
    query: Type.Object({ after: Type.Optional(After) }),
    answer: answered(Person),
    run: (request) => {
      const [userId, asked] = oneself(request)
      return answer(asked, userId)
    },
  })

  const listMemberships = get('/v1/memberships', {
    may: 'user:read',
    summary: 'List who may do what, and for which clients',
    query: MembershipFilter,
    answer: answered({ items: Type.Array(Membership), next: Next }),
    run: (request) =>
      read(request, [memberships], async ({ tx, table }) => {
        const { clientId, role, limit = 50, cursor } = request.query
        const values: CursorValue[] = []
        const bind = (value: CursorValue) => `$${values.push(value)}`
        const conditions = ['NOT is_revoked']
        if (clientId) conditions.push(`(clients = 'null' OR clients ? ${bind(clientId.toLowerCase())})`)
        if (role) conditions.push(`(roles ? ${bind(role)} OR custom_roles ? ${bind(role.toLowerCase())})`)
        if (cursor) conditions.push(`id > ${bind(readCursor(cursor, 'id', [cursorValue.uuid])[0])}::uuid`)
        const text = `
          SELECT ${columnsOfMembership} FROM read_model.${table(memberships)} WHERE ${conditions.join(' AND ')}
          ORDER BY id LIMIT ${bind(limit + 1)}`
        const rows = await tx.query<MembershipRow>(text, values)
        const last = rows.length > limit ? rows[limit - 1] : undefined
        return { items: rows.slice(0, limit).map(membershipOf), next: last ? writeCursor('id', [last.id]) : null }
      }),
  })

  return [list, one, self, listMemberships]
}
