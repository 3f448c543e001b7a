import { randomUUID } from 'node:crypto'
import type { Role } from '@bizosaas/http'
import { CampaignId, parkedStreamId, streamName } from '@bizosaas/schemas'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { openWorld, type Who, type World } from '../testing/world.ts'

let world: World
beforeAll(async () => {
  world = await openWorld()
})
afterAll(() => world.close())

/** A campaign that was renamed before it was created: parked in the list, and in no other model. */
async function parkOne(who: Who) {
  const campaignId = CampaignId.parse(randomUUID())
  const bad = world.record('CampaignRenamed', campaignId, { campaignId, name: 'Secret of one' }, who)
  const { clientId } = who
  world.record('CampaignCreated', campaignId, { campaignId, clientId, name: 'Spring', objective: null }, who)
  await world.settle()
  const place = { model: 'campaign-list', version: 1, stream: streamName('campaign', who.tenantId, campaignId) }
  return { bad, campaignId, place, id: parkedStreamId(place) }
}
const ask = (path: string, who: { tenantId: string; clientId?: string }, role: Role = 'operator') =>
  world.ask(path, world.bearer(who, [role]))
const agencyOf = ({ tenantId }: Who) => ({ tenantId })

describe('the list of parked streams', () => {
  test('names the first event of each, and how many wait behind it', async () => {
    const who = world.newTenant()
    const { bad, place, id } = await parkOne(who)
    const { status, body } = await ask('/v1/parked', agencyOf(who))
    expect(status).toBe(200)
    expect(body).toEqual({
      items: [
        {
          id,
          ...place,
          serves: true,
          position: bad.position,
          revision: 0,
          type: 'CampaignRenamed',
          eventId: bad.eventId,
          since: expect.stringMatching(/Z$/),
          behind: 1,
          error: expect.stringContaining('never created'),
        },
      ],
      next: null,
    })
  })

  test('comes in pages, each stream once', async () => {
    const who = world.newTenant()
    const ids = new Set<string>()
    for (const _ of [1, 2, 3]) ids.add((await parkOne(who)).id)
    const seen: string[] = []
    for (let cursor: string | null = ''; cursor !== null; ) {
      const query: string = cursor === '' ? '' : `&cursor=${cursor}`
      const { body } = await ask(`/v1/parked?limit=1${query}`, agencyOf(who))
      seen.push(...body.items.map((item: { id: string }) => item.id))
      cursor = body.next
    }
    expect(seen).toHaveLength(3)
    expect(new Set(seen)).toEqual(ids)
    expect((await ask('/v1/parked?cursor=x', agencyOf(who))).status).toBe(422)
  })

  test('shows nothing of other tenants and other clients, and no text of errors and events but to operators', async () => {
    const [who, other] = [world.newTenant(), world.newTenant()]
    const { id } = await parkOne(who)
    expect((await ask('/v1/parked', agencyOf(other))).body.items).toEqual([])
    expect((await ask(`/v1/parked/${id}`, agencyOf(other))).status).toBe(404)
    const client = { tenantId: who.tenantId, clientId: other.clientId }
    expect((await ask('/v1/parked', client)).body.items).toEqual([])
    expect((await ask(`/v1/parked/${id}`, client)).status).toBe(404)
    for (const path of ['/v1/parked', `/v1/parked/${id}`]) {
      const { status, body } = await ask(path, agencyOf(who), 'owner')
      expect([status, JSON.stringify(body)]).toEqual([200, expect.not.stringMatching(/Secret|never created|stack/)])
    }
    expect((await ask('/v1/parked', agencyOf(who), 'viewer')).status).toBe(403)
  })
})

