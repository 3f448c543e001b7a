import { type EventData, type EventType, Instant, type Sealed, streamName, UserId } from '@bizosaas/schemas'
import { expect, test } from '@jest/globals'
import type { Recorded, Row } from '../../runner/projection.ts'
import { client1, recorded, tenantA, uuid } from '../../runner/spec-support/records.ts'
import { userList } from './user-list.ts'

const userId = UserId.parse(uuid('9', 1))
const sealed = (text: string): Sealed => ({
  subject: userId,
  keyVersion: 1,
  bytes: Buffer.from(text).toString('base64'),
})
const [email, givenName, familyName, phone] = ['e', 'g', 'f', 'p'].map(sealed) as [Sealed, Sealed, Sealed, Sealed]
const stream = streamName('user', tenantA, userId)
const said = <T extends EventType>(type: T, data: Omit<EventData[T], 'userId'>) =>
  recorded(type, { userId, ...data } as unknown as EventData[T], { stream } as object) as Recorded
const invited = said('UserInvited', { clientId: client1, email, emailDigest: 'd1', givenName, familyName })
const destroyedAt = Instant.parse('2026-11-26T17:00:00.000000Z')

/** The row after these events, each recorded a second after the one before. */
const rowAfter = (...events: Recorded[]) =>
  events.reduce<Row | null>(
    (row, event, n) =>
      userList.handle(row, {
        ...event,
        revision: n,
        position: 100 + n,
        recordedAt: `2026-11-22T00:00:0${n}.000000Z`,
      } as Recorded),
    null,
  )

test('begins as invited, with a name and an address that are sealed', () => {
  expect(rowAfter(invited)).toEqual({
    tenant_id: tenantA,
    id: userId,
    client_id: client1,
    state: 'invited',
    email,
    email_digest: 'd1',
    given_name: givenName,
    family_name: familyName,
    phone: null,
    locale: null,
    time_zone: null,
    notifications: null,
    destroyed_keys: null,
    destroyed_at: null,
    destroyed_by: null,
    revision: 0,
    position: 100,
    created_at: '2026-11-22T00:00:00.000000Z',
    changed_at: '2026-11-22T00:00:00.000000Z',
  })
})

test.each([
  ['UserActivated', 'active'],
  ['UserLocked', 'locked'],
  ['UserUnlocked', 'active'],
  ['UserDeactivated', 'deactivated'],
] as const)('is, after %s, %s, and nothing else of it changes', (type, state) => {
  const moved = { revision: 1, position: 101, changed_at: '2026-11-22T00:00:01.000000Z' }
  expect(rowAfter(invited, said(type, {}))).toEqual({ ...rowAfter(invited), state, ...moved })
})

test('shows the latest profile and preferences', () => {
  const notifications = { email: true, sms: false }
  const preferences = { locale: 'de-CH', timeZone: 'Europe/Zurich', notifications }
  const row = rowAfter(
    invited,
    said('UserProfileChanged', { givenName: familyName, familyName: givenName, phone }),
    said('UserPreferencesSet', preferences),
  )
  expect(row).toMatchObject({ given_name: familyName, family_name: givenName, phone, email, email_digest: 'd1' })
  expect(row).toMatchObject({ locale: 'de-CH', time_zone: 'Europe/Zurich', notifications, revision: 2 })
})

test('shows the latest address', () => {
  const moved = said('UserEmailChanged', { email: phone, emailDigest: 'd2' })
  expect(rowAfter(invited, moved)).toMatchObject({ email: phone, email_digest: 'd2', given_name: givenName })
})

test('holds nothing about a person who is to be erased, and in the end the certificate', () => {
  const profile = said('UserProfileChanged', { givenName, familyName, phone })
  const erasure = [invited, profile, said('UserErasureRequested', {})]
  const gone = rowAfter(...erasure)
  expect(JSON.stringify(gone)).not.toContain('bytes')
  expect(gone).toMatchObject({ id: userId, state: 'erased', email_digest: null, destroyed_at: null })
  const certificate = { keyVersions: [1, 2], destroyedAt, destroyedBy: 'olga' }
  expect(rowAfter(...erasure, said('UserErased', certificate))).toMatchObject({
    state: 'erased',
    destroyed_keys: [1, 2],
    destroyed_at: destroyedAt,
    destroyed_by: 'olga',
  })
})

test('refuses events of somebody who was never invited, or that stand with somebody else', () => {
  expect(() => rowAfter(said('UserLocked', {}))).toThrow('UserLocked of a person who was never invited')
  const elsewhere = { ...invited, stream: streamName('user', tenantA, uuid('9', 2)) } as Recorded
  expect(() => userList.kind === 'fold' && userList.id(elsewhere)).toThrow('stands in the stream')
  expect(userList.id(invited)).toBe(userId)
})
