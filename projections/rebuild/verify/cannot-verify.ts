/** Two versions cannot be compared now; the message says why, to a person. Nothing is wrong with either of them. */
export class CannotVerify extends Error {
  override readonly name = 'CannotVerify'
}

/** Not the reason itself: it may quote an event of any tenant, and who may read what became of an order is of one. */
export const haltedWords = ', for it is halted: GET /v1/projections says why'
