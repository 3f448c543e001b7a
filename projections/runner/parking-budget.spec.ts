import { describe, expect, test } from '@jest/globals'
import { budgetAfter, fullBudget } from './parking-budget.ts'

describe('budgetAfter', () => {
  test('stops a burst at once, and a burst that comes in drops', () => {
    expect(budgetAfter(fullBudget, fullBudget + 1, 0)).toBeLessThan(0)
    let budget = fullBudget
    for (let batch = 0; batch < fullBudget; batch++) budget = budgetAfter(budget, 1, 10)
    expect(budgetAfter(budget, 2, 10)).toBeLessThan(0)
  })

  test('never stops for a poison among a hundred good events', () => {
    let budget = fullBudget
    for (let batch = 0; batch < 10_000; batch++) budget = budgetAfter(budget, 1, 100)
    expect(budget).toBe(fullBudget - 1)
  })
})
