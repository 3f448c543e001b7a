import { afterAll, beforeAll, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { sendRaw } from './spec-support/raw.ts'
import { bearer, startService, type TestService } from './spec-support/service.ts'

/** Whatever strangers send, with or without a token: never a fault of ours, and the service lives on. */

let service: TestService
beforeAll(async () => {
  service = await startService()
})
afterAll(() => service.serving())

const id = '0198c0de-0000-4000-8000-00000000000a'
const paths = ['/v1/widgets', `/v1/widgets/${id}`, `/v1/widgets/${id}/budget`, '/docs/page.css', '/problems/x']
const bytes = (maxLength: number) => fc.uint8Array({ maxLength }).map((raw) => Buffer.from(raw).toString('latin1'))
const path = fc.oneof(
  fc.constantFrom(...paths),
  fc.tuple(fc.constantFrom(...paths), bytes(40)).map(([start, rest]) => `${start}?${rest}`),
  fc.tuple(fc.constantFrom(...paths, ''), bytes(40)).map(([start, rest]) => `${start}/${rest}`),
  fc.webPath(),
)
const method = fc.oneof(
  fc.constantFrom('GET', 'POST', 'PUT', 'HEAD', 'DELETE', 'OPTIONS', 'PATCH', 'TRACE'),
  fc.string(),
)
const headerNames = [
  'If-Match',
  'Idempotency-Key',
  'X-Request-Id',
  'traceparent',
  'Content-Type',
  'Content-Encoding',
  'Expect',
  'Host',
  'X-Consistency-Token',
  'Authorization',
  'Transfer-Encoding',
]
const header = fc.tuple(fc.oneof(fc.constantFrom(...headerNames), fc.string()), fc.oneof(fc.string(), bytes(60)))
const body = fc.oneof(fc.json(), bytes(300), fc.constantFrom('{"name":"a"}', '{"amount":"1","currency":"EUR"}'))

const receive = async (message: string) => {
  const { status } = await sendRaw(service.serving.url, Buffer.from(message, 'latin1'))
  expect(status).toBeLessThan(500)
}

test('any JSON as a body of any route', () =>
  fc.assert(
    fc.asyncProperty(method, fc.constantFrom(...paths), body, async (verb, place, content) => {
      const sent = Buffer.from(content)
      const head = `${verb} ${place} HTTP/1.1\r\nHost: x\r\nAuthorization: ${bearer().Authorization}\r\nConnection: close\r\n`
      await receive(
        `${head}Content-Type: application/json\r\nContent-Length: ${sent.length}\r\n\r\n${sent.toString('latin1')}`,
      )
    }),
    { numRuns: 300 },
  ))

test('any path, headers and body', () =>
  fc.assert(
    fc.asyncProperty(method, path, fc.array(header, { maxLength: 4 }), body, async (verb, place, headers, content) => {
      const lines = headers.map(([name, value]) => `${name}: ${value}\r\n`).join('')
      const head = `${verb} ${place} HTTP/1.1\r\nHost: x\r\nAuthorization: ${bearer().Authorization}\r\nConnection: close\r\n`
      await receive(`${head}${lines}Content-Length: ${content.length}\r\n\r\n${content}`)
    }),
    { numRuns: 400 },
  ))

test('any bytes', () => fc.assert(fc.asyncProperty(bytes(500), receive), { numRuns: 200 }))

test('and still it answers, and has logged no error', async () => {
  expect((await fetch(`${service.serving.url}/v1/widgets`, { headers: bearer() })).status).toBe(200)
  expect(service.lines.filter(({ level }) => level === 'error' || level === 'fatal')).toEqual([])
})