describe('a parked stream', () => {
  test('shows the event that cannot be applied, where it failed, and what waits behind it', async () => {
    const who = world.newTenant()
    const { bad, campaignId, place, id } = await parkOne(who)
    const { body } = await ask(`/v1/parked/${id}`, agencyOf(who))
    expect(body).toMatchObject({
      id,
      ...place,
      first: {
        position: bad.position,
        type: 'CampaignRenamed',
        data: { campaignId, name: 'Secret of one' },
        error: expect.stringContaining('never created'),
        stack: expect.stringContaining('campaign-list.ts'),
      },
      waiting: [{ type: 'CampaignCreated', revision: 1 }],
      behind: 1,
      orders: [],
    })
    expect((await ask(`/v1/parked/${randomUUID()}`, agencyOf(who))).status).toBe(404)
  })

  test('shows the bytes of an event that cannot be read', async () => {
    const who = world.newTenant()
    const { id } = await parkOne(who)
    await world.projector.query(
      `INSERT INTO read_model.parked (model, version, topic, partition, position, record_offset, stream, revision, event_id,
         tenant_id, client_id, type, schema_version, bytes, metadata, error)
       SELECT model, version, topic, partition, position - 1, record_offset, stream, revision, event_id,
         tenant_id, client_id, type, schema_version, '\\xff', metadata, 'unreadable'
       FROM read_model.parked WHERE tenant_id = $1 AND error IS NOT NULL`,
      [who.tenantId],
    )
    const { body } = await ask(`/v1/parked/${id}`, agencyOf(who))
    expect(body.first).toMatchObject({ bytes: '/w==', error: 'unreadable' })
    expect(body.first.data).toBeUndefined()
  })

  test('shows each order about it, pending and carried out, also when nothing waits any more', async () => {
    const who = world.newTenant()
    const { bad, place, id } = await parkOne(who)
    const orderId = randomUUID()
    const order = { orderId, ...place, position: bad.position, reason: 'made up by hand' }
    const { token } = world.record('ParkedEventSkipRequested', id, order, who)
    await world.settle()
    const read = () =>
      world.ask(`/v1/parked/${id}`, world.bearer(agencyOf(who), ['operator']), { 'x-consistency-token': token })
    const given = { orderId, kind: 'skip', position: bad.position, reason: 'made up by hand', by: 'anna' }
    expect((await read()).body.orders).toMatchObject([{ ...given, outcome: 'pending', carriedOutAt: null }])
    await world.carryOutOrders()
    const { body } = await read()
    expect(body).toMatchObject({ first: null, waiting: [], behind: 0 })
    expect(body.orders).toMatchObject([{ ...given, outcome: 'applied', applied: 1 }])
    expect((await ask('/v1/parked', agencyOf(who))).body.items).toEqual([])
  })
})

describe('an answer about a tenant with parked streams', () => {
  test('carries Incomplete until they are worked off, also when something is not found', async () => {
    const who = world.newTenant()
    const headerOf = async (path: string) => (await ask(path, agencyOf(who), 'owner')).headers.get('incomplete')
    expect(await headerOf('/v1/campaigns')).toBeNull()
    const { campaignId, place, bad, id } = await parkOne(who)
    expect(await headerOf('/v1/campaigns')).toBe('parked=1')
    expect(await headerOf(`/v1/campaigns/${campaignId}`)).toBe('parked=1')
    // The timeline has it all.
    expect(await headerOf(`/v1/campaigns/${campaignId}/timeline`)).toBeNull()
    const order = { orderId: randomUUID(), ...place, position: bad.position, reason: 'so' }
    world.record('ParkedEventSkipRequested', id, order, who)
    await world.settle()
    await world.carryOutOrders()
    expect(await headerOf('/v1/campaigns')).toBeNull()
    expect((await ask(`/v1/campaigns/${campaignId}`, agencyOf(who), 'owner')).body).toMatchObject({ name: 'Spring' })
  })

  test('is described with it', async () => {
    const { paths } = (await (await fetch(`${world.url}/openapi.json`)).json()) as {
      paths: Record<string, { get: { responses: Record<string, { headers: object }> } }>
    }
    expect(paths['/v1/campaigns']?.get.responses['200']?.headers).toHaveProperty('Incomplete')
    expect(paths['/v1/projections']?.get.responses['200']?.headers).not.toHaveProperty('Incomplete')
  })
})
