/** One page of rows to the integrations service, again and again until it is answered. */
import { setTimeout as wait } from 'node:timers/promises'
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

/** How long a page is sent again while the service is busy, down or out of reach. */
const patienceMs = 5 * 60_000
const longestPauseMs = 10_000
const answerWithinMs = 60_000

/**
 * Sends one page. Too many requests (429), a store or the service that is down (502 to 504), and a broken connection are waited out; the
 * idempotency key makes it safe to send again what may have arrived.
 *
 * @throws ImportStopped
 */
export async function sendPage(to: Destination, rows: readonly FiguresRow[], idempotencyKey: string): Promise<Answer> {
  const url = new URL(`/v1/ad-accounts/${encodeURIComponent(to.adAccountId)}/observations`, to.url)
  const request = {
    method: 'POST',
    headers: {
      authorization: `Bearer ${to.token}`,
      'content-type': 'application/json',
      'idempotency-key': idempotencyKey,
    },
    body: JSON.stringify({ rows }),
  }
  const until = Date.now() + patienceMs
  for (let pause = 250; ; pause = Math.min(pause * 2, longestPauseMs)) {
    const answer = await fetch(url, { ...request, signal: AbortSignal.timeout(answerWithinMs) }).catch(
      (error) => new Error(said(error)),
    )
    if (!(answer instanceof Error) && ![429, 502, 503, 504].includes(answer.status)) return readAnswer(answer)
    const retryAfter = answer instanceof Error ? null : answer.headers.get('retry-after')
    const pauseMs = retryAfter && /^\d+$/.test(retryAfter) ? Number(retryAfter) * 1000 : pause
    if (Date.now() + pauseMs > until) {
      throw new ImportStopped(
        `${url} does not answer: ${answer instanceof Error ? answer.message : await problem(answer)}`,
      )
    }
    if (!(answer instanceof Error)) await answer.body?.cancel()
    await wait(pauseMs)
  }
}

async function readAnswer(answer: Response): Promise<Answer> {
  if (answer.ok) {
    const { observed, restated, unchanged } = (await answer.json()) as Counts
    return {
      type: 'taken',
      counts: { observed, restated, unchanged },
      consistencyToken: answer.headers.get('x-consistency-token'),
    }
  }
  const text = await answer.text()
  const reasons = rowsAtFault(text)
  if (reasons.size === 0) throw new ImportStopped(sayProblem(answer.status, text))
  return { type: 'rows-refused', reasons }
}

const problem = async (answer: Response) => sayProblem(answer.status, await answer.text())

/** The detail of an RFC 9457 problem document, or what came instead. */
function sayProblem(status: number, text: string): string {
  try {
    const { title, detail } = JSON.parse(text) as { title?: string; detail?: string }
    return `${status}: ${detail ?? title ?? text}`
  } catch {
    return `${status}: ${text.slice(0, 200)}`
  }
}

/** The pointers into `rows` of a problem document's errors, the first for each row. */
function rowsAtFault(text: string): Map<number, string> {
  const reasons = new Map<number, string>()
  let errors: unknown
  try {
    errors = (JSON.parse(text) as { errors?: unknown }).errors
  } catch {
    return reasons
  }
  for (const { pointer, detail } of Array.isArray(errors) ? (errors as { pointer?: string; detail?: string }[]) : []) {
    const [, index, field] = /^#?\/rows\/(\d+)(?:\/(.*))?$/.exec(pointer ?? '') ?? []
    if (index !== undefined && !reasons.has(Number(index))) {
      reasons.set(Number(index), `${field ? `${field}: ` : ''}${detail ?? 'refused'}`)
    }
  }
  return reasons
}

function said(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  return error.cause instanceof Error ? error.cause.message : error.message
}
