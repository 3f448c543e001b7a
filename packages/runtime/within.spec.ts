import { setTimeout as wait } from 'node:timers/promises'
import { expect, jest, test } from '@jest/globals'
import { within } from './within.ts'

const late = () => new Error('late')

test('work within its time is answered, failed or done as it is', async () => {
  await expect(within(60_000, Promise.resolve('done'), late)).resolves.toBe('done')
  await expect(within(60_000, Promise.reject(new Error('failed')), late)).rejects.toThrow('failed')
})

test('work beyond its time is not waited for, and its own failure later disturbs nobody', async () => {
  jest.useFakeTimers()
  try {
    const work = Promise.withResolvers<never>()
    const answer = within(1_000, work.promise, late)
    jest.advanceTimersByTime(1_000)
    await expect(answer).rejects.toThrow('late')
    work.reject(new Error('failed'))
  } finally {
    jest.useRealTimers()
  }
  await wait(0)
})

test('no timer outlives the answer', async () => {
  jest.useFakeTimers()
  try {
    await within(1_000, Promise.resolve(), late)
    await expect(within(1_000, Promise.reject(new Error('failed')), late)).rejects.toThrow('failed')
    expect(jest.getTimerCount()).toBe(0)
  } finally {
    jest.useRealTimers()
  }
})
