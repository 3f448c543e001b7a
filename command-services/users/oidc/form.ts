/** Forms as browsers send them, and the token by which one knows that it was ours. */
import { createHmac, type KeyObject, timingSafeEqual } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { type Html, html, type Page } from './html.ts'

const largest = 16 * 1024

export class BadForm extends Error {}

/** @throws BadForm when it is no form, or too large */
export async function readForm(request: IncomingMessage): Promise<URLSearchParams> {
  if (!/^application\/x-www-form-urlencoded\b/i.test(request.headers['content-type'] ?? ''))
    throw new BadForm('What was sent is no form.')
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length
    if (size > largest) throw new BadForm('What was sent is too large.')
    chunks.push(chunk)
  }
  return new URLSearchParams(Buffer.concat(chunks).toString())
}

/** A token for the forms of one browser: `bound` is what only that browser's cookie leads to. */
export const formToken = (key: KeyObject, bound: string): string =>
  createHmac('sha256', key)
    .update(JSON.stringify(['form', bound]))
    .digest('base64url')

export const tokenField = (key: KeyObject, bound: string): Html =>
  html`<input type="hidden" name="form_token" value="${formToken(key, bound)}">`

export function isOurs(key: KeyObject, bound: string, form: URLSearchParams): boolean {
  const [right, given] = [formToken(key, bound), form.get('form_token') ?? ''].map((text) => Buffer.from(text))
  return right?.length === given?.length && timingSafeEqual(right as Buffer, given as Buffer)
}

export function sendPage(response: ServerResponse, status: number, { html, headers }: Page, more: object = {}): void {
  response.writeHead(status, { ...headers, ...more, 'Content-Length': Buffer.byteLength(html) }).end(html)
}

export function redirect(response: ServerResponse, location: string): void {
  response.writeHead(303, { Location: location, 'Cache-Control': 'no-store', 'Content-Length': 0 }).end()
}

/** As the gateway says it; without one in front, the other end of the connection. */
export function addressOf({ headers, socket }: IncomingMessage): string {
  const [said = ''] = String(headers['x-forwarded-for'] ?? '').split(',')
  return (said.trim() || socket.remoteAddress || 'unknown').slice(0, 100)
}

export const deviceOf = ({ headers }: IncomingMessage): string => (headers['user-agent'] ?? 'unknown').slice(0, 300)
