import { ClientId, TenantId } from '@bizosaas/schemas'
import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { testDeciderLaws } from '../testing/decider-laws.ts'
import { eventsOf, live } from '../testing/history.ts'
import { type TenantCommand, tenant } from './tenant.ts'

const agencyId = TenantId.parse('019ab000-0000-4000-8000-0000000000aa')
const tenantId = TenantId.parse('019ab000-0000-4000-8000-000000000001')
const provision: TenantCommand = { type: 'provision', tenantId, agencyId, name: 'Acme' }
const activate: TenantCommand = { type: 'activate', tenantId }
const suspend: TenantCommand = { type: 'suspend', tenantId, reason: 'The bill is not paid.' }
const offboard: TenantCommand = { type: 'offboard', tenantId }
const rename = (name: string): TenantCommand => ({ type: 'rename', tenantId, name })

const after = (...commands: TenantCommand[]) => live(tenant, commands).at(-1)?.after ?? tenant.initial

describe('an agency or client', () => {
  test('is worked for from its activation to its offboarding, with halts in between', () => {
    const commands = [provision, activate, suspend, activate, suspend, offboard]
    expect(live(tenant, commands).flatMap(({ decision }) => eventsOf(decision).map(({ type }) => type))).toEqual([
      'TenantProvisioned',
      'TenantActivated',
      'TenantSuspended',
      'TenantActivated',
      'TenantSuspended',
      'TenantOffboarded',
    ])
    expect(after(...commands).state).toBe('offboarding')
  })

  test('belongs to the client if it is one, and to the agency if not', () => {
    expect(tenant.clientOf(after(provision))).toBe(ClientId.parse(tenantId))
    expect(tenant.clientOf(after({ ...provision, agencyId: null } as TenantCommand))).toBeNull()
  })

  test('takes a new name until it leaves', () => {
    expect(after(provision, rename('Bcme')).name).toBe('Bcme')
    expect(tenant.decide(rename('Bcme'), after(provision, rename('Bcme')))).toEqual([])
    expect(tenant.decide(rename('Bcme'), after(provision, activate, offboard))).toMatchObject({
      refusal: 'illegal-step',
    })
  })

  test('is refused every step that its state does not allow, and everything before it is set up', () => {
    expect(tenant.decide(suspend, after(provision))).toMatchObject({ refusal: 'illegal-step', state: 'provisioning' })
    expect(tenant.decide(activate, after(provision, activate, offboard))).toMatchObject({ refusal: 'illegal-step' })
    for (const command of [activate, suspend, offboard, rename('x')])
      expect(tenant.decide(command, tenant.initial)).toMatchObject({ refusal: 'not-found' })
  })

  testDeciderLaws(tenant, fc.constantFrom(provision, activate, suspend, offboard, rename('A'), rename('B')))
})
