import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { commandIdOf, derivedId } from './ids.ts'

const uuidV5 = /^[0-9a-f]{8}-[0-9a-f]{4}-5[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/

describe('derived ids', () => {
  // As Python's uuid.uuid5 has them.
  test('never change: what is stored depends on them', () => {
    expect(commandIdOf('tenant', 'user', 'POST /v1/campaigns', 'key')).toBe('740337ee-ce13-5c55-826f-46854772ef63')
    expect(derivedId('command', 0)).toBe('52b2da07-d73b-5353-975e-4c6fac35f171')
  })

  test('are UUIDs of version 5, the same for the same and others for others', () => {
    const parts = fc.tuple(fc.string(), fc.string(), fc.string(), fc.string())
    fc.assert(
      fc.property(parts, parts, (one, other) => {
        expect(commandIdOf(...one)).toMatch(uuidV5)
        expect(commandIdOf(...one) === commandIdOf(...other)).toBe(one.every((part, n) => part === other[n]))
      }),
    )
  })

  test('keep the parts of a name apart', () => {
    expect(commandIdOf('a', 'b c', 'd', 'e')).not.toBe(commandIdOf('a b', 'c', 'd', 'e'))
    expect(derivedId('c', 1)).not.toBe(derivedId('c', '1'))
  })
})
