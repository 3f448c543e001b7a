import { randomUUID } from 'node:crypto'
import { connectRedis } from '@bizosaas/databases'
import { CampaignId } from '@bizosaas/schemas'
import { afterAll, expect, test } from '@jest/globals'
import { announcer, type Moved, movedChannel } from './announce.ts'
import { env } from './spec-support/databases.ts'
import { client1, recorded, tenantA, tenantB, uuid } from './spec-support/records.ts'
import { until } from './spec-support/until.ts'

const redis = connectRedis(env('REDIS_URL'))
afterAll(() => redis.close())

test('tells of many moves in few messages, the last of which names the last position of each tenant', async () => {
  const model = `spec-${randomUUID()}`
  const place = { topic: 'events.g0', partition: 3 }
  const messages: Moved[] = []
  redis.subscribe(movedChannel, (text) => {
    const message: Moved = JSON.parse(text)
    if (message.model === model) messages.push(message)
  })
  const { moved, stop } = announcer(redis)
  const eventAt = (position: number, tenantId = tenantA) => {
    const campaignId = CampaignId.parse(uuid('1', 1))
    return recorded(
      'CampaignCreated',
      { campaignId, clientId: client1, name: 'a', objective: null },
      { tenantId, position },
    )
  }
  // Until the subscription is there, messages are lost, as they are to any listener that comes late.
  await until(
    () => moved(model, place, [eventAt(0)]),
    () => messages.length > 0,
  )
  for (let position = 1; position <= 1000; position++) moved(model, place, [eventAt(position)])
  moved(model, place, [eventAt(1001, tenantB), eventAt(1002, tenantB)])
  await until(
    () => messages.at(-1),
    (last) => last?.tenantId === tenantB,
  )
  expect(messages.filter(({ position }) => position > 0)).toEqual([
    { tenantId: tenantA, model, ...place, position: 1000 },
    { tenantId: tenantB, model, ...place, position: 1002 },
  ])
  stop()
})
