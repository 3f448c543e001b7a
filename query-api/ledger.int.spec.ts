import { randomUUID } from 'node:crypto'
import type { Queryable } from '@bizosaas/databases'
import { CampaignId } from '@bizosaas/schemas'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { firstAfter, ledgerHead, ledgerRow, newestReached, publishedAt } from './ledger.ts'
import { openWorld, type World } from './testing/world.ts'

const rows = 130
let world: World
beforeAll(async () => {
  world = await openWorld()
  const who = world.newTenant()
  for (let n = 0; n < rows; n++) {
    const campaignId = CampaignId.parse(randomUUID())
    world.record('CampaignCreated', campaignId, { campaignId, clientId: who.clientId, name: 'X', objective: null }, who)
    await world.publish()
  }
})
afterAll(() => world.close())

describe('the ledger', () => {
  test('names the newest row that is reached, wherever that is, after looking at few', async () => {
    const head = await ledgerHead(world.relay, world.generation)
    expect(head?.seq).toBe(rows)
    for (let reached = 0; reached <= rows; reached++) {
      let looks = 0
      const looking: Queryable['query'] = (text, values) => {
        looks += 1
        return world.relay.query(text, values)
      }
      const counted: Queryable = { query: looking, prepared: looking }
      const newest = await newestReached(counted, world.generation, head, ({ seq }) => seq <= reached)
      expect(newest?.seq ?? 0).toBe(reached)
      expect(looks).toBeLessThanOrEqual(8)
    }
  })

  test('names the last row at an instant, and the first after it', async () => {
    const row = await ledgerRow(world.relay, world.generation, 7)
    const next = await ledgerRow(world.relay, world.generation, 8)
    if (row === null || next === null) throw new Error('rows are missing')
    expect(await publishedAt(world.relay, world.generation, row.instant)).toEqual(row)
    const justBefore = new Date(Date.parse(next.instant) - 1).toISOString().replace('Z', '000Z') as typeof row.instant
    expect(await publishedAt(world.relay, world.generation, justBefore)).toEqual(row)
    expect(await firstAfter(world.relay, world.generation, row.instant)).toEqual(next)
    expect(await firstAfter(world.relay, world.generation, justBefore)).toEqual(next)
    expect(await publishedAt(world.relay, world.generation, world.tick())).toMatchObject({ seq: rows })
    expect(await firstAfter(world.relay, world.generation, world.tick())).toBeNull()
  })
})
