import { expect, test } from '@jest/globals'
import { repeatedly } from './repeatedly.ts'

test('what is done repeatedly is never done twice at once, and is done when it has been stopped', async () => {
  let running = 0
  let times = 0
  const third = Promise.withResolvers<void>()
  const stop = repeatedly(async () => {
    running += 1
    expect(running).toBe(1)
    await new Promise((resolve) => setImmediate(resolve))
    running -= 1
    times += 1
    if (times === 3) third.resolve()
  }, 1)
  await third.promise
  await stop()
  expect(running).toBe(0)
  expect(times).toBeGreaterThanOrEqual(3)
})
