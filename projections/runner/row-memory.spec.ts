import { describe, expect, test } from '@jest/globals'
import { rowMemory } from './row-memory.ts'

const at = (position: number, orders = 0) => ({ topic: 'events.g0', partition: 0, position, orders })
const row = (name: string) => ({ name })

describe('rowMemory', () => {
  test('knows the rows at the position at which they were written, and at no other', () => {
    const memory = rowMemory(10)
    memory.moved(at(-1), at(100), new Map([['a', row('a')]]))
    memory.moved(at(100), at(103), new Map([['b', null]]))
    expect([...memory.at(at(103))]).toEqual([
      ['a', row('a')],
      ['b', null],
    ])
    expect(memory.at(at(100)).size).toBe(0)
    expect(memory.at({ ...at(103), partition: 1 }).size).toBe(0)
  })

  test('forgets a partition that another runner moved', () => {
    const memory = rowMemory(10)
    memory.moved(at(-1), at(100), new Map([['a', row('stale')]]))
    memory.moved(at(103), at(106), new Map([['b', row('b')]]))
    expect([...memory.at(at(106)).keys()]).toEqual(['b'])
  })

  test('forgets a partition in which another runner carried out an order of an operator', () => {
    const memory = rowMemory(10)
    memory.moved(at(-1), at(100), new Map([['a', row('stale')]]))
    expect(memory.at(at(100, 1)).size).toBe(0)
    memory.moved(at(100), at(100, 1), new Map([['b', row('b')]]))
    expect([...memory.at(at(100, 1)).keys()]).toEqual(['a', 'b'])
    expect(memory.at(at(100)).size).toBe(0)
  })

  test('keeps the rows that were written last', () => {
    const memory = rowMemory(2)
    memory.moved(at(-1), at(1), new Map([['a', row('a')]]))
    memory.moved(at(1), at(2), new Map([['b', row('b')]]))
    memory.moved(at(2), at(3), new Map([['a', row('a2')]]))
    memory.moved(at(3), at(4), new Map([['c', row('c')]]))
    expect([...memory.at(at(4)).keys()]).toEqual(['a', 'c'])
  })
})
