/** People as the API answers them: what is sealed in the rows is opened here, and nowhere before. */
import { Instant, type Request, Uuid } from '@bizosaas/http'
import type { MembershipRow } from '@bizosaas/projections/users/memberships/memberships.ts'
import type { UserRow, UserState } from '@bizosaas/projections/users/user-list/user-list.ts'
import type { Opener, SealedField } from '@bizosaas/sealed'
import { type Static, Type } from 'typebox'
import { Nullable } from '../nullable.ts'
import type { ReadLog } from './read-log.ts'

export const userStates = [
  'invited',
  'active',
  'locked',
  'deactivated',
  'erased',
] as const satisfies readonly UserState[]

export const User = Type.Object(
  {
    id: Uuid,
    clientId: Nullable(Uuid),
    state: Type.Enum(userStates),
    email: Nullable(Type.String()),
    givenName: Nullable(Type.String()),
    familyName: Nullable(Type.String()),
    phone: Nullable(Type.String()),
    locale: Nullable(Type.String()),
    timeZone: Nullable(Type.String()),
    notifications: Nullable(Type.Record(Type.String(), Type.Boolean())),
    erasure: Nullable(
      Type.Object(
        { keyVersions: Type.Array(Type.Integer()), destroyedAt: Instant, destroyedBy: Type.String() },
        { description: 'The certificate: which keys were destroyed, when, and who asked for it' },
      ),
    ),
    revision: Type.Integer({ description: 'To be sent as `If-Match` with a command that must not overlook a change' }),
    createdAt: Instant,
    changedAt: Instant,
  },
  { title: 'User', description: 'What is personal is null once the person is erased' },
)
export type User = Static<typeof User>

export const Membership = Type.Object(
  {
    userId: Uuid,
    clientId: Nullable(Uuid),
    roles: Type.Array(Type.String()),
    customRoles: Type.Array(Uuid),
    clients: Nullable(Type.Array(Uuid)),
    isRevoked: Type.Boolean(),
    revision: Type.Integer(),
    changedAt: Instant,
  },
  { title: 'Membership', description: '`clients` is null for all of the agency' },
)

export const userColumns =
  'id, client_id, state, email, given_name, family_name, phone, locale, time_zone, notifications, destroyed_keys, destroyed_at, destroyed_by, revision, created_at, changed_at'

/** In the events, each is sealed under its own name. */
const sealedColumns = { email: 'email', givenName: 'given_name', familyName: 'family_name', phone: 'phone' } as const
type Personal = keyof typeof sealedColumns
const personal = Object.keys(sealedColumns) as Personal[]

/** Who is to be erased is read by nobody, also before their keys are gone. */
export const openNothing: Opener = async (fields) => fields.map(() => null)

export type OpenUsers = (request: Request, rows: readonly UserRow[]) => Promise<readonly User[]>

/** Opens what is sealed of all of them at once. Who had what opened is recorded before. */
export function usersOpener(open: Opener, noted: ReadLog): OpenUsers {
  return async (request, rows) => {
    await noted(
      request,
      rows.filter((row) => personal.some((field) => row[sealedColumns[field]] !== null)),
    )
    return openUsers(open, rows)
  }
}

/** @throws StoreUnavailable */
async function openUsers(open: Opener, rows: readonly UserRow[]): Promise<readonly User[]> {
  const found = rows.flatMap((row) =>
    personal.flatMap((field) => {
      const sealed = row[sealedColumns[field]]
      return sealed === null ? [] : [{ id: row.id, field, sealed }]
    }),
  )
  const texts = await open(found satisfies readonly SealedField[])
  const said = new Map(found.map(({ id, field }, n) => [`${id} ${field}`, texts[n] ?? null]))
  return rows.map((row) => userOf(row, (field) => said.get(`${row.id} ${field}`) ?? null))
}

function userOf(row: UserRow, of: (field: Personal) => string | null): User {
  const { destroyed_keys: keyVersions, destroyed_at: destroyedAt, destroyed_by: destroyedBy } = row
  const isCertified = keyVersions !== null && destroyedAt !== null && destroyedBy !== null
  return {
    id: row.id,
    clientId: row.client_id,
    state: row.state,
    email: of('email'),
    givenName: of('givenName'),
    familyName: of('familyName'),
    phone: of('phone'),
    locale: row.locale,
    timeZone: row.time_zone,
    notifications: row.notifications,
    erasure: isCertified ? { keyVersions: [...keyVersions], destroyedAt, destroyedBy } : null,
    revision: row.revision,
    createdAt: row.created_at,
    changedAt: row.changed_at,
  }
}

export function membershipOf(row: MembershipRow): Static<typeof Membership> {
  return {
    userId: row.id,
    clientId: row.client_id,
    roles: [...row.roles],
    customRoles: [...row.custom_roles],
    clients: row.clients && [...row.clients],
    isRevoked: row.is_revoked,
    revision: row.revision,
    changedAt: row.changed_at,
  }
}
