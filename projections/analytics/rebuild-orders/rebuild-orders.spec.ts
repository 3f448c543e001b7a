import { streamName } from '@bizosaas/schemas'
import { describe, expect, test } from '@jest/globals'
import { recorded, tenantA, uuid } from '../../runner/spec-support/records.ts'
import { rebuildOrders } from './rebuild-orders.ts'

const [rebuildId, orderId] = [uuid('1', 1), uuid('d', 1)]
const of = { orderId, rebuildId, model: 'campaign-list' }
const facts = { stream: streamName('rebuild', tenantA, rebuildId), clientId: null }

describe('rebuild-orders', () => {
  test('has a row for every order, with all that its runner needs', () => {
    const common = {
      tenant_id: tenantA,
      rebuild_id: rebuildId,
      order_id: orderId,
      client_id: null,
      model: 'campaign-list',
      definition: null,
      workers: null,
      accepted_difference: null,
      reason: null,
      ordered_by: 'user:anna',
      ordered_at: '2026-11-22T00:00:00.000000Z',
      position: 100,
    }
    const begun = { ...of, definition: 2, workers: 3, reason: 'names in capitals' }
    expect(rebuildOrders.handle(recorded('RebuildRequested', begun, facts))).toEqual([
      { ...common, kind: 'build', definition: 2, workers: 3, reason: 'names in capitals' },
    ])
    const cutOver = { ...of, acceptedDifference: 'ab', reason: 'as announced' }
    expect(rebuildOrders.handle(recorded('CutOverRequested', cutOver, facts))).toEqual([
      { ...common, kind: 'cut-over', accepted_difference: 'ab', reason: 'as announced' },
    ])
    const others = {
      RebuildPaused: 'pause',
      RebuildResumed: 'resume',
      RebuildCancelled: 'cancel',
      RebuildVerificationRequested: 'verify',
      RollBackRequested: 'roll-back',
      RetirementRequested: 'retire',
    } as const
    for (const [type, kind] of Object.entries(others) as [keyof typeof others, string][])
      expect(rebuildOrders.handle(recorded(type, { ...of, reason: null }, facts))).toEqual([{ ...common, kind }])
  })

  test('takes no order that stands in the stream of another rebuild', () => {
    const elsewhere = { ...facts, stream: streamName('rebuild', tenantA, uuid('1', 2)) }
    expect(() => rebuildOrders.handle(recorded('RebuildPaused', { ...of, reason: null }, elsewhere))).toThrow(
      'stands in the stream',
    )
  })
})
