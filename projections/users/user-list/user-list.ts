import type { Instant, Sealed, UserId } from '@bizosaas/schemas'
import { fold, type Owned } from '../../runner/projection.ts'
import { type PersonEvent, type UserFold, userIdOf } from '../events.ts'

/** A person as they are now. Who they are stays sealed, and is gone from the row as soon as they are to be erased. */
export type UserRow = Owned & {
  readonly id: UserId
  readonly state: UserState
  readonly email: Sealed | null
  /** To find the person by. */
  readonly email_digest: string | null
  readonly given_name: Sealed | null
  readonly family_name: Sealed | null
  readonly phone: Sealed | null
  readonly locale: string | null
  readonly time_zone: string | null
  readonly notifications: Readonly<Record<string, boolean>> | null
  /** The certificate: which keys were destroyed, when, and who asked for it. */
  readonly destroyed_keys: readonly number[] | null
  readonly destroyed_at: Instant | null
  readonly destroyed_by: string | null
  readonly revision: number
  readonly position: number
  readonly created_at: Instant
  readonly changed_at: Instant
}

export type UserState = 'invited' | 'active' | 'locked' | 'deactivated' | 'erased'

const nothingPersonal = {
  email: null,
  email_digest: null,
  given_name: null,
  family_name: null,
  phone: null,
  locale: null,
  time_zone: null,
  notifications: null,
}

const on: UserFold<UserRow> = {
  UserInvited: (_, event) => ({
    tenant_id: event.tenantId,
    id: event.data.userId,
    client_id: event.data.clientId,
    state: 'invited',
    ...nothingPersonal,
    email: event.data.email,
    email_digest: event.data.emailDigest,
    given_name: event.data.givenName,
    family_name: event.data.familyName,
    destroyed_keys: null,
    destroyed_at: null,
    destroyed_by: null,
    revision: event.revision,
    position: event.position,
    created_at: event.recordedAt,
    changed_at: event.recordedAt,
  }),
  UserActivated: (row, event) => changed(row, event, { state: 'active' }),
  UserLocked: (row, event) => changed(row, event, { state: 'locked' }),
  UserUnlocked: (row, event) => changed(row, event, { state: 'active' }),
  UserDeactivated: (row, event) => changed(row, event, { state: 'deactivated' }),
  UserProfileChanged: (row, event) => {
    const { givenName, familyName, phone } = event.data
    return changed(row, event, { given_name: givenName, family_name: familyName, phone })
  },
  UserEmailChanged: (row, event) =>
    changed(row, event, { email: event.data.email, email_digest: event.data.emailDigest }),
  UserPreferencesSet: (row, event) => {
    const { locale, timeZone, notifications } = event.data
    return changed(row, event, { locale, time_zone: timeZone, notifications })
  },
  UserErasureRequested: (row, event) => changed(row, event, { state: 'erased', ...nothingPersonal }),
  UserErased: (row, event) => {
    const { keyVersions, destroyedAt, destroyedBy } = event.data
    return changed(row, event, { destroyed_keys: keyVersions, destroyed_at: destroyedAt, destroyed_by: destroyedBy })
  },
}

export const userList = fold<UserRow>({
  name: 'user-list',
  version: 2,
  table: new URL('./table.sql', import.meta.url),
  id: userIdOf,
  on,
})

function changed(row: UserRow | null, event: PersonEvent, fields: Partial<UserRow>): UserRow {
  if (row === null) throw new Error(`${event.type} of a person who was never invited.`)
  return { ...row, ...fields, revision: event.revision, position: event.position, changed_at: event.recordedAt }
}
