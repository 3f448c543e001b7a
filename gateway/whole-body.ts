import type { IncomingHttpHeaders, IncomingMessage, OutgoingHttpHeaders } from 'node:http'
import { Readable } from 'node:stream'
import { Problem } from '@bizosaas/http'
import type { JsonChange } from '@bizosaas/schemas'
import { hasNoBody } from './attempt.ts'
import { limitedBody, tooLarge } from './body.ts'
import { changeJson } from './transform.ts'

/** Answers that are changed are held in memory for the while; larger ones than this are not. */
const largestAnswer = 16 * 1024 * 1024

/**
 * The changed body of a request, or null to leave it alone: only JSON that is not compressed can be changed. What only claims to
 * be JSON goes on as it is, for its service to refuse.
 *
 * @throws Problem too-large
 */
export async function changedRequest(
  request: IncomingMessage,
  changes: readonly JsonChange[],
  limit: number,
): Promise<Readable | null> {
  const { headers } = request
  const body = limitedBody(request, limit)
  if (hasNoBody(request) || !isJson(headers)) return body
  const bytes = changed(await read(body ?? request, limit, () => tooLarge(limit)), changes)
  delete headers['transfer-encoding']
  headers['content-length'] = String(bytes.length)
  return Readable.from([bytes])
}

/** The changed body of an answer, or null to leave it alone; its headers then fit it. @throws Problem bad-gateway */
export async function changedAnswer(
  answer: IncomingMessage,
  headers: OutgoingHttpHeaders,
  changes: readonly JsonChange[],
): Promise<Readable | null> {
  if (!isJson(headers)) return null
  const bytes = await read(answer, largestAnswer, () => {
    return new Problem('bad-gateway', `The answer is larger than ${largestAnswer} bytes, which is too much to change.`)
  }).catch((cause: unknown) => {
    throw cause instanceof Problem ? cause : new Problem('bad-gateway', 'The answer broke off.', { cause })
  })
  // A HEAD request, or an answer without a body: how long it would be is not known.
  if (bytes.length === 0) {
    delete headers['content-length']
    return Readable.from([])
  }
  const result = changed(bytes, changes)
  headers['content-length'] = result.length
  return Readable.from([result])
}

const isJson = (headers: IncomingHttpHeaders | OutgoingHttpHeaders): boolean =>
  /^application\/json\b/i.test(String(headers['content-type'] ?? '')) && headers['content-encoding'] === undefined

async function read(body: Readable, limit: number, tooMuch: () => Problem): Promise<Buffer> {
  const chunks: Buffer[] = []
  let length = 0
  for await (const chunk of body) {
    length += chunk.length
    if (length > limit) throw tooMuch()
    chunks.push(chunk)
  }
  return Buffer.concat(chunks)
}

function changed(bytes: Buffer, changes: readonly JsonChange[]): Buffer {
  let value: unknown
  try {
    value = JSON.parse(bytes.toString())
  } catch {
    return bytes
  }
  return Buffer.from(JSON.stringify(changeJson(value, changes)))
}
