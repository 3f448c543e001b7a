import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http'
import type { BlockList } from 'node:net'
import { TLSSocket } from 'node:tls'
import { answerWithProblem, exchangeOf, observe, type Principal, Problem, tryAgain } from '@bizosaas/http'
import type { Log } from '@bizosaas/runtime'
import type { PolicyRoute } from '@bizosaas/schemas'
import type { OriginDigest } from '@bizosaas/sealed'
import type { ActivePolicy } from './active-policy.ts'
import { answerHeaders, isStream, relay, relayStream, removeHopByHop } from './answer.ts'
import { NoAnswer } from './attempt.ts'
import { discardBody, limitedBody, refuseTooLarge } from './body.ts'
import { answerCors } from './cors.ts'
import { forward } from './forward.ts'
import { type Origin, originOf } from './forwarded.ts'
import type { Instances } from './instances.ts'
import { targetOf } from './route-table.ts'
import { changeHeaders } from './transform.ts'
import { changedAnswer, changedRequest } from './whole-body.ts'

export type Gateway = {
  readonly log: Log
  readonly policy: () => ActivePolicy
  readonly instances: Instances
  /** Who sends a request; null without a valid token. It is for the limits alone: services decide who may do what. */
  readonly identify: (request: IncomingMessage) => Promise<Principal | null>
  readonly trusted: BlockList
  readonly originDigest: OriginDigest
  /** Health and documentation of the gateway itself. */
  readonly own: (request: IncomingMessage, response: ServerResponse, next: (error?: unknown) => void) => void
  /** For each event stream that is open, how to end it. */
  readonly endStreams: Set<() => void>
  readonly isStopping: () => boolean
}

/** Each holds a connection and some memory; with more in hand all would only wait. */
const mostInHand = 10_000

const ownPaths = /^\/(livez|readyz|metrics|openapi\.json|docs|problems)(\/|$)/

/** Answers every request: from itself, from a service, or with a problem. */
export function handlerOf(gateway: Gateway): RequestListener {
  let inHand = 0
  return (request, response) => {
    // As many as those who follow a request here, also when it is tried again: none is a leak.
    response.setMaxListeners(30)
    observe('gateway', gateway.log, request, response)
    if (request.socket instanceof TLSSocket) response.setHeader('Strict-Transport-Security', 'max-age=31536000')
    inHand++
    response.once('close', () => inHand--)
    const answer = inHand > mostInHand ? Promise.reject(tooMuch()) : handle(gateway, request, response)
    answer.catch((error: unknown) => {
      if (error instanceof NoAnswer) return
      discardBody(request, response)
      answerWithProblem(response, error)
    })
  }
}

const tooMuch = () => tryAgain('busy', 'More is waiting here already than can be taken in.')

async function handle(gateway: Gateway, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const exchange = exchangeOf(response)
  if (gateway.isStopping()) {
    response.setHeader('Connection', 'close')
    throw tryAgain('stopping', 'The gateway is stopping.')
  }
  if (ownPaths.test(exchange.path)) return gateway.own(request, response, refuseOwn(request, response))
  const active = gateway.policy()
  if (answerCors(active.policy.corsOrigins, request, response)) return
  const { route, origin, limits } = await admit(gateway, active, request, response)
  for (const [name, value] of Object.entries(limits)) response.setHeader(name, value)

  refuseTooLarge(request, route.maxBodyBytes)
  if (/100-continue/i.test(request.headers.expect ?? '')) response.writeContinue()
  const body = await bodyOf(request, route)
  changeHeaders(request.headers, route.request.headers)
  prepare(request, origin, response)
  const { timeoutMs, service } = route
  const path = targetOf(route, request.url ?? '/')
  const answer = await forward(gateway.instances, service, { request, response, body, path, timeoutMs })
  const headers = answerHeaders(answer, { 'x-request-id': exchange.requestId })
  changeHeaders(headers, route.answer.headers)
  if (!isStream(headers)) {
    const changed = route.answer.body.length > 0 ? await changedAnswer(answer, headers, route.answer.body) : null
    return relay(answer, response, headers, changed ?? answer)
  }
  const end = relayStream(answer, response, headers)
  gateway.endStreams.add(end)
  response.once('close', () => gateway.endStreams.delete(end))
}

const refuseOwn =
  ({ method, url }: IncomingMessage, response: ServerResponse) =>
  (error?: unknown) =>
    answerWithProblem(response, error ?? new Problem('no-route', `Nothing is published for ${method} ${url}.`))

/** Which route a request takes, who sends it, and whether it is within their limits. */
export async function admit(
  { trusted, originDigest, identify }: Pick<Gateway, 'trusted' | 'originDigest' | 'identify'>,
  { find, count }: ActivePolicy,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<{ route: PolicyRoute; origin: Origin; limits: Readonly<Record<string, string>> }> {
  const exchange = exchangeOf(response)
  const route = find(request.method ?? '', exchange.path)
  exchange.route = route.prefix
  const origin = originOf(request, trusted, originDigest)
  const principal = await identify(request)
  exchange.principal = principal
  return { route, origin, limits: await count(route, { principal, address: origin.address }) }
}

/** What is sent on in place of the request's own body; null for that. */
async function bodyOf(request: IncomingMessage, { request: { body: changes }, maxBodyBytes }: PolicyRoute) {
  return changes.length > 0 ? changedRequest(request, changes, maxBodyBytes) : limitedBody(request, maxBodyBytes)
}

/** The request as the service is to see it. */
function prepare(request: IncomingMessage, { headers }: Origin, response: ServerResponse): void {
  removeHopByHop(request.headers)
  removeUntrusted(request)
  const { requestId, traceparent } = exchangeOf(response)
  Object.assign(request.headers, headers, { 'x-request-id': requestId, traceparent })
}

/** What only a proxy may say, and what has been dealt with here. */
export function removeUntrusted({ headers }: IncomingMessage): void {
  delete headers.expect
  delete headers.forwarded
  delete headers['x-forwarded-port']
  delete headers['x-real-ip']
}
