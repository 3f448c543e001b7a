import { randomUUID } from 'node:crypto'
import { connectRedis, type Redis } from '@bizosaas/databases'
import { movedChannel } from '@bizosaas/projections/runner/announce.ts'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { openWorld, type Sender, type Who, type World } from '../testing/world.ts'

let world: World
let redis: Redis
beforeAll(async () => {
  world = await openWorld()
  redis = connectRedis(world.config.REDIS_URL)
})
afterAll(async () => {
  redis.close()
  await world.close()
})

/** Opens a stream and reads it until a text has come. */
async function follow(who: Sender, expiresInSeconds?: number) {
  const stop = new AbortController()
  const headers = { authorization: `Bearer ${world.bearer(who, ['owner'], expiresInSeconds)}` }
  const answer = await fetch(`${world.url}/v1/stream`, { headers, signal: stop.signal })
  expect(answer.headers.get('content-type')).toContain('text/event-stream')
  const reader = answer.body?.pipeThrough(new TextDecoderStream()).getReader()
  let text = ''
  return {
    until: async (part: string) => {
      while (!text.includes(part)) {
        const { value, done } = (await reader?.read()) ?? { done: true }
        if (done) throw new Error(`The stream ended with ${text}`)
        text += value
      }
      return text
    },
    end: async () => {
      while (!(await reader?.read())?.done);
    },
    stop: () => stop.abort(),
  }
}

/** News is lost while nobody listens yet, so it is told again until it has come. */
async function tellUntil(
  heard: Promise<unknown>,
  ...moved: { who: Omit<Who, 'clientId'> & { clientId: string | null }; position: number }[]
) {
  const tell = () => {
    for (const { who, position } of moved) {
      const message = { ...who, model: 'campaign-list', topic: 'events.g1', partition: 7, position }
      redis.publish(movedChannel, JSON.stringify(message))
    }
  }
  const again = setInterval(tell, 20)
  await heard.finally(() => clearInterval(again))
}

describe('the stream of news', () => {
  test('tells what moved, with a token to ask for it, and only of its own tenant', async () => {
    const [ours, theirs] = [world.newTenant(), world.newTenant()]
    const stream = await follow(ours)
    const heard = stream.until('"position":42')
    await tellUntil(heard, { who: theirs, position: 41 }, { who: ours, position: 42 })
    const text = await heard
    expect(text).toContain('event: moved\ndata: {"model":"campaign-list","position":42,"after":"events.g1.7.42"}\n\n')
    expect(text).not.toContain('"position":41')
    stream.stop()
  })

  test('tells a token of some clients of those alone, and one of the agency of all', async () => {
    const ours = world.newTenant()
    const other = { ...ours, clientId: world.newTenant().clientId }
    const several = { tenantId: ours.tenantId, clientIds: [randomUUID(), ours.clientId] }
    const [client, agency] = await Promise.all([follow(several), follow({ tenantId: ours.tenantId })])
    const ofAgency = { ...ours, clientId: null }
    const heard = Promise.all([client.until('"position":43'), agency.until('"position":43')])
    await tellUntil(heard, { who: other, position: 41 }, { who: ofAgency, position: 42 }, { who: ours, position: 43 })
    const [toClient, toAgency] = await heard
    expect(toClient).not.toMatch(/"position":4[12]/)
    expect(toAgency).toContain('"position":41')
    expect(toAgency).toContain('"position":42')
    client.stop()
    agency.stop()
  })

  test('ends with the token that opened it', async () => {
    await (await follow(world.newTenant(), 1)).end()
  })

  test('needs a token', async () => {
    expect((await fetch(`${world.url}/v1/stream`)).status).toBe(401)
  })

  test('is refused beyond a number of streams of one tenant', async () => {
    const who = world.newTenant()
    const streams = await Promise.all(Array.from({ length: 200 }, () => follow(who)))
    const refused = await follow(who)
    expect(await refused.until('event: refused')).toContain('200 streams')
    for (const stream of streams) stream.stop()
  })
})
