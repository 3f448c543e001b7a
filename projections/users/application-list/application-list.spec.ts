import { type EventData, type EventType, streamName } from '@bizosaas/schemas'
import { expect, test } from '@jest/globals'
import type { Recorded, Row } from '../../runner/projection.ts'
import { recorded, tenantA, uuid } from '../../runner/spec-support/records.ts'
import { applicationList } from './application-list.ts'

const applicationId = uuid('6', 1)
const facts = { stream: streamName('application', tenantA, applicationId), clientId: null }
const said = <T extends EventType>(type: T, data: Omit<EventData[T], 'applicationId'>) =>
  recorded(type, { applicationId, ...data } as unknown as EventData[T], facts as object) as Recorded
const registered = said('ApplicationRegistered', {
  title: 'Importer',
  hasSecret: true,
  redirectUris: [],
  roles: ['service'],
  clients: [uuid('c', 1)],
})
const rotated = said('ApplicationSecretRotated', { secretVersion: 1 })
const retired = said('ApplicationRetired', {})

/** The row after these events, each recorded a second after the one before. */
const rowAfter = (...events: Recorded[]) =>
  events.reduce<Row | null>((row, event, n) => {
    const recordedAt = `2026-11-22T00:00:0${n}.000000Z`
    return applicationList.handle(row, { ...event, revision: n, position: 100 + n, recordedAt } as Recorded)
  }, null)

test('an application is what was registered, with how often its secret changed, and says when it is retired', () => {
  expect(rowAfter(registered, rotated, retired)).toEqual({
    tenant_id: tenantA,
    id: applicationId,
    client_id: null,
    title: 'Importer',
    has_secret: true,
    secret_version: 1,
    redirect_uris: [],
    roles: ['service'],
    clients: [uuid('c', 1)],
    is_retired: true,
    revision: 2,
    position: 102,
    created_at: '2026-11-22T00:00:00.000000Z',
    changed_at: '2026-11-22T00:00:02.000000Z',
  })
})

test('refuses events of an application that was never registered, or that stand with another one', () => {
  expect(() => rowAfter(retired)).toThrow('never registered')
  const elsewhere = { ...registered, stream: streamName('application', tenantA, uuid('6', 2)) } as Recorded
  expect(() => applicationList.id(elsewhere)).toThrow('stands in the stream')
})
