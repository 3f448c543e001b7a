import { StoreUnavailable } from '@bizosaas/databases'

/**
 * What an error of a database asks of us.
 *
 *   refused  it cannot hold a value: trying again does not mend it, so what holds the value is parked
 *   wait     it is away, full, read-only, lacks a grant: nothing is wrong with the events, so they wait for it
 *   fault    no database said this: a mistake of ours
 */
export type Demand = 'refused' | 'wait' | 'fault'

/** A value that its column cannot hold. */
export class UnfitValue extends Error {
  override readonly name = 'UnfitValue'
}

/**
 * PostgreSQL's classes: cardinality violation (two rows of one statement have the same key), data exception, integrity
 * constraint violation, limit exceeded (a value too long for an index).
 */
const refusedStates = /^(21|22|23|54)\w{3}$/
const sqlState = /^[0-9A-Z]{5}$/

/** ClickHouse's ErrorCodes.cpp: what it says of values that it cannot parse or hold. */
const refusedCodes = new Set(['6', '26', '27', '38', '41', '53', '69', '72', '117', '131', '321', '349', '376'])
const clickHouseCode = /^\d{1,4}$/

export function demandOf(error: unknown): Demand {
  if (error instanceof UnfitValue) return 'refused'
  if (error instanceof StoreUnavailable) return 'wait'
  const code = error instanceof Error && 'code' in error ? String(error.code) : ''
  if (refusedStates.test(code) || refusedCodes.has(code)) return 'refused'
  return sqlState.test(code) || clickHouseCode.test(code) ? 'wait' : 'fault'
}
