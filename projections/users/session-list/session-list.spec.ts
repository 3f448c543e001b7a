import { type EventData, type EventType, streamName, UserId } from '@bizosaas/schemas'
import { expect, test } from '@jest/globals'
import type { Recorded, Row } from '../../runner/projection.ts'
import { recorded, tenantA, uuid } from '../../runner/spec-support/records.ts'
import { sessionList } from './session-list.ts'

const sessionId = uuid('5', 1)
const facts = { stream: streamName('session', tenantA, sessionId), clientId: null }
const said = <T extends EventType>(type: T, data: Omit<EventData[T], 'sessionId'>) =>
  recorded(type, { sessionId, ...data } as unknown as EventData[T], facts as object) as Recorded
const sealed = (bytes: string) => ({ subject: uuid('9', 1), keyVersion: 1, bytes })
const [device, address] = [sealed('AAH/'), sealed('AAE=')]
const started = said('SessionStarted', {
  userId: UserId.parse(uuid('9', 1)),
  applicationId: uuid('6', 1),
  device,
  address,
  methods: ['pwd', 'otp', 'mfa'],
})
const signedOut = said('SessionSignedOut', {})

/** The row after these events, each recorded a second after the one before. */
const rowAfter = (...events: Recorded[]) =>
  events.reduce<Row | null>((row, event, n) => {
    const recordedAt = `2026-11-22T00:00:0${n}.000000Z`
    return sessionList.handle(row, { ...event, revision: n, position: 100 + n, recordedAt } as Recorded)
  }, null)

test('a session is active until it is ended, and says how that came', () => {
  expect(rowAfter(started)).toMatchObject({ state: 'active', ended_at: null })
  expect(rowAfter(started, signedOut)).toEqual({
    tenant_id: tenantA,
    id: sessionId,
    client_id: null,
    user_id: uuid('9', 1),
    application_id: uuid('6', 1),
    device,
    address,
    methods: ['pwd', 'otp', 'mfa'],
    state: 'signedOut',
    revision: 1,
    position: 101,
    started_at: '2026-11-22T00:00:00.000000Z',
    ended_at: '2026-11-22T00:00:01.000000Z',
  })
  expect(rowAfter(started, said('SessionReuseDetected', {}))).toMatchObject({ state: 'reuseDetected' })
})

test('refuses events of a session that never started, or that stand with another one', () => {
  expect(() => rowAfter(signedOut)).toThrow('never started')
  const elsewhere = { ...started, stream: streamName('session', tenantA, uuid('5', 2)) } as Recorded
  expect(() => sessionList.id(elsewhere)).toThrow('stands in the stream')
})
