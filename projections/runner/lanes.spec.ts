import { describe, expect, test } from '@jest/globals'
import { lanes } from './lanes.ts'

describe('lanes', () => {
  test('run the tasks of a lane one after the other, also after one that failed, and others beside them', async () => {
    const inLane = lanes()
    const said: string[] = []
    const gate = Promise.withResolvers<void>()
    const first = inLane('a', async () => {
      await gate.promise
      said.push('first')
      throw new Error('of the first')
    })
    const second = inLane('a', async () => said.push('second'))
    await inLane('b', async () => said.push('beside'))
    gate.resolve()
    await expect(first).rejects.toThrow('of the first')
    await second
    expect(said).toEqual(['beside', 'first', 'second'])
  })
})
