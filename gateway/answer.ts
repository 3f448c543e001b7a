import type { IncomingHttpHeaders, IncomingMessage, OutgoingHttpHeaders, ServerResponse } from 'node:http'
import type { Readable, Transform } from 'node:stream'
import { createBrotliCompress, createGzip, constants as zlib } from 'node:zlib'
import { securityHeaders } from '@bizosaas/http'

/** Of one connection, not of the message (RFC 9110, section 7.6.1). */
const hopByHop = ['connection', 'keep-alive', 'proxy-authenticate', 'proxy-connection', 'te', 'trailer', 'upgrade']
/** Where a message ends, and whom it is for: whoever could have these removed could hide one request in another. */
const framing = new Set(['content-length', 'transfer-encoding', 'host'])

export function removeHopByHop(headers: IncomingHttpHeaders): void {
  const named = headers.connection?.toLowerCase().split(/[\s,]+/) ?? []
  for (const name of hopByHop) delete headers[name]
  for (const name of named) if (!framing.has(name)) delete headers[name]
}

const fallbackHeaders = Object.entries(securityHeaders).map(([name, value]) => [name.toLowerCase(), value] as const)

/** The headers of a service's answer as a client may have them. */
export function answerHeaders(answer: IncomingMessage, more: Readonly<Record<string, string>>): OutgoingHttpHeaders {
  const headers: OutgoingHttpHeaders & IncomingHttpHeaders = answer.headers
  removeHopByHop(headers)
  delete headers['transfer-encoding']
  delete headers.server
  delete headers['x-powered-by']
  for (const [name, value] of fallbackHeaders) headers[name] ??= value
  return Object.assign(headers, more)
}

/** Sends an answer on, byte by byte as it comes. */
export function relay(
  answer: IncomingMessage,
  response: ServerResponse,
  headers: OutgoingHttpHeaders,
  body: Readable = answer,
): void {
  const { req: request } = response
  const compressor = compressorFor(request, answer.statusCode ?? 502, headers)
  const varies = response.getHeader('vary')
  if (varies !== undefined) headers.vary = [headers.vary ?? [], String(varies)].flat().join(', ')
  // An answer to a request that is still being sent: what is left of it has no reader.
  if (!request.complete) headers.connection = 'close'
  response.writeHead(answer.statusCode ?? 502, headers)
  if (compressor === null) pass(body, response)
  else pass(body.pipe(compressor), response, body)
  // The answer itself may stand behind what it was changed into.
  if (body !== answer) response.once('close', () => answer.destroy())
}

/**
 * Writes a body to the client. If it breaks off so does the answer, and if the client goes it is read no further. (Node's
 * pipeline does this too, and makes an exception with its stack for every answer that goes well.)
 */
function pass(body: Readable, response: ServerResponse, source = body): void {
  for (const stream of new Set([source, body])) stream.once('error', () => response.destroy())
  response.once('close', () => {
    source.destroy()
    body.destroy()
  })
  body.pipe(response)
}

/** Sends server-sent events on as they come. @returns how to end the stream in good order */
export function relayStream(
  answer: IncomingMessage,
  response: ServerResponse,
  headers: OutgoingHttpHeaders,
): () => void {
  response.writeHead(answer.statusCode ?? 502, headers)
  response.flushHeaders()
  pass(answer, response)
  return () => {
    answer.unpipe(response)
    response.end()
  }
}

export const isStream = (headers: OutgoingHttpHeaders): boolean =>
  String(headers['content-type'] ?? '').startsWith('text/event-stream')

const worthwhileBytes = 1_024
const compressible = /^(application\/([\w.+-]*\+)?(json|xml|javascript)|text\/(?!event-stream)|image\/svg\+xml)/

/** Compresses what is long enough and of a kind that shrinks, if the client can read it; the headers then say so. */
function compressorFor(request: IncomingMessage, status: number, headers: OutgoingHttpHeaders): Transform | null {
  if (!compressible.test(String(headers['content-type'] ?? ''))) return null
  headers.vary = headers.vary ? `${headers.vary}, Accept-Encoding` : 'Accept-Encoding'
  const isWhole = request.method !== 'HEAD' && status >= 200 && ![204, 206, 304].includes(status)
  const isReady =
    headers['content-encoding'] !== undefined || /no-transform/.test(String(headers['cache-control'] ?? ''))
  const length = Number(headers['content-length'] ?? Number.POSITIVE_INFINITY)
  if (!isWhole || isReady || length < worthwhileBytes) return null
  const encoding = preferredEncoding(request.headers['accept-encoding'])
  if (encoding === null) return null
  headers['content-encoding'] = encoding
  delete headers['content-length']
  return encoding === 'br'
    ? createBrotliCompress({ params: { [zlib.BROTLI_PARAM_QUALITY]: 4 } })
    : createGzip({ level: 6 })
}

/** Brotli before gzip where the client takes both equally. */
export function preferredEncoding(accepted: string | undefined): 'br' | 'gzip' | null {
  const weights = new Map<string, number>()
  for (const each of (accepted ?? '').toLowerCase().split(',')) {
    const [name = '', ...parameters] = each.split(';').map((part) => part.trim())
    const q = parameters.find((parameter) => parameter.startsWith('q='))
    weights.set(name, q === undefined ? 1 : Number(q.slice(2)))
  }
  const weightOf = (name: string) => weights.get(name) ?? weights.get('*') ?? 0
  const [br, gzip] = [weightOf('br'), weightOf('gzip')]
  if (!(br > 0) && !(gzip > 0)) return null
  return br >= gzip ? 'br' : 'gzip'
}
