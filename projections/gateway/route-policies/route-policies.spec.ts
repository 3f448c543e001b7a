import { streamName } from '@bizosaas/schemas'
import { describe, expect, test } from '@jest/globals'
import type { Recorded, Row } from '../../runner/projection.ts'
import { recorded, tenantA, uuid } from '../../runner/spec-support/records.ts'
import { routePolicies } from './route-policies.ts'

const policyId = uuid('7', 1)
const policy = (origin: string) => ({ routes: [], limits: [], plans: [], corsOrigins: [origin] })
const facts = { stream: streamName('routePolicy', tenantA, policyId), clientId: null }
const drafted = recorded('RoutePolicyDrafted', { policyId, title: 'First', policy: policy('https://a.test') }, facts)
const revised = recorded('RoutePolicyRevised', { policyId, title: 'Second', policy: policy('https://b.test') }, facts)
const published = recorded('RoutePolicyPublished', { policyId }, facts)
const retired = recorded('RoutePolicyRetired', { policyId }, facts)

/** The row after these events, each recorded a second after the one before. */
function rowAfter(...events: Recorded[]): Row | null {
  return events.reduce<Row | null>((row, event, n) => {
    const recordedAt = `2026-11-22T00:00:0${n}.000000Z`
    return routePolicies.handle(row, { ...event, revision: n, position: 100 + n, recordedAt } as Recorded)
  }, null)
}

describe('route-policies', () => {
  test('has what a draft says, as it was last written', () => {
    expect(rowAfter(drafted, revised)).toEqual({
      tenant_id: tenantA,
      id: policyId,
      client_id: null,
      title: 'Second',
      state: 'draft',
      policy: policy('https://b.test'),
      published_position: null,
      revision: 1,
      position: 101,
      created_at: '2026-11-22T00:00:00.000000Z',
      changed_at: '2026-11-22T00:00:01.000000Z',
    })
  })

  test('remembers where a policy was published, which tells the one in force', () => {
    expect(rowAfter(drafted, published)).toMatchObject({ state: 'published', published_position: 101 })
    expect(rowAfter(drafted, published, retired)).toMatchObject({ state: 'retired', published_position: 101 })
  })

  test('takes no event of a policy that was never written, or of another stream', () => {
    expect(() => rowAfter(published)).toThrow('never written')
    const stream = streamName('routePolicy', tenantA, uuid('7', 2))
    expect(() => routePolicies.id({ ...published, stream } as Recorded)).toThrow('stands in the stream')
  })
})
