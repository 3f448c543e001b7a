/** One page of rows to the integrations service. */
import { patientFetch, sayProblem } from './patient-fetch.ts'
import type { FiguresRow } from './rows.ts'

export interface Destination {
  /** Of the integrations service, for example http://127.0.0.1:8004. */
  readonly url: string
  readonly adAccountId: string
  /** Access token. */
  readonly token: string
}

export interface Counts {
  readonly observed: number
  readonly restated: number
  readonly unchanged: number
}

export type Answer =
  | { readonly type: 'taken'; readonly counts: Counts; readonly consistencyToken: string | null }
  /** The service found fault with rows, by their index in the page; none of the page was taken. */
  | { readonly type: 'rows-refused'; readonly reasons: ReadonlyMap<number, string> }

/** The service will not take this page however often it is sent; what was sent before stays. */
export class ImportStopped extends Error {
  override readonly name = 'ImportStopped'
}

/** How long a page is sent again while the service is away. */
const patienceMs = 5 * 60_000

/**
 * @param idempotencyKey makes it safe to send again what may have arrived
 * @throws ImportStopped; Unanswered when the service stays away
 */
export async function sendPage(to: Destination, rows: readonly FiguresRow[], idempotencyKey: string): Promise<Answer> {
  const url = new URL(`/v1/ad-accounts/${encodeURIComponent(to.adAccountId)}/observations`, to.url)
  const headers = {
    authorization: `Bearer ${to.token}`,
    'content-type': 'application/json',
    'idempotency-key': idempotencyKey,
  }
  const answer = await patientFetch(url, { method: 'POST', headers, body: JSON.stringify({ rows }) }, patienceMs)
  if (answer.ok) {
    const { observed, restated, unchanged } = (await answer.json()) as Counts
    const consistencyToken = answer.headers.get('x-consistency-token')
    return { type: 'taken', counts: { observed, restated, unchanged }, consistencyToken }
  }
  const reasons = await rowsAtFault(answer.clone())
  if (reasons.size > 0) return { type: 'rows-refused', reasons }
  throw new ImportStopped(await sayProblem(answer))
}

/** The pointers into `rows` of a problem document's errors, the first for each row. */
async function rowsAtFault(answer: Response): Promise<Map<number, string>> {
  const problem = (await answer.json().catch(() => null)) as { errors?: unknown } | null
  const errors = Array.isArray(problem?.errors) ? (problem.errors as { pointer?: string; detail?: string }[]) : []
  const reasons = new Map<number, string>()
  for (const { pointer, detail } of errors) {
    const [, index, field] = /^\/rows\/(\d+)(?:\/(.*))?$/.exec(pointer ?? '') ?? []
    if (index === undefined || reasons.has(Number(index))) continue
    reasons.set(Number(index), `${field ? `${field} ` : ''}${detail ?? 'is refused'}`)
  }
  return reasons
}
