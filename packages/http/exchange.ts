import type { IncomingMessage, ServerResponse } from 'node:http'
import { requestIdOf, traceparentOf } from './headers.ts'
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
  route: string | null
  principal: Principal | null
  /** Of the command that the request became. */
  commandId: string | null
  /** What was answered instead of what was asked for. */
  problem: Problem | null
  fault: unknown
}

const exchanges = new WeakMap<ServerResponse, Exchange>()

export function openExchange(request: IncomingMessage, response: ServerResponse): Exchange {
  const url = request.url ?? '/'
  const mark = url.indexOf('?')
  const exchange: Exchange = {
    requestId: requestIdOf(one(request.headers['x-request-id'])),
    traceparent: traceparentOf(one(request.headers.traceparent)),
    path: mark < 0 ? url : url.slice(0, mark),
    search: mark < 0 ? '' : url.slice(mark + 1),
    started: performance.now(),
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
