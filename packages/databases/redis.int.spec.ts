import { randomUUID } from 'node:crypto'
import { expect, test } from '@jest/globals'
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
