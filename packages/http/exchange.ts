import type { IncomingMessage, ServerResponse } from 'node:http'
import { type OpenSpan, openRequestSpan } from '@bizosaas/runtime'
import { newTraceparent, parseTraceparent, requestIdOf } from './headers.ts'
import type { Principal } from './principal.ts'
import type { Problem } from './problem.ts'

/** What is known about one request and its answer besides what Node keeps; for handlers, problems and the log line. */
export type Exchange = {
  readonly requestId: string
  readonly traceparent: string
  readonly path: string
  /** The query string, without its question mark. */
  readonly search: string
  readonly started: number
  /** Null where nothing is traced. */
  readonly span: OpenSpan | null
  route: string | null
  principal: Principal | null
  /** Of the command that the request became. */
  commandId: string | null
  /** What was answered instead of what was asked for. */
  problem: Problem | null
  fault: unknown
}

/** Asked many times a minute. What fails is logged by the unit's health when it begins to fail, not with each answer. */
export const probePaths: ReadonlySet<string> = new Set(['/livez', '/readyz', '/metrics'])

const exchanges = new WeakMap<ServerResponse, Exchange>()

export function openExchange(request: IncomingMessage, response: ServerResponse): Exchange {
  const url = request.url ?? '/'
  const mark = url.indexOf('?')
  const path = mark < 0 ? url : url.slice(0, mark)
  const parent = parseTraceparent(one(request.headers.traceparent))
  const span = probePaths.has(path) ? null : openRequestSpan(request.method ?? '', parent)
  const exchange: Exchange = {
    requestId: requestIdOf(one(request.headers['x-request-id'])),
    traceparent: span?.traceparent ?? parent ?? newTraceparent(),
    path,
    search: mark < 0 ? '' : url.slice(mark + 1),
    started: performance.now(),
    span,
    route: null,
    principal: null,
    commandId: null,
    problem: null,
    fault: null,
  }
  exchanges.set(response, exchange)
  return exchange
}

export function exchangeOf(response: ServerResponse): Exchange {
  const exchange = exchanges.get(response)
  if (exchange === undefined) throw new Error('no exchange was opened for this response')
  return exchange
}

const one = (header: string | string[] | undefined) => (typeof header === 'string' ? header : undefined)
