import { describe, expect, test } from '@jest/globals'
import { rowMemory } from './row-memory.ts'

const place = { topic: 'events.g0', partition: 0 }
const row = (name: string) => ({ name })

describe('rowMemory', () => {
  test('knows the rows at the position at which they were written, and at no other', () => {
    const memory = rowMemory(10)
    memory.moved(place, -1, 100, new Map([['a', row('a')]]))
    memory.moved(place, 100, 103, new Map([['b', null]]))
    expect([...memory.at(place, 103)]).toEqual([
      ['a', row('a')],
      ['b', null],
    ])
    expect(memory.at(place, 100).size).toBe(0)
    expect(memory.at({ ...place, partition: 1 }, 103).size).toBe(0)
  })

  test('forgets a partition that another runner moved', () => {
    const memory = rowMemory(10)
    memory.moved(place, -1, 100, new Map([['a', row('stale')]]))
    memory.moved(place, 103, 106, new Map([['b', row('b')]]))
    expect([...memory.at(place, 106).keys()]).toEqual(['b'])
  })

  test('keeps the rows that were written last', () => {
    const memory = rowMemory(2)
    memory.moved(place, -1, 1, new Map([['a', row('a')]]))
    memory.moved(place, 1, 2, new Map([['b', row('b')]]))
    memory.moved(place, 2, 3, new Map([['a', row('a2')]]))
    memory.moved(place, 3, 4, new Map([['c', row('c')]]))
    expect([...memory.at(place, 4).keys()]).toEqual(['a', 'c'])
  })
})
