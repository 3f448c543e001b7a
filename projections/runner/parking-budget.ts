/**
 * Now and then a stream is poison. Many at once mean that the handler or the table is wrong, and parking them all would
 * only hide it: then the projection stops, with nothing of that batch written, and waits for a person.
 *
 * A bucket of streams that may be parked: each newly parked one takes one out, and every hundred events that went well
 * put one back. So a burst stops and a rare poison never does, without a clock.
 */
export const fullBudget = 10
const appliedPerStream = 100

/** What is left of a budget after a batch; below zero, the batch must not be written. */
export function budgetAfter(budget: number, newlyParked: number, applied: number): number {
  return Math.min(fullBudget, budget + applied / appliedPerStream) - newlyParked
}
