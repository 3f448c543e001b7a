import { expect, test } from '@jest/globals'
import { inParallel } from './in-parallel.ts'

const soon = () => new Promise((resolve) => setImmediate(resolve))

test('no more than so many are worked on at once, and results keep the order of the items', async () => {
  let running = 0
  let most = 0
  const results = await inParallel([5, 1, 3, 2, 4], 2, async (turns) => {
    most = Math.max(most, ++running)
    for (let turn = 0; turn < turns; turn++) await soon()
    running--
    return turns * 10
  })
  expect(results).toEqual([50, 10, 30, 20, 40])
  expect(most).toBe(2)
})

test('after a failure nothing new is begun, and what was begun is waited for', async () => {
  const begun: string[] = []
  const ended: string[] = []
  const work = inParallel(['slow', 'broken', 'never'], 2, async (item) => {
    begun.push(item)
    if (item === 'broken') throw new Error('broken')
    for (let turn = 0; turn < 5; turn++) await soon()
    ended.push(item)
  })
  await expect(work).rejects.toThrow('broken')
  expect(begun).toEqual(['slow', 'broken'])
  expect(ended).toEqual(['slow'])
})

test('nothing is nothing', async () => {
  expect(await inParallel([], 3, soon)).toEqual([])
})
