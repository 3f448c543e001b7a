import type { IncomingMessage, ServerResponse } from 'node:http'
import { type Log, metrics } from '@bizosaas/runtime'
import { Counter, Histogram } from 'prom-client'
import { type Exchange, openExchange, probePaths } from './exchange.ts'

const durations = new Histogram({
  name: 'http_request_duration_seconds',
  help: 'Time from the first byte of a request to the last of its answer',
  labelNames: ['service', 'method', 'route', 'status'],
  buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30],
  registers: [metrics],
})

const problems = new Counter({
  name: 'http_problems_total',
  help: 'Answers that are problem documents, by their type; a refused command is one of them',
  labelNames: ['service', 'method', 'route', 'status', 'type'],
  registers: [metrics],
})

/** Opens the exchange of a request, and writes its one log line and its duration when it is over. */
export function observe(service: string, log: Log, request: IncomingMessage, response: ServerResponse): void {
  const exchange = openExchange(request, response)
  response.once('close', () => {
    const { requestId, traceparent, path, route, principal, commandId, problem, fault, started } = exchange
    const ms = performance.now() - started
    const status = response.writableFinished ? response.statusCode : 499
    const method = request.method ?? ''
    // Only known routes become labels: paths are made up by strangers.
    const labels = { service, method, route: route ?? 'none', status }
    endSpan(exchange, method, status)
    durations.observe(labels, ms / 1000)
    if (problem !== null) problems.inc({ ...labels, type: problem.code })
    const line = {
      requestId,
      traceId: traceparent.slice(3, 35),
      method,
      // The query string stays out: searches are about people.
      path,
      status,
      ms: Math.round(ms * 1000) / 1000,
      ...(principal === null ? {} : { tenantId: principal.tenantId, subject: principal.subject }),
      ...(commandId === null ? {} : { commandId }),
      ...(fault === null ? {} : { err: fault }),
    }
    if (probePaths.has(path)) log.debug(line, 'request')
    else if (status >= 500) log.error(line, 'request')
    else if (route === null && status < 400) log.debug(line, 'request')
    else log.info(line, 'request')
  })
}

function endSpan(
  { span, requestId, route, principal, commandId, fault }: Exchange,
  method: string,
  status: number,
): void {
  span?.end(
    `${method} ${route ?? ''}`.trim(),
    {
      'http.request.method': method,
      'http.response.status_code': status,
      'bizosaas.request_id': requestId,
      ...(route && { 'http.route': route }),
      ...(principal && { 'bizosaas.tenant_id': principal.tenantId }),
      ...(commandId && { 'bizosaas.command_id': commandId }),
    },
    fault,
  )
}
