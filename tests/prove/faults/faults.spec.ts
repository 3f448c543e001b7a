import { expect, test } from '@jest/globals'
import { random } from '../random.ts'
import { drawFault, faultKinds } from './faults.ts'

const draw = (seed: string, count: number) => {
  const chance = random(seed, 'faults')
  return Array.from({ length: count }, () => drawFault(chance))
}

test('the same seed draws the same faults, another one others', () => {
  expect(draw('one', 200)).toEqual(draw('one', 200))
  expect(draw('one', 200)).not.toEqual(draw('two', 200))
})

test('every kind of fault is drawn about as often as its weight says', () => {
  const faults = draw('weights', 20_000)
  const all = Object.values(faultKinds).reduce((sum, { weight }) => sum + weight, 0)
  for (const [kind, { weight }] of Object.entries(faultKinds)) {
    const share = faults.filter((fault) => fault.kind === kind).length / faults.length
    expect(Math.abs(share - weight / all)).toBeLessThan(0.01)
  }
})
