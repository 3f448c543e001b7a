import { type ProblemCode, problemKind } from './problems.ts'

type Extras = {
  /** Further members of the document, such as `errors`, or the facts of a refusal. */
  readonly members?: Readonly<Record<string, unknown>>
  readonly headers?: Readonly<Record<string, string>>
  readonly cause?: unknown
}

/** An answer that is a problem document (RFC 9457, `application/problem+json`). Thrown, and written at the edge. */
export class Problem extends Error {
  readonly code: string
  readonly status: number
  readonly members: Readonly<Record<string, unknown>>
  readonly headers: Readonly<Record<string, string>>

  /** @param code a code of `problems.ts`, or of a refusal of the domain */
  constructor(code: ProblemCode | (string & {}), detail: string, { members = {}, headers = {}, cause }: Extras = {}) {
    super(detail, { cause })
    this.code = code
    this.status = problemKind(code).status
    this.members = members
    this.headers = headers
  }

  /** The document. What the standard and this API define wins over members of the same name. */
  document(requestId: string) {
    const { status, title } = problemKind(this.code)
    return { ...this.members, type: `/problems/${this.code}`, title, status, detail: this.message, requestId }
  }
}

const retryAfterSeconds = '1'

/** A problem that goes away by itself: 503 with `Retry-After`. */
export const tryAgain = (code: ProblemCode, detail: string, cause?: unknown): Problem =>
  new Problem(code, detail, { headers: { 'Retry-After': retryAfterSeconds }, cause })

export const notFound = (what: string): Problem => new Problem('not-found', what)
