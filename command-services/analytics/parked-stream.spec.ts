import { parkedStreamId } from '@bizosaas/schemas'
import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { testDeciderLaws } from '../testing/decider-laws.ts'
import { type ParkedStreamCommand, parkedStream } from './parked-stream.ts'

const place = {
  model: 'campaign-list',
  version: 1,
  stream: 'campaign-019ab000-0000-4000-8000-0000000000aa.019ab000-0000-4000-8000-000000000001',
}
const id = parkedStreamId(place)
const redrive: ParkedStreamCommand = { type: 'redrive', id, orderId: 'r1', ...place, reason: null }
const skip: ParkedStreamCommand = { type: 'skip', id, orderId: 's1', ...place, position: 42, reason: 'made up by hand' }

describe('an order about a parked stream', () => {
  test('says all that the runner needs to carry it out', () => {
    expect(parkedStream.decide(redrive, parkedStream.initial)).toEqual([
      { type: 'ParkedStreamRedriveRequested', data: { orderId: 'r1', ...place, reason: null } },
    ])
    expect(parkedStream.decide(skip, parkedStream.initial)).toEqual([
      { type: 'ParkedEventSkipRequested', data: { orderId: 's1', ...place, position: 42, reason: 'made up by hand' } },
    ])
    expect(parkedStream.clientOf(parkedStream.initial)).toBeNull()
  })

  test('can be given again once the first did not help', () => {
    const after = { lastOrderId: 'r1' }
    expect(parkedStream.decide(redrive, after)).toEqual([])
    expect(parkedStream.decide({ ...redrive, orderId: 'r2' }, after)).toHaveLength(1)
  })

  test('is refused under the id of another stream, model or version', () => {
    for (const other of [{ stream: `${place.stream}0` }, { model: 'campaign-timeline' }, { version: 2 }]) {
      expect(parkedStream.decide({ ...skip, ...other }, parkedStream.initial)).toMatchObject({ refusal: 'not-found' })
    }
  })

  const orders = fc.constantFrom('1', '2', '3')
  const streams = fc.constantFrom(place.stream, `${place.stream}0`)
  testDeciderLaws(
    parkedStream,
    fc.oneof(
      fc.record({ orderId: orders, stream: streams }).map((more) => ({ ...redrive, ...more })),
      fc
        .record({ orderId: orders, stream: streams, position: fc.nat(3), reason: fc.string({ minLength: 1 }) })
        .map((more) => ({ ...skip, ...more })),
    ),
  )
})
