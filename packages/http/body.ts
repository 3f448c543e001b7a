import { hash } from 'node:crypto'
import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http'
import { raw } from 'express'
import { Problem } from './problem.ts'

/** A JSON body and the SHA-256 of its bytes in hexadecimal. */
export type Body = { readonly value: unknown; readonly hash: string }

export type ReadBody = (request: IncomingMessage, response: ServerResponse) => Promise<Body>

const utf8 = new TextDecoder('utf-8', { fatal: true })

/** Reads JSON bodies of at most `limit` bytes, counted after decompression. An absent body is `{}`. */
export function bodyReader(limit: number): ReadBody {
  const readBytes = raw({ type: () => true, limit })
  return async (request, response) => {
    if (isAbsent(request.headers)) return { value: {}, hash: emptyHash }
    requireJson(request.headers['content-type'])
    const bytes = await new Promise<Buffer>((resolve, reject) => {
      readBytes(request, response, (error?: unknown) => {
        if (error) reject(error)
        else resolve((request as { body?: Buffer }).body ?? Buffer.alloc(0))
      })
    })
    return { value: bytes.length === 0 ? {} : parseJson(bytes), hash: hash('sha256', bytes, 'hex') }
  }
}

const emptyHash = hash('sha256', '', 'hex')

export const isAbsent = (headers: IncomingHttpHeaders): boolean =>
  headers['transfer-encoding'] === undefined && (headers['content-length'] ?? '0') === '0'

function requireJson(contentType: string | undefined): void {
  if (/^application\/json\s*(;\s*charset="?utf-8"?\s*)?$/i.test(contentType ?? '')) return
  const sent = contentType === undefined ? 'The Content-Type is missing' : 'The Content-Type is another'
  throw new Problem('unsupported-media-type', `${sent}: it must be application/json in UTF-8.`)
}

/**
 * @throws Problem malformed-json; also for what JSON can say but no store keeps as it is: the character U+0000 and
 *   halves of surrogate pairs
 */
export function parseJson(bytes: Uint8Array): unknown {
  let text: string
  try {
    text = utf8.decode(bytes)
  } catch {
    throw new Problem('malformed-json', 'The body is not encoded in UTF-8.')
  }
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch (error) {
    throw new Problem('malformed-json', `The body is not JSON: ${position(error, text)}.`)
  }
  // Only an escape can bring these in, so a body without any is not searched.
  if (/\\u(0000|d[89a-f])/i.test(text) && !isStorable(value)) {
    throw new Problem('malformed-json', 'A text in the body holds the character U+0000 or half of a surrogate pair.')
  }
  return value
}

/** Whether a text, or every text within a value, can be stored as it is. */
export function isStorable(value: unknown): boolean {
  if (typeof value === 'string') return value.isWellFormed() && !value.includes('\0')
  if (typeof value !== 'object' || value === null) return true
  return Object.entries(value).every(([key, member]) => isStorable(key) && isStorable(member))
}

/** Where parsing stopped, without a piece of the body: it may hold what nobody should read twice. */
function position(error: unknown, text: string): string {
  const at = Number(/position (\d+)/.exec(error instanceof Error ? error.message : '')?.[1] ?? text.length)
  const before = text.slice(0, at).split('\n')
  return `unexpected at line ${before.length}, column ${(before.at(-1) ?? '').length + 1}`
}
