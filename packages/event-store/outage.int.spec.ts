import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { commandHandler } from './command-handler.ts'
import { StoreUnavailable } from './errors.ts'
import { connectEventStore, pageWithinMs } from './kurrentdb.ts'
import type { EventStore } from './store.ts'
import { contextOf, make, rename, shelf } from './testing/shelf.ts'
import { all, untilAvailable, useNode } from './testing/store.ts'

const node = useNode()
let store: EventStore

beforeAll(async () => {
  store = connectEventStore(await node.start())
})
afterAll(() => store.close())

const request = (id: string, name: string) => ({ id, command: make(name), context: contextOf() })
const streamOf = (id: string) => `campaign-${contextOf().tenantId}.${id}`
const write = (data: object) => ({
  stream: streamOf(randomUUID()),
  expected: 'no-stream' as const,
  events: [{ id: randomUUID(), type: 'Tested', data, metadata: {} }],
})

test('while the store is away every call says so, and the same connection works when it is back', async () => {
  const kept = write({})
  await store.append([kept])
  await node.kill()
  const fresh = connectEventStore(await node.start())
  await node.kill()
  const leaving = new AbortController()
  for (const away of [store, fresh]) {
    await expect(away.append([write({})])).rejects.toThrow(StoreUnavailable)
    await expect(away.append([write({}), write({})])).rejects.toThrow(StoreUnavailable)
    await expect(all(away.readStream(kept.stream))).rejects.toThrow(StoreUnavailable)
    await expect(away.readAll({ from: 'start', maxCount: 1 })).rejects.toThrow(StoreUnavailable)
    await expect(away.head()).rejects.toThrow(StoreUnavailable)
    await expect(all(away.subscribeToAll({ after: 'end', signal: leaving.signal }))).rejects.toThrow(StoreUnavailable)
  }
  await node.start()
  for (const back of [store, fresh]) {
    expect(await all(back.readStream(kept.stream))).toHaveLength(1)
    await back.append([write({})])
  }
  await fresh.close()
})

test('a read that loses its store on the way says so when more of it is asked for', async () => {
  // More than what a connection holds on its way.
  for (let n = 0; n < 20; n++) {
    const events = Array.from({ length: 40 }, () => write({ text: 'x'.repeat(20_000) }).events[0])
    await store.append([{ ...write({}), events: events.flatMap((event) => event ?? []) }])
  }
  const pages = store.pagesOfAll({ from: 'start', maxCount: 10_000 })[Symbol.asyncIterator]()
  const rest = async () => {
    while (!(await pages.next()).done);
  }
  expect(await pages.next()).toMatchObject({ done: false })
  await node.kill()
  await expect(rest()).rejects.toThrow(StoreUnavailable)
  await node.start()
  await untilAvailable(() => store.head())
})

test('a doorbell that loses its store says so', async () => {
  const rung = all(store.subscribeToAll({ after: 'end', signal: new AbortController().signal }))
  await store.append([write({})])
  await node.kill()
  await expect(rung).rejects.toThrow(StoreUnavailable)
  await node.start()
})

test('commands that a kill -9 of the store cut off are recorded once when they are sent again', async () => {
  const handle = commandHandler({ store, decider: shelf })
  const answered: unknown[] = []
  for (let round = 0; round < 3; round++) {
    const requests = Array.from({ length: 30 }, (_, n) => request(randomUUID(), `shelf ${n}`))
    const first = requests.map((each) => handle(each))
    await Promise.race(first)
    await node.kill()
    const firstAnswers = await Promise.allSettled(first)
    await node.start()
    const anew = commandHandler({ store, decider: shelf })
    for (const [n, sent] of requests.entries()) {
      const earlier = firstAnswers[n]
      const { type, ...answer } = await untilAvailable(() => (n % 2 ? handle : anew)(sent))
      expect(['recorded', 'repeated']).toContain(type)
      if (earlier?.status === 'fulfilled') expect({ ...earlier.value, type: null }).toEqual({ ...answer, type: null })
      else expect(earlier?.reason).toBeInstanceOf(StoreUnavailable)
      expect(await all(store.readStream(streamOf(sent.id)))).toHaveLength(1)
      answered.push(earlier?.status)
    }
  }
  expect(answered).toContain('fulfilled')
  expect(answered).toContain('rejected')
}, 30_000)

test('many large appends that a kill -9 cuts off are refused one by one, and the process lives on', async () => {
  const data = { text: 'x'.repeat(50_000) }
  const appends = Array.from({ length: 300 }, () => store.append([write(data)]))
  await Promise.race(appends)
  await node.kill()
  const failed = (await Promise.allSettled(appends)).filter((each) => each.status === 'rejected')
  expect(failed.length).toBeGreaterThan(0)
  for (const { reason } of failed) expect(reason).toBeInstanceOf(StoreUnavailable)
  await node.start()
  await untilAvailable(() => store.append([write(data)]))
})

test('a store that hangs is given up in time, and what it did all the same is found when the command comes again', async () => {
  const handle = commandHandler({ store, decider: shelf })
  const id = randomUUID()
  await untilAvailable(() => handle(request(id, 'first')))
  node.pause()
  const cutOff = { id, command: rename('second'), context: contextOf() }
  const waiting = { id, command: rename('third'), context: contextOf() }
  const began = Date.now()
  const answers = await Promise.allSettled([handle(cutOff), handle(waiting), store.head()])
  expect(answers.map((answer) => answer.status === 'rejected' && answer.reason.code)).toEqual(
    Array(3).fill('store-unavailable'),
  )
  expect(Date.now() - began).toBeLessThan(2 * pageWithinMs)
  node.resume()
  expect(await untilAvailable(() => handle(cutOff))).toMatchObject({ revision: 1, state: { name: 'second' } })
  expect(await untilAvailable(() => handle(waiting))).toMatchObject({ revision: 2, state: { name: 'third' } })
  expect(await all(store.readStream(streamOf(id)))).toHaveLength(3)
}, 60_000)
