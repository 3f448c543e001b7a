import { type EventData, type EventType, streamName, TenantId } from '@bizosaas/schemas'
import { expect, test } from '@jest/globals'
import type { Recorded, Row } from '../../runner/projection.ts'
import { client1, recorded, tenantA, uuid } from '../../runner/spec-support/records.ts'
import { tenantList } from './tenant-list.ts'

const about = (id: string) => {
  const stream = streamName('tenant', tenantA, id)
  return <T extends EventType>(type: T, data: Omit<EventData[T], 'tenantId'>) =>
    recorded(type, { tenantId: id, ...data } as unknown as EventData[T], { stream } as object) as Recorded
}
const agency = about(tenantA)
const client = about(client1)
const provisioned = client('TenantProvisioned', { agencyId: tenantA, name: 'Shoes' })

/** The row after these events, each recorded a second after the one before. */
const rowAfter = (...events: Recorded[]) =>
  events.reduce<Row | null>((row, event, n) => {
    const recordedAt = `2026-11-22T00:00:0${n}.000000Z`
    return tenantList.handle(row, { ...event, revision: n, position: 100 + n, recordedAt } as Recorded)
  }, null)

test('a client is of its agency, and seen by its own people', () => {
  expect(rowAfter(provisioned)).toEqual({
    tenant_id: tenantA,
    id: client1,
    client_id: client1,
    agency_id: tenantA,
    name: 'Shoes',
    state: 'provisioning',
    reason: null,
    revision: 0,
    position: 100,
    created_at: '2026-11-22T00:00:00.000000Z',
    changed_at: '2026-11-22T00:00:00.000000Z',
  })
})

test('an agency is nobody’s client', () => {
  const row = rowAfter(agency('TenantProvisioned', { agencyId: null, name: 'North' }))
  expect(row).toMatchObject({ tenant_id: tenantA, id: tenantA, client_id: null, agency_id: null })
})

test('shows its latest name and state, and why it is suspended as long as it is', () => {
  const suspended = [
    provisioned,
    client('TenantActivated', {}),
    client('TenantSuspended', { reason: 'Unpaid' }),
    client('TenantRenamed', { name: 'Boots' }),
  ]
  expect(rowAfter(...suspended)).toMatchObject({ name: 'Boots', state: 'suspended', reason: 'Unpaid', revision: 3 })
  expect(rowAfter(...suspended, client('TenantActivated', {}))).toMatchObject({ state: 'active', reason: null })
  expect(rowAfter(...suspended, client('TenantOffboarded', {}))).toMatchObject({ state: 'offboarding', reason: null })
})

test('refuses events of what was never set up, or that stand with another one', () => {
  expect(() => rowAfter(client('TenantActivated', {}))).toThrow('never set up')
  const elsewhere = { ...provisioned, stream: streamName('tenant', tenantA, TenantId.parse(uuid('9', 2))) } as Recorded
  expect(() => tenantList.id(elsewhere)).toThrow('stands in the stream')
  expect(tenantList.id(provisioned)).toBe(client1)
})
