import { randomUUID } from 'node:crypto'
import { parkedStreamId, streamName, TenantId } from '@bizosaas/schemas'
import { describe, expect, test } from '@jest/globals'
import { useService } from '../testing/service.ts'
import { start } from './start.ts'

const { ask, clientId, eventsOf, eventCount, tenantId } = useService((config) =>
  start({ ...config, ANALYTICS_PORT: 0 }),
)
const roles = ['operator'] as const

const newPlace = (tenant = tenantId) => {
  const place = { model: 'campaign-list', version: 1, stream: streamName('campaign', tenant, randomUUID()) }
  return { place, path: `/v1/parked/${parkedStreamId(place)}` }
}
const skipOf = (place: object) => ({ ...place, position: 42, reason: 'made up by hand' })

describe('orders about a parked stream', () => {
  test('are accepted of an operator, and recorded with who gave them and why', async () => {
    const { place, path } = newPlace()
    const redrive = await ask('POST', `${path}/redrive`, { roles, body: place })
    expect(redrive).toMatchObject({ status: 202, body: { id: parkedStreamId(place), revision: 0 }, etag: '"0"' })
    expect(redrive.token).toMatch(/^events\.g1\./)
    const skip = await ask('POST', `${path}/skip`, { roles, body: skipOf(place) })
    expect(skip).toMatchObject({ status: 202, body: { revision: 1 } })
    const stored = await eventsOf(parkedStreamId(place))
    expect(stored.map(({ type, bytes }) => [type, JSON.parse(Buffer.from(bytes).toString())])).toEqual([
      ['ParkedStreamRedriveRequested', { orderId: redrive.body.orderId, ...place, reason: null }],
      ['ParkedEventSkipRequested', { orderId: skip.body.orderId, ...skipOf(place) }],
    ])
    expect(stored.map(({ metadata }) => metadata.actor)).toEqual(['ann', 'ann'])
  })

  test('are one order when the request is repeated with its key, and two without', async () => {
    const { place, path } = newPlace()
    const sent = { roles, body: place, headers: { 'idempotency-key': randomUUID() } }
    const first = await ask('POST', `${path}/redrive`, sent)
    const again = await ask('POST', `${path}/redrive`, sent)
    expect([again.status, again.body, again.token]).toEqual([202, first.body, first.token])
    const another = await ask('POST', `${path}/redrive`, { roles, body: place })
    expect(another).toMatchObject({ status: 202, body: { revision: 1 } })
    expect(another.body.orderId).not.toBe(first.body.orderId)
  })

  test('record nothing under another id, of another tenant, of another role or for one client', async () => {
    const { place, path } = newPlace()
    const foreign = newPlace(TenantId.parse(randomUUID()))
    const before = await eventCount()
    const answers = await Promise.all([
      ask('POST', `/v1/parked/${randomUUID()}/skip`, { roles, body: skipOf(place) }),
      ask('POST', `${foreign.path}/skip`, { roles, body: skipOf(foreign.place) }),
      ask('POST', `${path}/skip`, { roles, body: skipOf({ ...place, stream: '$all' }) }),
      ask('POST', `${path}/skip`, { roles: ['owner', 'service'], body: skipOf(place) }),
      ask('POST', `${path}/redrive`, { roles, clientId, body: place }),
    ])
    expect(answers.map(({ status }) => status)).toEqual([404, 404, 404, 403, 403])
    expect(await eventCount()).toBe(before)
  })

  test.each([
    [{ reason: '' }, '/reason'],
    [{ reason: 'x'.repeat(501) }, '/reason'],
    [{ reason: undefined }, '/reason'],
    [{ position: -1 }, '/position'],
    [{ position: undefined }, '/position'],
    [{ version: 0 }, '/version'],
    [{ model: 'No Model' }, '/model'],
  ])('to skip with %j is refused by name', async (more, pointer) => {
    const { place, path } = newPlace()
    const answer = await ask('POST', `${path}/skip`, { roles, body: { ...skipOf(place), ...more } })
    expect(answer).toMatchObject({ status: 422, body: { errors: [{ in: 'body', pointer }] } })
  })
})
