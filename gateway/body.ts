import type { IncomingMessage, ServerResponse } from 'node:http'
import { type Readable, Transform } from 'node:stream'
import { Problem } from '@bizosaas/http'

const smallBytes = 64 * 1024

/**
 * Before anything of a body is read. In chunks it is taken only where bodies are usual: http-proxy-3 announces none for DELETE and OPTIONS and sends it all the
 * same, so that the service would read it as the next request.
 *
 * @throws Problem too-large (413), malformed-request
 */
export function refuseTooLarge({ headers, method }: IncomingMessage, limit: number): void {
  if (Number(headers['content-length'] ?? 0) > limit) throw tooLarge(limit)
  if (headers['transfer-encoding'] !== undefined && !['POST', 'PUT', 'PATCH'].includes(method ?? ''))
    throw new Problem('malformed-request', `A body of ${method} must come with its Content-Length.`)
}

/**
 * What stands in for a request's body so that it stays within a limit; null where its length is announced, and so checked. The
 * stream fails with Problem too-large.
 */
export function limitedBody(request: IncomingMessage, limit: number): Readable | null {
  if (request.headers['transfer-encoding'] === undefined) return null
  let bytes = 0
  return request.pipe(
    new Transform({
      transform(chunk: Buffer, _, done) {
        bytes += chunk.length
        if (bytes > limit) done(tooLarge(limit))
        else done(null, chunk)
      },
    }),
  )
}

// What is left of the body is not waited for.
export const tooLarge = (limit: number): Problem =>
  new Problem('too-large', `The body is larger than ${limit} bytes.`, { headers: { Connection: 'close' } })

/** Before a refusal: lets a small body that nobody wants run out, so that the connection stays; or else closes it afterwards. */
export function discardBody(request: IncomingMessage, response: ServerResponse): void {
  if (request.complete || response.headersSent) return
  request.unpipe()
  if (Number(request.headers['content-length'] ?? smallBytes + 1) <= smallBytes) request.resume()
  else response.setHeader('Connection', 'close')
}
