import type { IncomingMessage, ServerResponse } from 'node:http'

const exposed = [
  'ETag',
  'Location',
  'Retry-After',
  'RateLimit',
  'RateLimit-Policy',
  'X-Command-Id',
  'X-Consistency-Token',
  'X-Request-Id',
].join(', ')
const rememberedSeconds = '600'

/**
 * Lets pages of the allowed origins read the answer (https://fetch.spec.whatwg.org/#http-cors-protocol), and answers their
 * preflight requests. Cookies are not sent along: tokens are.
 *
 * @returns whether the request was a preflight and is answered
 */
export function answerCors(origins: readonly string[], request: IncomingMessage, response: ServerResponse): boolean {
  const { origin, 'access-control-request-method': method } = request.headers
  if (origins.length > 0) response.setHeader('Vary', 'Origin')
  if (origin === undefined || !origins.includes(origin)) return false
  response.setHeader('Access-Control-Allow-Origin', origin)
  if (request.method !== 'OPTIONS' || method === undefined) {
    response.setHeader('Access-Control-Expose-Headers', exposed)
    return false
  }
  response.setHeader('Access-Control-Allow-Methods', 'GET, HEAD, POST, PUT, PATCH, DELETE')
  const headers = request.headers['access-control-request-headers']
  if (headers !== undefined) response.setHeader('Access-Control-Allow-Headers', headers)
  response.setHeader('Access-Control-Max-Age', rememberedSeconds)
  response.writeHead(204).end()
  return true
}
