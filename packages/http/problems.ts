/**
 * Every problem that the API answers with: the one table of status codes. Its `type` is `/problems/<code>`, a page that
 * says the same as here. A refusal of the domain has its own code; one that is not in this table is a conflict (409).
 */
export type ProblemKind = {
  readonly status: number
  /** What is wrong, the same for every occurrence. */
  readonly title: string
  /** What to do about it. */
  readonly remedy: string
}

export const problems = {
  'malformed-request': {
    status: 400,
    title: 'The request cannot be read',
    remedy: 'Correct the path, the headers or the encoding named in the detail.',
  },
  'malformed-json': {
    status: 400,
    title: 'The body is not JSON',
    remedy: 'Send one JSON value, encoded in UTF-8.',
  },
  unauthenticated: {
    status: 401,
    title: 'There is no valid access token',
    remedy: 'Send `Authorization: Bearer <token>` with a token that has not expired and was issued for this API.',
  },
  forbidden: {
    status: 403,
    title: 'The roles of the access token do not allow this',
    remedy: 'Ask an owner of the account for a role that has the permission named in the detail.',
  },
  'sign-in-failed': {
    status: 403,
    title: 'The e-mail address or the password is not the right one',
    remedy: 'Check both. Nobody is told which of the two it is.',
  },
  'code-wrong': {
    status: 403,
    title: 'The one-time code is not the right one',
    remedy: 'Send the code that the device shows now; each is taken once. A recovery code stands in for the device.',
  },
  'not-found': {
    status: 404,
    title: 'There is no such resource',
    remedy: 'Check the address and the id. Resources of other tenants are not found either.',
  },
  'no-route': {
    status: 404,
    title: 'Nothing is published at this address',
    remedy: 'Check the address; `/docs` lists what there is.',
  },
  'method-not-allowed': {
    status: 405,
    title: 'The resource does not have this method',
    remedy: 'Use one of the methods in the `Allow` header.',
  },
  'request-timeout': {
    status: 408,
    title: 'The request did not arrive in time',
    remedy: 'Send the whole request without pauses.',
  },
  conflict: {
    status: 409,
    title: 'The state of the resource does not allow this',
    remedy: 'Read the resource again and decide anew; the members of the problem say what stood in the way.',
  },
  'illegal-step': {
    status: 409,
    title: 'This step is not possible in the present state',
    remedy: 'The members `state` and `verb` name both. Take the steps that lead there first.',
  },
  'other-currency': {
    status: 409,
    title: 'The amount is in another currency than before',
    remedy: 'Send the amount in the currency that the member `currency` names; it stays the same for good.',
  },
  'value-taken': {
    status: 409,
    title: 'Something else has this value, which must be unique',
    remedy: 'Use what has it, named by the member `holder`, or choose another value.',
  },
  'stream-full': {
    status: 409,
    title: 'The resource has changed as often as one can',
    remedy: 'Start a new one.',
  },
  stale: {
    status: 412,
    title: 'The resource has changed since it was read',
    remedy: 'Read it again, and repeat the request with the new `ETag` in `If-Match` if it still applies.',
  },
  'too-large': {
    status: 413,
    title: 'The body is too large',
    remedy: 'Send less at once; the detail names the limit.',
  },
  'unsupported-media-type': {
    status: 415,
    title: 'The body is not in a format that is understood',
    remedy: 'Send `Content-Type: application/json` in UTF-8, plain or compressed by gzip, deflate or br.',
  },
  invalid: {
    status: 422,
    title: 'The request does not fit its schema',
    remedy: 'Correct each place listed in `errors`; the schemas are in `/openapi.json`.',
  },
  'key-reused': {
    status: 422,
    title: 'The idempotency key was used for another request',
    remedy: 'Use a new `Idempotency-Key` for every new command, and the same one only to repeat a command unchanged.',
  },
  'too-many-requests': {
    status: 429,
    title: 'There were too many requests in too short a time',
    remedy:
      'Wait for the seconds in `Retry-After`; the `RateLimit` headers say how many requests are left, and for how long.',
  },
  'quota-exceeded': {
    status: 429,
    title: 'The requests that the plan includes are used up',
    remedy: 'Wait for the seconds in `Retry-After`, or ask for a larger plan.',
  },
  'headers-too-large': {
    status: 431,
    title: 'The headers are too large',
    remedy: 'Send at most 16 KiB of headers.',
  },
  internal: {
    status: 500,
    title: 'Something went wrong on our side',
    remedy: 'Repeat the request with the same `Idempotency-Key`; if it stays, report the `requestId`.',
  },
  'bad-gateway': {
    status: 502,
    title: 'The service broke off before it answered',
    remedy: 'It may have been carried out: repeat the request with the same `Idempotency-Key`.',
  },
  'no-instance': {
    status: 503,
    title: 'No instance of the service can be reached',
    remedy: 'Nothing was carried out: repeat the request after the seconds in `Retry-After`.',
  },
  'gateway-timeout': {
    status: 504,
    title: 'The service did not answer in time',
    remedy: 'It may have been carried out: repeat the request with the same `Idempotency-Key`.',
  },
  'store-unavailable': {
    status: 503,
    title: 'A store cannot be reached',
    remedy: 'Repeat the request with the same `Idempotency-Key` after the seconds in `Retry-After`.',
  },
  'keys-unavailable': {
    status: 503,
    title: 'Access tokens cannot be verified at the moment',
    remedy: 'Repeat the request with the same `Idempotency-Key` after the seconds in `Retry-After`.',
  },
  busy: {
    status: 503,
    title: 'There is more to do at the moment than can be taken in',
    remedy:
      'Repeat the request with the same `Idempotency-Key` after the seconds in `Retry-After`, and send less at once.',
  },
  'not-yet-visible': {
    status: 503,
    title: 'The read model has not reached the state asked for',
    remedy: 'Repeat the request after the seconds in `Retry-After`; what was recorded is safe.',
  },
  'timed-out': {
    status: 503,
    title: 'The request took too long',
    remedy: 'A command may still have been carried out: repeat it with the same `Idempotency-Key`.',
  },
  stopping: {
    status: 503,
    title: 'The service is stopping',
    remedy: 'Repeat the request after the seconds in `Retry-After`; another instance, or this one again, will answer.',
  },
} as const satisfies Record<string, ProblemKind>

export type ProblemCode = keyof typeof problems

/** The kind of a problem by its code; an unknown one is a refusal by the state of things. */
export const problemKind = (code: string): ProblemKind =>
  Object.hasOwn(problems, code) ? problems[code as ProblemCode] : problems.conflict
