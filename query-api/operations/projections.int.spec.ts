import { randomUUID } from 'node:crypto'
import type { Role } from '@bizosaas/http'
import { campaignList } from '@bizosaas/projections/campaigns/campaign-list/campaign-list.ts'
import { recordHalt } from '@bizosaas/projections/runner/checkpoint.ts'
import { CampaignId } from '@bizosaas/schemas'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { openWorld, type Who, type World } from '../testing/world.ts'

let world: World
beforeAll(async () => {
  world = await openWorld()
})
afterAll(() => world.close())

function create(who: Who) {
  const campaignId = CampaignId.parse(randomUUID())
  return world.record(
    'CampaignCreated',
    campaignId,
    { campaignId, clientId: who.clientId, name: 'Spring', objective: null },
    who,
  )
}
const read = async (who: Who, role: Role = 'operator') => {
  const { status, body } = await world.ask('/v1/projections', world.bearer(who, [role]))
  expect(status).toBe(200)
  const of = (model: string) => body.items.find((item: { model: string }) => item.model === model)
  return { body, campaigns: of('campaign-list') }
}

describe('the state of the projections', () => {
  test('is there before anything happened and before a runner was started', async () => {
    const { body, campaigns } = await read(world.newTenant())
    expect(body.head).toBeNull()
    expect(body.items.map(({ model }: { model: string }) => model)).toEqual(
      expect.arrayContaining(['ad-metrics', 'campaign-list', 'campaign-timeline']),
    )
    expect(campaigns).toMatchObject({
      position: null,
      lag: { events: 0, seconds: 0 },
      applied: 0,
      parked: 0,
      halted: [],
    })
  })

  test('tells position and lag of each, in events and in seconds', async () => {
    const who = world.newTenant()
    const first = create(who)
    await world.settle()
    expect((await read(who)).campaigns).toMatchObject({
      state: 'live',
      position: first.position,
      lag: { events: 0, seconds: 0 },
      applied: 1,
    })

    for (const _ of [1, 2, 3]) {
      create(who)
      await world.publish()
    }
    const { body, campaigns } = await read(who)
    expect(body.head.position).toBeGreaterThan(first.position)
    expect(campaigns).toMatchObject({ position: first.position, lag: { events: 3 } })
    await world.apply(campaignList)
    expect((await read(who)).campaigns).toMatchObject({
      position: body.head.position,
      lag: { events: 0, seconds: 0 },
      applied: 4,
    })
  })

  test('counts what is set aside, and names why a partition was halted', async () => {
    const [who, other] = [world.newTenant(), world.newTenant()]
    const campaignId = CampaignId.parse(randomUUID())
    world.record('CampaignRenamed', campaignId, { campaignId, name: 'Never created' }, who)
    await world.settle()
    expect((await read(who)).campaigns).toMatchObject({ parked: 1, parkedOfAll: 1 })
    expect((await read(other)).campaigns).toMatchObject({ parked: 0, parkedOfAll: 1 })

    const place = { topic: `events.${world.generation}`, partition: 1 }
    await recordHalt(world.projector, campaignList, place, 'records are missing')
    expect((await read(who)).campaigns).toMatchObject({
      state: 'halted',
      halted: [{ ...place, at: expect.stringMatching(/Z$/), reason: 'records are missing' }],
    })
  })

  test('tells a tenant that something stands still, but no text of an error and no number of others', async () => {
    const [who, other] = [world.newTenant(), world.newTenant()]
    const campaignId = CampaignId.parse(randomUUID())
    world.record('CampaignRenamed', campaignId, { campaignId, name: 'Never created' }, who)
    await world.settle()
    const place = { topic: `events.${world.generation}`, partition: 2 }
    await recordHalt(world.projector, campaignList, place, 'no row for "A secret of another tenant"')
    for (const role of ['owner', 'accountManager', 'service'] as const) {
      const { body, campaigns } = await read(other, role)
      expect(campaigns).toMatchObject({ state: 'halted', parked: 0 })
      expect(campaigns.halted).toContainEqual({ ...place, at: expect.stringMatching(/Z$/) })
      expect(JSON.stringify(body)).not.toMatch(/secret|reason|parkedOfAll/)
    }
  })

  test('is for those who run the system', async () => {
    expect((await world.ask('/v1/projections', world.bearer(world.newTenant(), ['viewer']))).status).toBe(403)
  })
})
