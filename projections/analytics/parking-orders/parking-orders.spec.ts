import { parkedStreamId, streamName } from '@bizosaas/schemas'
import { describe, expect, test } from '@jest/globals'
import { recorded, tenantA, tenantB, uuid } from '../../runner/spec-support/records.ts'
import { parkingOrders } from './parking-orders.ts'

const place = { model: 'campaign-list', version: 1, stream: streamName('campaign', tenantA, uuid('1', 1)) }
const id = parkedStreamId(place)
const facts = { stream: streamName('parkedStream', tenantA, id), clientId: null }
const [order, other] = [uuid('d', 1), uuid('d', 2)]
const redrive = { orderId: order, ...place, reason: null }

describe('parking-orders', () => {
  test('has a row for every order, with all that its runner needs', () => {
    const common = {
      tenant_id: tenantA,
      client_id: null,
      parked_stream_id: id,
      ...place,
      ordered_by: 'user:anna',
      ordered_at: '2026-11-22T00:00:00.000000Z',
      position: 100,
    }
    expect(parkingOrders.handle(recorded('ParkedStreamRedriveRequested', redrive, facts))).toEqual([
      { ...common, order_id: order, kind: 'redrive', skip_position: null, reason: null },
    ])
    const skip = { orderId: other, ...place, position: 42, reason: 'made up by hand' }
    expect(parkingOrders.handle(recorded('ParkedEventSkipRequested', skip, facts))).toEqual([
      { ...common, order_id: other, kind: 'skip', skip_position: 42, reason: 'made up by hand' },
    ])
  })

  test('takes no order about the stream of another tenant, nor one that stands elsewhere', () => {
    const foreign = { ...redrive, stream: streamName('campaign', tenantB, uuid('1', 1)) }
    const itsStream = streamName('parkedStream', tenantA, parkedStreamId(foreign))
    expect(() =>
      parkingOrders.handle(recorded('ParkedStreamRedriveRequested', foreign, { ...facts, stream: itsStream })),
    ).toThrow('is not of the tenant')
    expect(() => parkingOrders.handle(recorded('ParkedStreamRedriveRequested', foreign, facts))).toThrow(
      'stands in the stream',
    )
  })
})
