import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { testDeciderLaws } from '../testing/decider-laws.ts'
import { type RebuildCommand, rebuild } from './rebuild.ts'

const of = { rebuildId: 'r', model: 'campaign-list' }
const request: RebuildCommand = { type: 'request', orderId: 'o1', ...of, definition: null, workers: 2, reason: null }
const cutOver: RebuildCommand = { type: 'cut-over', orderId: 'o2', ...of, acceptedDifference: 'ab', reason: 'seen' }
const plain = ['pause', 'resume', 'cancel', 'verify', 'roll-back', 'retire'] as const
const requested = { model: 'campaign-list', lastOrderId: 'o1' }

describe('an order about a rebuild', () => {
  test('says all that the runner needs to carry it out', () => {
    expect(rebuild.decide(request, rebuild.initial)).toEqual([
      { type: 'RebuildRequested', data: { orderId: 'o1', ...of, definition: null, workers: 2, reason: null } },
    ])
    expect(rebuild.decide(cutOver, requested)).toEqual([
      { type: 'CutOverRequested', data: { orderId: 'o2', ...of, acceptedDifference: 'ab', reason: 'seen' } },
    ])
    const types = plain.map((type) => {
      const decision = rebuild.decide({ type, orderId: 'o3', ...of, reason: null }, requested)
      return 'refusal' in decision ? null : decision[0]?.type
    })
    expect(types).toEqual([
      'RebuildPaused',
      'RebuildResumed',
      'RebuildCancelled',
      'RebuildVerificationRequested',
      'RollBackRequested',
      'RetirementRequested',
    ])
    expect(rebuild.clientOf(rebuild.initial)).toBeNull()
  })

  test('can be given again once the first did not help', () => {
    const after = { ...requested, lastOrderId: 'o2' }
    expect(rebuild.decide(cutOver, after)).toEqual([])
    expect(rebuild.decide({ ...cutOver, orderId: 'o3' }, after)).toHaveLength(1)
  })

  test('is refused before the rebuild is ordered, and under the name of another model', () => {
    expect(rebuild.decide(cutOver, rebuild.initial)).toMatchObject({ refusal: 'not-found' })
    expect(rebuild.decide({ ...cutOver, model: 'ad-metrics' }, requested)).toMatchObject({ refusal: 'not-found' })
  })

  test('begins a rebuild once', () => {
    expect(rebuild.decide({ ...request, orderId: 'o9' }, requested)).toMatchObject({ refusal: 'already-requested' })
  })

  const orders = fc.record({
    orderId: fc.constantFrom('1', '2', '3'),
    rebuildId: fc.constant('r'),
    model: fc.constantFrom('campaign-list', 'ad-metrics'),
    reason: fc.option(fc.string({ minLength: 1 })),
  })
  testDeciderLaws(
    rebuild,
    fc.oneof(
      fc
        .tuple(orders, fc.option(fc.nat(9)), fc.nat(9))
        .map(([order, definition, workers]) => ({ type: 'request' as const, ...order, definition, workers })),
      fc
        .tuple(orders, fc.option(fc.constantFrom('ab', 'cd')))
        .map(([order, acceptedDifference]) => ({ type: 'cut-over' as const, ...order, acceptedDifference })),
      fc.tuple(orders, fc.constantFrom(...plain)).map(([order, type]) => ({ type, ...order })),
    ),
  )
})
