import { expect, test } from '@jest/globals'
import { rankDeviation } from './rank-test.ts'

const drawn = (count: number, shift: number) =>
  Array.from({ length: count }, (_, n) => ((n * 7919) % 1009) / 1009 + shift)

test('samples of one distribution are told apart by nothing but chance, others clearly', () => {
  expect(rankDeviation([1, 2, 3], [1, 2, 3])).toBe(0)
  expect(Math.abs(rankDeviation(drawn(40, 0), drawn(40, 0.01)))).toBeLessThan(2)
  expect(rankDeviation(drawn(40, 0.9), drawn(40, 0))).toBeGreaterThan(6)
  expect(rankDeviation(drawn(40, 0), drawn(40, 0.9))).toBeLessThan(-6)
})
