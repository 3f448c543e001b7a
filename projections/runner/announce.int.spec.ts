import { randomUUID } from 'node:crypto'
import { connectRedis } from '@bizosaas/databases'
import { CampaignId } from '@bizosaas/schemas'
import { afterAll, expect, test } from '@jest/globals'
import { announcer, type Moved, movedChannel } from './announce.ts'
import { env } from './spec-support/databases.ts'
import { client1, client2, recorded, tenantA, tenantB, uuid } from './spec-support/records.ts'
import { until } from './spec-support/until.ts'

const redis = connectRedis(env('REDIS_URL'))
afterAll(() => redis.close())

test('tells of many moves in few messages, the last of which names the last position of each client', async () => {
  const model = `spec-${randomUUID()}`
  const place = { topic: 'events.g0', partition: 3 }
  const messages: Moved[] = []
  redis.subscribe(movedChannel, (text) => {
    const message: Moved = JSON.parse(text)
    if (message.model === model) messages.push(message)
  })
  const { moved, stop } = announcer(redis)
  const eventAt = (position: number, tenantId = tenantA, clientId: typeof client1 | null = client1) => {
    const campaignId = CampaignId.parse(uuid('1', 1))
    return recorded(
      'CampaignCreated',
      { campaignId, clientId: client1, name: 'a', objective: null },
      { tenantId, clientId, position },
    )
  }
  // Until the subscription is there, messages are lost, as they are to any listener that comes late.
  await until(
    () => moved(model, place, [eventAt(0)]),
    () => messages.length > 0,
  )
  for (let position = 1; position <= 1000; position++) moved(model, place, [eventAt(position)])
  moved(model, place, [eventAt(1001, tenantA, client2), eventAt(1002, tenantA, null)])
  moved(model, place, [eventAt(1003, tenantB), eventAt(1004, tenantB)])
  await until(
    () => messages.at(-1),
    (last) => last?.tenantId === tenantB,
  )
  expect(messages.filter(({ position }) => position > 0)).toEqual([
    { tenantId: tenantA, clientId: client1, model, ...place, position: 1000 },
    { tenantId: tenantA, clientId: client2, model, ...place, position: 1001 },
    { tenantId: tenantA, clientId: null, model, ...place, position: 1002 },
    { tenantId: tenantB, clientId: client1, model, ...place, position: 1004 },
  ])
  stop()
})
