import { describe, expect, test } from '@jest/globals'
import { Busy, StoreUnavailable } from './errors.ts'
import { slots } from './slots.ts'
import { turns } from './turns.ts'

/** A task that ends when told to. */
function task(log: string[], name: string) {
  const { promise, resolve, reject } = Promise.withResolvers<string>()
  const run = () => {
    log.push(name)
    return promise
  }
  return { run, end: () => resolve(name), fail: reject }
}

const settled = () => new Promise((resolve) => setImmediate(resolve))

describe('turns', () => {
  test('tasks of one key run one after the other, those of another key beside them', async () => {
    const log: string[] = []
    const inTurn = turns(10)
    const [a1, a2, b1] = [task(log, 'a1'), task(log, 'a2'), task(log, 'b1')]
    const all = [inTurn('a', a1.run), inTurn('a', a2.run), inTurn('b', b1.run)]
    await settled()
    expect(log).toEqual(['a1', 'b1'])
    a1.end()
    await settled()
    expect(log).toEqual(['a1', 'b1', 'a2'])
    a2.end()
    b1.end()
    expect(await Promise.all(all)).toEqual(['a1', 'a2', 'b1'])
  })

  test('a task that fails does not keep the next one from its turn', async () => {
    const log: string[] = []
    const inTurn = turns(10)
    const [first, second] = [task(log, 'first'), task(log, 'second')]
    const failing = inTurn('a', first.run)
    const waiting = inTurn('a', second.run)
    first.fail(new Error('broken'))
    await expect(failing).rejects.toThrow('broken')
    second.end()
    expect(await waiting).toBe('second')
  })

  test('when the store is unavailable, those who wait hear it at once; later ones try again', async () => {
    const log: string[] = []
    const inTurn = turns(10)
    const [first, second, later] = [task(log, 'first'), task(log, 'second'), task(log, 'later')]
    const failing = inTurn('a', first.run)
    const waiting = inTurn('a', second.run)
    first.fail(new StoreUnavailable('no answer'))
    await expect(failing).rejects.toThrow(StoreUnavailable)
    await expect(waiting).rejects.toThrow(StoreUnavailable)
    later.end()
    expect(await inTurn('a', later.run)).toBe('later')
    expect(log).toEqual(['first', 'later'])
  })

  test('beyond so many of one key further ones are refused, those of other keys are not', async () => {
    const log: string[] = []
    const inTurn = turns(3)
    const tasks = Array.from({ length: 5_000 }, (_, n) => task(log, `a${n}`))
    const all = tasks.map(({ run }) => inTurn('a', run).catch((error) => error))
    const other = task(log, 'b')
    const beside = inTurn('b', other.run)
    for (const each of [...tasks, other]) each.end()
    const outcomes = await Promise.all(all)
    expect(outcomes.slice(0, 3)).toEqual(['a0', 'a1', 'a2'])
    expect(outcomes.slice(3).every((outcome) => outcome instanceof Busy)).toBe(true)
    expect(await beside).toBe('b')
    expect(log).toEqual(['a0', 'b', 'a1', 'a2'])
    expect(await inTurn('a', async () => 'again')).toBe('again')
  })
})

describe('slots', () => {
  test('no more tasks run at once than there are slots, and all run in the end', async () => {
    const log: string[] = []
    const inSlot = slots(2, 10)
    const tasks = ['a', 'b', 'c', 'd'].map((name) => task(log, name))
    const all = tasks.map(({ run }) => inSlot(run).catch((error: Error) => error.message))
    await settled()
    expect(log).toEqual(['a', 'b'])
    tasks[1]?.fail(new Error('b failed'))
    await settled()
    expect(log).toEqual(['a', 'b', 'c'])
    for (const each of tasks) each.end()
    expect(await Promise.all(all)).toEqual(['a', 'b failed', 'c', 'd'])
  })

  test('beyond so many that wait further ones are refused, until there is room again', async () => {
    const log: string[] = []
    const inSlot = slots(1, 2)
    const tasks = ['a', 'b', 'c', 'd'].map((name) => task(log, name))
    const all = tasks.map(({ run }) => inSlot(run).catch((error) => error))
    for (const each of tasks) each.end()
    expect(await Promise.all(all)).toEqual(['a', 'b', 'c', expect.any(Busy)])
    expect(log).toEqual(['a', 'b', 'c'])
    expect(await inSlot(async () => 'later')).toBe('later')
  })
})
