/**
 * A database that cannot be reached or does not answer: nothing is wrong with what was asked, and trying again can help.
 * Whether a write in flight took effect is not known. The code is the one by which the edge answers 503.
 */
export class StoreUnavailable extends Error {
  readonly code = 'store-unavailable'
  readonly retryable = true

  /** @param store as an operator calls it, for example `PostgreSQL` */
  constructor(store: string, cause: unknown) {
    super(`${store} is not available: ${reasonOf(cause)}`, { cause })
    this.name = 'StoreUnavailable'
  }
}

/** The innermost reason: a refused connection to a host with two addresses is an AggregateError without words. */
const reasonOf = (cause: unknown): string => {
  const [first] = causesOf(cause)
  if (first !== undefined) return reasonOf(first)
  return String((cause as Error | null)?.message ?? cause)
}

const causesOf = (error: unknown): readonly unknown[] =>
  typeof error === 'object' && error !== null && 'errors' in error && Array.isArray(error.errors) ? error.errors : []

const connectionCodes = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'EPIPE',
  'ETIMEDOUT',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENOTFOUND',
  'EAI_AGAIN',
])

/** Whether the operating system says that the other side cannot be reached. */
export const isConnectionError = (error: unknown): boolean => {
  if (typeof error !== 'object' || error === null) return false
  return connectionCodes.has(String((error as { code?: unknown }).code)) || causesOf(error).some(isConnectionError)
}
