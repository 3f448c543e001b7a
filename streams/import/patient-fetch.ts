/** A request that is sent again while the other side is busy, down or out of reach. */
import { setTimeout as wait } from 'node:timers/promises'

/** It was sent for as long as one was ready to wait. */
export class Unanswered extends Error {
  override readonly name = 'Unanswered'
}

/** Too many requests, and what says that a service, or a store behind it, is away for the moment. */
const comeAgain = [429, 502, 503, 504]
const longestPauseMs = 10_000
const answerWithinMs = 60_000

/**
 * Sends a request until it is answered by anything but "come again", with the pauses of `Retry-After` or growing ones. Safe for questions, and
 * for commands with an idempotency key.
 *
 * @throws Unanswered after `patienceMs`
 */
export async function patientFetch(url: URL | string, request: RequestInit, patienceMs: number): Promise<Response> {
  const until = Date.now() + patienceMs
  for (let pauseMs = 250; ; pauseMs = Math.min(pauseMs * 2, longestPauseMs)) {
    const answer = await fetch(url, { ...request, signal: AbortSignal.timeout(answerWithinMs) }).catch(reasonOf)
    if (typeof answer !== 'string' && !comeAgain.includes(answer.status)) return answer
    const reason = typeof answer === 'string' ? answer : await sayProblem(answer)
    const asked = typeof answer === 'string' ? null : answer.headers.get('retry-after')
    const pause = asked !== null && /^\d{1,5}$/.test(asked) ? Number(asked) * 1000 : pauseMs
    if (Date.now() + pause > until) throw new Unanswered(`${url} does not answer: ${reason}`)
    await wait(pause)
  }
}

/** The detail of an RFC 9457 problem document, or what came instead; reads the answer to its end. */
export async function sayProblem(answer: Response): Promise<string> {
  const text = await answer.text().catch(reasonOf)
  try {
    const { title, detail } = JSON.parse(text) as { title?: string; detail?: string }
    return `${answer.status} ${detail ?? title ?? text}`
  } catch {
    return `${answer.status} ${text.slice(0, 200)}`
  }
}

/** fetch hides what happened behind "fetch failed". */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  return error.cause instanceof Error ? error.cause.message : error.message
}
