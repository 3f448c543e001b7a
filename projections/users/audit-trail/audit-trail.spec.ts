import { CampaignId, eventTypes, InvitationId, streamName, UserId } from '@bizosaas/schemas'
import { expect, test } from '@jest/globals'
import { client1, recorded, tenantA, uuid } from '../../runner/spec-support/records.ts'
import { auditTrail } from './audit-trail.ts'

const campaignId = CampaignId.parse(uuid('1', 1))
const [ann, bob] = [UserId.parse(uuid('9', 1)), UserId.parse(uuid('9', 2))]

test('says who did what to what, as which roles, for which client, and in which request', () => {
  const event = recorded('CampaignRenamed', { campaignId, name: 'Summer' }, { position: 90, origin: 'o' })
  expect(auditTrail.handle(event)).toEqual([
    {
      tenant_id: tenantA,
      client_id: client1,
      position: 90,
      ordinal: 0,
      event_id: event.eventId,
      type: 'CampaignRenamed',
      stream: event.stream,
      subject: campaignId,
      actor: 'user:anna',
      roles: 'owner viewer',
      origin: 'o',
      command_id: event.commandId,
      correlation_id: event.correlationId,
      causation_id: event.causationId,
      recorded_at: event.recordedAt,
    },
  ])
})

test('finds a person in whatever is about them', () => {
  const invitationId = InvitationId.parse(uuid('8', 1))
  const data = {
    invitationId,
    userId: ann,
    clientId: null,
    expiresAt: recorded('CampaignResumed', { campaignId }).recordedAt,
  }
  const invited = recorded('InvitationIssued', data, { stream: streamName('invitation', tenantA, invitationId) })
  expect(auditTrail.handle(invited)).toMatchObject([{ subject: ann }])
})

test('has a row for each person whose data was read', () => {
  const readId = uuid('7', 1)
  const data = { readId, route: 'GET /v1/users', subjects: [ann, bob] }
  const read = recorded('PersonalDataRead', data, { stream: streamName('personalDataRead', tenantA, readId) })
  expect(auditTrail.handle(read)).toMatchObject([
    { ordinal: 0, subject: ann, position: read.position },
    { ordinal: 1, subject: bob, position: read.position },
  ])
})

test('leaves out no event but claims, which stand beside a fact, and what could not be published', () => {
  const left = eventTypes.filter((type) => !auditTrail.types.has(type))
  expect([...left].sort()).toEqual(['Unreadable', 'ValueClaimed', 'ValueReleased'])
})

test('takes no event of a stream that is not the system’s', () => {
  const event = recorded('CampaignResumed', { campaignId: campaignId }, { stream: 'x' })
  expect(() => auditTrail.handle(event)).toThrow('no stream of this system')
})
