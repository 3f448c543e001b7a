import { expect, test } from '@jest/globals'
import { progressLine } from './progress.ts'

test('shows the part done, the pace and the time left', () => {
  expect(progressLine({ total: 1000, done: 500, rows: 1234, seconds: 10, skipped: 0 })).toBe(
    '███████████████░░░░░░░░░░░░░░░  50 %   1,234 rows   123 rows/s   0:10 left',
  )
})

test('a resumed import is timed by what it did itself', () => {
  expect(progressLine({ total: 1000, done: 900, rows: 100, seconds: 10, skipped: 800 })).toContain('0:10 left')
})

test('is never over 100 percent and never divides by zero', () => {
  expect(progressLine({ total: 0, done: 0, rows: 0, seconds: 0, skipped: 0 })).toContain(
    '100 %   0 rows   0 rows/s   -:-- left',
  )
})
