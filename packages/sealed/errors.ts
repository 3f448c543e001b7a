/** The person was erased: their key is destroyed, and there will be no other. */
export class SubjectErased extends Error {
  readonly code = 'subject-erased'

  constructor(subject: string) {
    super(`The key of ${subject} is destroyed.`)
  }
}

/** Something sealed does not open with its key: it was changed, or belongs to another person or field. */
export class CannotOpen extends Error {
  readonly code = 'cannot-open'

  constructor(what: string, cause?: unknown) {
    super(what, { cause })
  }
}
