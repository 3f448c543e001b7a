import { randomUUID } from 'node:crypto'
import type { Role } from '@bizosaas/http'
import { CampaignId } from '@bizosaas/schemas'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { openWorld, type Who, type World } from '../testing/world.ts'

let world: World
beforeAll(async () => {
  world = await openWorld()
})
afterAll(() => world.close())

const read = async (who: Who, role: Role) => {
  const { status, body } = await world.ask('/v1/audit', world.bearer(who, [role]))
  expect(status).toBe(200)
  return body
}

/** As the auditor does. */
const writeDown = (position: number, finding: object | null) =>
  world.auditor.query(
    `INSERT INTO audit.progress (generation, position, cursor, finding, audited_at) VALUES ($1, $2, '{}', $3, now())
     ON CONFLICT (generation) DO UPDATE SET position = $2, finding = $3`,
    [world.generation, position, finding === null ? null : JSON.stringify(finding)],
  )

const finding = {
  kind: 'missing-in-kafka',
  window: { seq: 2, after: 10, upTo: 20 },
  partition: { topic: 'events', number: 3 },
  event: { position: 15, id: randomUUID() },
  detail: 'the relay published it, and Kafka does not hold it any more',
}

describe('the state of the audit', () => {
  test('is there before anything was audited', async () => {
    expect(await read(world.newTenant(), 'operator')).toEqual({ agreed: null, published: null, finding: null })
  })

  test('tells up to where all agrees, beside how far the relay is', async () => {
    const who = world.newTenant()
    const campaignId = CampaignId.parse(randomUUID())
    const data = { campaignId, clientId: who.clientId, name: 'Spring', objective: null }
    const { position } = world.record('CampaignCreated', campaignId, data, who)
    await world.publish()
    await writeDown(position, null)
    expect(await read(who, 'operator')).toMatchObject({
      agreed: { position, at: expect.stringMatching(/Z$/) },
      published: { position },
      finding: null,
    })
  })

  test('tells an operator what differs, and a tenant only that something does', async () => {
    await writeDown(10, finding)
    const { window, ...all } = finding
    const between = { after: window.after, upTo: window.upTo }
    expect((await read(world.newTenant(), 'operator')).finding).toEqual({ ...all, ...between })
    for (const role of ['owner', 'accountManager', 'service'] as const)
      expect((await read(world.newTenant(), role)).finding).toEqual({ kind: 'missing-in-kafka', ...between })
  })

  test('is for those who run the system', async () => {
    expect((await world.ask('/v1/audit', world.bearer(world.newTenant(), ['viewer']))).status).toBe(403)
  })
})
