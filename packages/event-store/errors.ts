/** Somebody else appended in the meantime: read on and decide again. */
export class WrongRevision extends Error {
  readonly code = 'wrong-revision'
  readonly stream: string
  readonly expected: number | 'no-stream'

  constructor({ stream, expected }: { readonly stream: string; readonly expected: number | 'no-stream' }) {
    super(`${stream} is not at ${expected} any more.`)
    this.name = 'WrongRevision'
    this.stream = stream
    this.expected = expected
  }
}

/**
 * The event store did not answer. What was to be appended may have been appended all the same; since event ids follow
 * from the command, sending the command again is safe and gives the first answer.
 */
export class StoreUnavailable extends Error {
  readonly code = 'store-unavailable'
  readonly retryAfterSeconds = 1

  constructor(what: string, cause?: unknown) {
    super(`The event store is not available: ${what}.`, { cause })
    this.name = 'StoreUnavailable'
  }
}

/** So much waits already that this is not taken in; nothing was appended. */
export class Busy extends Error {
  readonly code = 'busy'

  constructor(what: string) {
    super(`Too much waits already: ${what}.`)
    this.name = 'Busy'
  }
}
