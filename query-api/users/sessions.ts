/** Where is a person signed in, or was? By what and from where is sealed, and opened here. */
import { get, Instant, notFound, type Request, type Route, Uuid } from '@bizosaas/http'
import { type SessionRow, sessionList } from '@bizosaas/projections/users/session-list/session-list.ts'
import { type UserRow, userList } from '@bizosaas/projections/users/user-list/user-list.ts'
import type { Opener } from '@bizosaas/sealed'
import { type Static, Type } from 'typebox'
import { answered, type Reader } from '../answer.ts'
import { After } from '../consistency.ts'
import { cursorValue, readCursor } from '../cursor.ts'
import { Nullable } from '../nullable.ts'
import { Cursor, Limit, Next, pageOf } from '../page.ts'
import { forAllClients, oneself } from './oneself.ts'
import { openNothing } from './person.ts'
import type { ReadLog } from './read-log.ts'

export const Session = Type.Object(
  {
    id: Uuid,
    applicationId: Uuid,
    device: Nullable(Type.String({ description: 'What the browser said it is' })),
    address: Nullable(Type.String({ description: 'Where the request came from' })),
    methods: Type.Array(Type.String(), {
      description:
        'By what the person showed who they are: pwd, otp and mfa as in RFC 8176; or fed, and the issuer of the outside provider',
    }),
    state: Type.Enum(['active', 'signedOut', 'reuseDetected'] as const satisfies readonly SessionRow['state'][]),
    startedAt: Instant,
    endedAt: Nullable(Instant),
  },
  {
    title: 'Session',
    description:
      'A sign-in with an application. One that nobody ended is active, and its tokens are good for two weeks from their last use; ' +
      'what is personal is null once the person is erased',
  },
)

const SessionFilter = Type.Object({
  limit: Type.Optional(Limit),
  cursor: Type.Optional(Cursor),
  after: Type.Optional(After),
})
const Sessions = answered({ items: Type.Array(Session), next: Next })

const columns = 'id, application_id, device, address, methods, state, started_at, ended_at'

type Asked = Request<unknown, Static<typeof SessionFilter>>

/** All of a person, whom the sender may see. */
export type SessionsOf = (request: Request, userId: string, open: Opener) => Promise<Static<typeof Session>[]>

export const sessionsReader =
  (read: Reader): SessionsOf =>
  async (request, userId, open) => {
    const { rows } = await read({ ...forAllClients(request), query: {} }, [sessionList], async ({ tx, table }) => ({
      rows: await tx.query<SessionRow>(
        `SELECT ${columns} FROM read_model.${table(sessionList)} WHERE user_id = $1 ORDER BY started_at DESC, id DESC`,
        [userId],
      ),
    }))
    return openSessions(open, rows)
  }

export function sessionRoutes(read: Reader, open: Opener, noted: ReadLog): Route[] {
  const list = async (request: Asked, userId: string) => {
    const { limit = 50, cursor } = request.query
    const { person } = await read(request, [userList], async ({ tx, table }) => {
      const [row] = await tx.query<Pick<UserRow, 'id' | 'client_id' | 'state'>>(
        `SELECT id, client_id, state FROM read_model.${table(userList)} WHERE id = $1`,
        [userId],
      )
      if (!row) throw notFound(`There is no person ${userId}.`)
      return { person: row }
    })
    // A session is of the agency, whichever client its person works for: who may see the person may see it.
    const { rows, asOf } = await read(forAllClients(request), [sessionList], async ({ tx, table }) => {
      const from = cursor ? readCursor(cursor, 'startedAt', [cursorValue.instant, cursorValue.uuid]) : []
      const rows = await tx.query<SessionRow>(
        `SELECT ${columns} FROM read_model.${table(sessionList)}
         WHERE user_id = $1 ${cursor ? 'AND (started_at, id) < ($3::timestamptz, $4::uuid)' : ''}
         ORDER BY started_at DESC, id DESC LIMIT $2`,
        [userId, limit + 1, ...from],
      )
      return { rows }
    })
    const page = pageOf(rows, limit, 'startedAt', ({ started_at, id }) => [started_at, id])
    const opening = person.state === 'erased' ? openNothing : open
    if (page.rows.length > 0 && opening === open) await noted(request, [person])
    return { items: await openSessions(opening, page.rows), next: page.next, asOf }
  }

  return [
    get('/v1/me/sessions', {
      may: 'self:read',
      summary: 'List where one is signed in, or was, the latest first',
      query: SessionFilter,
      answer: Sessions,
      run: (request) => {
        const [userId, asked] = oneself(request)
        return list(asked, userId)
      },
    }),
    get('/v1/users/{id}/sessions', {
      may: 'session:read',
      summary: 'List where a person is signed in, or was, the latest first',
      params: { id: Uuid },
      query: SessionFilter,
      answer: Sessions,
      run: (request) => list(request, request.params.id),
    }),
  ]
}

async function openSessions(open: Opener, rows: readonly SessionRow[]): Promise<Static<typeof Session>[]> {
  const texts = await open(
    rows.flatMap(({ device, address }) => [
      { field: 'device', sealed: device },
      { field: 'address', sealed: address },
    ]),
  )
  return rows.map((row, n) => ({
    id: row.id,
    applicationId: row.application_id,
    device: texts[2 * n] ?? null,
    address: texts[2 * n + 1] ?? null,
    methods: [...row.methods],
    state: row.state,
    startedAt: row.started_at,
    endedAt: row.ended_at,
  }))
}
