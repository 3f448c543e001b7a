import { randomUUID } from 'node:crypto'
import { expect, test } from '@jest/globals'
import { Redis as Client } from 'ioredis'
import { connectRedis } from './redis.ts'

const url = process.env.REDIS_URL ?? 'redis://127.0.0.1:16379'

test('a message reaches whoever listens to its channel, until they stop listening', async () => {
  const [sender, receiver] = [connectRedis(url), connectRedis(url)]
  const [channel, other] = [randomUUID(), randomUUID()]
  const heard: string[] = []
  const first = Promise.withResolvers<void>()
  const leave = receiver.subscribe(channel, (message) => {
    heard.push(message)
    first.resolve()
  })
  // A subscription takes a moment to arrive, and what is said before is not heard.
  const repeat = setInterval(() => {
    sender.publish(other, 'not for you')
    sender.publish(channel, 'news')
  }, 20)
  await first.promise
  clearInterval(repeat)
  leave()
  const stillThere = Promise.withResolvers<void>()
  receiver.subscribe(other, () => stillThere.resolve())
  const again = setInterval(() => sender.publish(other, 'later'), 20)
  await stillThere.promise
  clearInterval(again)
  expect(new Set(heard)).toEqual(new Set(['news']))
  sender.close()
  receiver.close()
}, 10_000)

test('nobody fails while the server is away', async () => {
  const away = connectRedis('redis://127.0.0.1:1')
  away.subscribe('a', () => {})()
  for (let n = 0; n < 100; n++) away.publish('a', 'lost')
  await new Promise((resolve) => setImmediate(resolve))
  away.close()
})

test('while the server does not answer only so much piles up, and the rest is lost', async () => {
  const [sender, receiver, admin] = [connectRedis(url), connectRedis(url), new Client(url)]
  const channel = randomUUID()
  const heard: string[] = []
  receiver.subscribe(channel, (message) => heard.push(message))
  const until = async (isTrue: () => boolean, meanwhile = () => {}) => {
    while (!isTrue()) {
      meanwhile()
      await new Promise((resolve) => setTimeout(resolve, 10))
    }
  }
  await until(
    () => heard.length > 0,
    () => sender.publish(channel, 'are you there'),
  )
  await admin.client('PAUSE', 600, 'ALL')
  for (let n = 0; n < 5_000; n++) sender.publish(channel, 'paused')
  await until(
    () => heard.includes('last'),
    () => sender.publish(channel, 'last'),
  )
  const paused = heard.filter((message) => message === 'paused').length
  expect(paused).toBeGreaterThan(0)
  expect(paused).toBeLessThanOrEqual(1_000)
  sender.close()
  receiver.close()
  admin.disconnect()
}, 10_000)
