import type { ServerResponse } from 'node:http'
import { exchangeOf } from './exchange.ts'
import { problemOf } from './faults.ts'
import type { Problem } from './problem.ts'

/** OWASP's headers for an API, whose answers are never pages. Pages replace the policy by their own. */
export const securityHeaders = {
  'X-Content-Type-Options': 'nosniff',
  'Content-Security-Policy': "default-src 'none'; frame-ancestors 'none'",
  'Referrer-Policy': 'no-referrer',
  'Cross-Origin-Resource-Policy': 'same-origin',
  'Cache-Control': 'no-store',
}

/** Writes a whole answer at once. Does nothing when one was already written, as after a time limit. */
export function send(
  response: ServerResponse,
  status: number,
  headers: Readonly<Record<string, string>>,
  body: string | Buffer | undefined,
): void {
  if (response.headersSent || response.destroyed) return
  const { requestId, commandId } = exchangeOf(response)
  const ids = { 'X-Request-Id': requestId, ...(commandId === null ? {} : { 'X-Command-Id': commandId }) }
  const bytes = body === undefined ? 0 : Buffer.byteLength(body)
  const length = status === 204 ? {} : { 'Content-Length': bytes }
  response.writeHead(status, { ...securityHeaders, ...ids, ...headers, ...length })
  response.end(response.req.method === 'HEAD' ? undefined : body)
}

export function sendProblem(response: ServerResponse, problem: Problem): void {
  const document = JSON.stringify(problem.document(exchangeOf(response).requestId))
  send(response, problem.status, { 'Content-Type': 'application/problem+json', ...problem.headers }, document)
}

/** Answers an error, whatever it is, and notes it for the log. */
export function answerWithProblem(response: ServerResponse, error: unknown): void {
  const problem = problemOf(error)
  const exchange = exchangeOf(response)
  exchange.problem = problem
  // Refusing is to be cheap when there is too much to do: no stack for each.
  if (problem.status >= 500 && problem.code !== 'busy') exchange.fault = problem.cause ?? problem
  sendProblem(response, problem)
}
