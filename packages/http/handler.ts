import { within } from '@bizosaas/runtime'
import { Instant } from '@bizosaas/schemas'
import type { Request, RequestHandler, Response } from 'express'
import type { Authenticate } from './auth.ts'
import { bodyReader, isAbsent, isStorable } from './body.ts'
import { type EventStream, eventStream } from './event-stream.ts'
import { type Exchange, exchangeOf } from './exchange.ts'
import { parseIdempotencyKey, parseIfMatch, parseOrigin } from './headers.ts'
import { isAllowed, type Permission } from './permissions.ts'
import type { Principal } from './principal.ts'
import { notFound, Problem, tryAgain } from './problem.ts'
import { readQuery } from './query-text.ts'
import { busy, type Room } from './room.ts'
import { asReply, type Reply, type Route } from './route.ts'
import { send } from './send.ts'
import { compile, invalid, type Misfit } from './validate.ts'

const answerWithinMs = 30_000
const timedOut = () => tryAgain('timed-out', `No answer within ${answerWithinMs} ms.`)

/** What a service has in hand, over all its routes. */
export type InHand = { readonly room: Room; readonly streams: Set<EventStream>; readonly mostStreams: number }

/** Express's handler of a route: who, may they, what; run; answer. The order keeps strangers from making us read. */
export function handlerOf(route: Route, authenticate: Authenticate, inHand: InHand): RequestHandler {
  const checkParams = compile(route.params, 'path')
  const checkQuery = compile(route.query, 'query')
  const checkBody = route.body === null ? null : compile(route.body, 'body')
  const readBody = bodyReader(route.limit)
  const pathOf = pathsOf(route.path)

  const read = async (request: Request, response: Response, exchange: Exchange, principal: Principal) => {
    const params = readParams(request.params, checkParams)
    const { search } = exchange
    const { values: query, repeated } = readQuery(route.query, search)
    const body = checkBody === null ? noBody : await readBody(request, response)
    refuse([...repeated, ...unstorable(query), ...checkQuery(query), ...(checkBody?.(body.value) ?? [])])

    return {
      principal,
      params,
      query,
      body: body.value,
      bodyHash: body.hash,
      ifMatch: route.method === 'get' ? null : parseIfMatch(request.get('if-match')),
      idempotencyKey: route.method === 'get' ? null : parseIdempotencyKey(request.get('idempotency-key')),
      consistencyToken: request.get('x-consistency-token') ?? null,
      requestId: exchange.requestId,
      traceparent: exchange.traceparent,
      origin: parseOrigin(request.get('x-request-origin')),
      becomes: (commandId: string) => {
        exchange.commandId = commandId
      },
      now: Instant.now(),
      route: `${request.method} ${pathOf(params)}`,
    }
  }

  return async (request, response) => {
    const exchange = exchangeOf(response)
    exchange.route = route.path
    const principal = await authenticate(request)
    exchange.principal = principal
    requirePermission(principal, route.may)

    const leave = inHand.room.enter(bytesOf(request, route))
    let work: Promise<unknown> | null = null
    try {
      const asked = await read(request, response, exchange, principal)
      if (route.answer === null) return await openStream(response, inHand, (stream) => route.run(asked, stream))
      work = Promise.resolve(route.run(asked, null))
      sendReply(response, route, asReply(await within(answerWithinMs, work, timedOut)))
    } finally {
      // What took too long, or whose client has gone, is still in hand.
      if (work === null) leave()
      else void work.then(leave, leave)
    }
  }
}

const noBody = { value: undefined, hash: '' }

/** Compressed, or in chunks, a body may turn out as large as the route takes. */
function bytesOf({ headers }: Request, { body, limit }: Route): number {
  if (body === null || isAbsent(headers)) return 0
  const isSaid = headers['content-length'] !== undefined && headers['content-encoding'] === undefined
  return isSaid ? Math.min(limit, Number(headers['content-length'])) : limit
}

function requirePermission(principal: Principal, permission: Permission): void {
  if (isAllowed(principal, permission)) return
  const held = principal.roles.length === 0 ? 'no role' : principal.roles.join(', ')
  throw new Problem('forbidden', `This needs the permission ${permission}, which ${held} does not carry.`, {
    members: { permission },
    headers: { 'WWW-Authenticate': 'Bearer realm="bizosaas", error="insufficient_scope"' },
  })
}

/** A path whose parameters do not fit names nothing: 404. RFC 9562 reads UUIDs in either case; here an id has one spelling. */
function readParams(written: object, check: (value: unknown) => readonly Misfit[]): Record<string, string> {
  const params: Record<string, string> = {}
  for (const [name, value] of Object.entries(written)) params[name] = uuid.test(value) ? value.toLowerCase() : value
  const [strange] = check(params)
  if (strange) throw notFound(`${strange.pointer.slice(1)} in the path ${strange.detail}.`)
  if (!isStorable(params)) throw notFound('The path holds a character that no id has.')
  return params
}
const uuid = /^[0-9a-f-]{36}$/i

/** The path with its parameters filled in. */
function pathsOf(path: string): (params: Record<string, string>) => string {
  // Every other piece is a parameter's name.
  const pieces = path.split(/\{(\w+)\}/)
  return (params) => pieces.map((piece, n) => (n % 2 === 0 ? piece : encodeURIComponent(params[piece] ?? ''))).join('')
}

const unstorable = (query: Record<string, unknown>): Misfit[] =>
  Object.keys(query)
    .filter((name) => !isStorable(query[name]))
    .map((name) => ({ in: 'query', pointer: `/${name}`, detail: 'holds a character that cannot be stored' }))

function refuse(misfits: readonly Misfit[]): void {
  if (misfits.length > 0) throw invalid(misfits)
}

function sendReply(response: Response, route: Route, { body, status, headers }: Reply<unknown>): void {
  const isText = headers['Content-Type'] !== undefined
  const written = isText ? String(body) : JSON.stringify(body)
  send(response, status ?? route.status, { 'Content-Type': 'application/json', ...headers }, written)
}

async function openStream(
  response: Response,
  { streams, mostStreams }: InHand,
  run: (stream: EventStream) => unknown,
): Promise<void> {
  if (streams.size >= mostStreams) throw busy()
  const stream = eventStream(response)
  streams.add(stream)
  stream.signal.addEventListener('abort', () => streams.delete(stream))
  const stop = await run(stream)
  if (typeof stop !== 'function') return
  if (stream.signal.aborted) stop()
  else stream.signal.addEventListener('abort', () => stop())
}
