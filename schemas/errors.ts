import { inspect } from 'node:util'

/** Event data that its schema refuses. */
export class InvalidEvent extends Error {
  readonly type: string
  /** Where in the data, for example `rows.0.measures.clicks`; empty for the data as a whole. */
  readonly path: string
  readonly value: unknown

  constructor(type: string, path: string, value: unknown, expected: string) {
    const shown = inspect(value, { depth: 0, maxStringLength: 60, maxArrayLength: 3, breakLength: Infinity })
    super(`${type}${path && `.${path}`} must be ${expected}, not ${shown}.`)
    this.name = 'InvalidEvent'
    this.type = type
    this.path = path
    this.value = value
  }
}

/** An event type, or a version of one, that this process was not built with. */
export class UnknownEvent extends Error {
  readonly type: string
  readonly version: number | null

  constructor(type: string, version: number | null, known: readonly number[]) {
    super(
      known.length === 0
        ? `There is no event type ${type}.`
        : `${type} has no version ${version} here (known: ${known.join(', ')}). Deploy a release that has it.`,
    )
    this.name = 'UnknownEvent'
    this.type = type
    this.version = version
  }
}

/** Bytes that are not what their schema says. */
export class UnreadableEvent extends Error {
  readonly type: string
  readonly version: number

  constructor(type: string, version: number, cause: unknown) {
    super(`The bytes are no ${type} of version ${version}: ${cause instanceof Error ? cause.message : cause}.`, {
      cause,
    })
    this.name = 'UnreadableEvent'
    this.type = type
    this.version = version
  }
}
