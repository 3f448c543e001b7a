import { randomUUID } from 'node:crypto'
import { Problem } from './problem.ts'

/**
 * `If-Match` (RFC 9110, section 13.1.1): the revision the client saw, or null for none or `*`.
 *
 * @throws Problem malformed-request for a weak tag, a list, or anything that is no revision
 */
export function parseIfMatch(header: string | undefined): number | null {
  if (header === undefined || header.trim() === '*') return null
  const revision = Number(/^"(\d{1,16})"$/.exec(header.trim())?.[1] ?? Number.NaN)
  if (Number.isSafeInteger(revision)) return revision
  throw new Problem('malformed-request', 'If-Match must be one revision as the ETag had it, such as "12", or *.')
}

export const etagOf = (revision: number): string => `"${revision}"`

/**
 * `Idempotency-Key`: up to 255 printable ASCII characters, or null for none.
 *
 * @throws Problem malformed-request
 */
export function parseIdempotencyKey(header: string | undefined): string | null {
  if (header === undefined) return null
  if (/^[\x21-\x7e]{1,255}$/.test(header)) return header
  throw new Problem('malformed-request', 'Idempotency-Key must be 1 to 255 printable ASCII characters without spaces.')
}

/** The client's request id if it can stand in a log and a header as it is, else a new one. */
export const requestIdOf = (header: string | undefined): string =>
  header !== undefined && /^[\w.:~-]{1,128}$/.test(header) ? header : randomUUID()

const traceparentShape = /^([0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(-.*)?$/

/** The client's W3C trace context; null if there is none that is valid. */
export function parseTraceparent(header: string | undefined): string | null {
  const [, version, traceId, parentId, flags, rest] = traceparentShape.exec(header ?? '') ?? []
  const valid = version !== undefined && version !== 'ff' && !(version === '00' && rest !== undefined)
  if (valid && !/^0+$/.test(`${traceId}`) && !/^0+$/.test(`${parentId}`)) return `00-${traceId}-${parentId}-${flags}`
  return null
}

/** The start of a trace that is not recorded: its id stands in the log and in the events all the same. */
export function newTraceparent(): string {
  // Node keeps entropy for UUIDs in store, which makes them its fastest source. A span's id has to differ within its trace only.
  const digits = randomUUID().replaceAll('-', '')
  return `00-${digits}-${digits.slice(16)}-00`
}

/** The gateway's word on where a request came from: a digest, or nothing that could be kept. */
export function parseOrigin(header: string | undefined): string | null {
  return header !== undefined && /^[\w-]{43}$/.test(header) ? header : null
}
