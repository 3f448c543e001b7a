import { gzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { sendRaw } from './spec-support/raw.ts'
import { bearer, json, startService, type TestService, tokenFor } from './spec-support/service.ts'

let service: TestService
beforeAll(async () => {
  service = await startService()
})
afterAll(() => service.serving())

const id = '0198c0de-0000-4000-8000-00000000000a'
const money = '{"amount":"1","currency":"EUR"}'

async function ask(method: string, path: string, body?: string | Uint8Array, headers: Record<string, string> = {}) {
  const response = await fetch(service.serving.url + path, {
    method,
    headers: { ...bearer(), ...(body === undefined ? {} : json), ...headers },
    ...(body === undefined ? {} : { body: Buffer.from(body) }),
  })
  expect(response.headers.get('content-type')).toBe('application/problem+json')
  const problem = (await response.json()) as Record<string, unknown>
  expect(problem.status).toBe(response.status)
  expect(problem.requestId).toBe(response.headers.get('x-request-id'))
  return { headers: response.headers, problem }
}

const problem = (status: number, code: string, members: object = {}) =>
  expect.objectContaining({ type: `/problems/${code}`, status, ...members })

describe('a body', () => {
  const post = async (body: string | Uint8Array, headers = {}) =>
    (await ask('POST', '/v1/widgets', body, headers)).problem

  test.each(['{', '', ' ', '{"name":}', '{"name":"a"', 'nul', "{'a':1}", '\u{feff}{]'])(
    'that is not JSON is 400: %j',
    async (body) => {
      expect(await post(body === '' ? '\n' : body)).toEqual(problem(400, 'malformed-json'))
    },
  )

  test('that is not JSON is refused without quoting it', async () => {
    expect((await post('{"name": "hunter2" oops')).detail).toBe(
      'The body is not JSON: unexpected at line 1, column 20.',
    )
  })

  test.each([[[0x22, 0xff, 0x22]], [[0xc3]], [[0xed, 0xa0, 0x80]]])('that is not UTF-8 is 400: %j', async (bytes) => {
    expect(await post(Uint8Array.from(bytes))).toEqual(problem(400, 'malformed-json'))
  })

  test.each(['{"name":"a\\u0000"}', '{"name":"\\ud800"}', '{"a\\udfff":1}'])(
    'that no store keeps as it is, is 400: %s',
    async (body) => {
      expect(await post(body)).toEqual(problem(400, 'malformed-json'))
    },
  )

  test('with a pair of surrogates written as escapes is fine', async () => {
    const headers = { ...bearer(), ...json }
    const response = await fetch(`${service.serving.url}/v1/widgets`, {
      method: 'POST',
      headers,
      body: '{"name":"\\ud83d\\ude00"}',
    })
    expect(await response.json()).toEqual({ name: '😀' })
  })

  test('that does not fit is 422 with each place', async () => {
    expect(await post('{"nam":"x","count":-1}')).toEqual(
      problem(422, 'invalid', {
        errors: [
          { in: 'body', pointer: '/name', detail: 'is missing' },
          { in: 'body', pointer: '/nam', detail: 'is not known; did you mean name?' },
          { in: 'body', pointer: '/count', detail: 'must be at least 0' },
        ],
      }),
    )
  })

  test('over the limit is 413, also when it only grows that large, and when its length is not announced', async () => {
    const put = async (body: Uint8Array, headers = {}) =>
      (await ask('PUT', `/v1/widgets/${id}/budget`, body, headers)).problem
    const large = Buffer.from(money + ' '.repeat(1000))
    expect(await put(large)).toEqual(problem(413, 'too-large', { detail: 'The body is larger than 200 bytes.' }))
    expect(await put(gzipSync(large), { 'Content-Encoding': 'gzip' })).toEqual(problem(413, 'too-large'))
    const chunked = `PUT /v1/widgets/${id}/budget HTTP/1.1\r\nHost: x\r\nAuthorization: ${bearer().Authorization}\r\n`
    const answer = await sendRaw(
      service.serving.url,
      `${chunked}Content-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n3e8\r\n${' '.repeat(1000)}\r\n0\r\n\r\n`,
    )
    expect(answer.status).toBe(413)
  })

  test.each([
    { 'Content-Type': 'text/plain' },
    { 'Content-Type': 'application/json; charset=latin1' },
    { 'Content-Type': 'multipart/form-data' },
    { 'Content-Encoding': 'zip' },
  ])('in another format is 415: %j', async (headers) => {
    expect(await post('{"name":"x"}', headers)).toEqual(problem(415, 'unsupported-media-type'))
  })

  test('that is not compressed as it says is 400', async () => {
    expect(await post('{"name":"x"}', { 'Content-Encoding': 'gzip' })).toEqual(problem(400, 'malformed-request'))
  })
})

describe('an address', () => {
  test.each(['/', '/v1', '/v1/widgets/', '/V1/widgets', '/v1/widgets//', '/%zz', '/favicon.ico'])(
    'that is nothing is 404: %s',
    async (path) => {
      expect((await ask('GET', path)).problem).toEqual(problem(404, 'not-found'))
    },
  )

  test('with an id that is none is 404 and says so', async () => {
    expect((await ask('GET', '/v1/widgets/42')).problem).toEqual(
      problem(404, 'not-found', { detail: 'id in the path must be a UUID.' }),
    )
    expect((await ask('GET', '/v1/widgets/%00')).problem).toEqual(problem(404, 'not-found'))
  })

  test('that is not percent-encoded UTF-8 is 400', async () => {
    expect((await ask('GET', '/v1/widgets/%ff')).problem).toEqual(problem(400, 'malformed-request'))
    expect((await ask('GET', '/v1/widgets/%')).problem).toEqual(problem(400, 'malformed-request'))
  })

  test.each([
    ['DELETE', '/v1/widgets', 'GET, HEAD, POST'],
    ['OPTIONS', '/v1/widgets', 'GET, HEAD, POST'],
    ['GET', `/v1/widgets/${id}/budget`, 'PUT'],
  ])('that has no %s is 405 with what it has: %s', async (method, path, allow) => {
    const { problem: answer, headers } = await ask(method, path)
    expect(answer).toEqual(problem(405, 'method-not-allowed'))
    expect(headers.get('allow')).toBe(allow)
  })
})

describe('a query', () => {
  test.each([
    'limit=0',
    'limit=101',
    'limit=1.5',
    'limit=abc',
    'limit=',
    'state=new,gone',
    'hidden=1',
    'limt=1',
    'search=a&search=b',
    'search=%00',
    '__proto__=1',
  ])('that does not fit is 422: %s', async (query) => {
    const { problem: answer } = await ask('GET', `/v1/widgets?${query}`)
    expect(answer).toEqual(problem(422, 'invalid', { errors: [expect.objectContaining({ in: 'query' })] }))
  })
})

describe('a sender', () => {
  test('without a token is 401 before anything of the request is looked at', async () => {
    const { problem: answer, headers } = await ask('POST', '/v1/widgets', '{', { Authorization: '' })
    expect(answer).toEqual(problem(401, 'unauthenticated'))
    expect(headers.get('www-authenticate')).toBe('Bearer realm="bizosaas"')
  })

  test('without the permission is 403, named', async () => {
    const { problem: answer } = await ask('POST', '/v1/widgets', '{}', bearer(tokenFor({ roles: ['viewer'] })))
    expect(answer).toEqual(problem(403, 'forbidden', { permission: 'campaign:create' }))
    const { problem: none } = await ask('GET', '/v1/widgets', undefined, bearer(tokenFor({ roles: [] })))
    expect(none.detail).toContain('no role')
  })
})

describe('a header', () => {
  test.each<[string, string]>([
    ['If-Match', 'W/"1"'],
    ['If-Match', '12'],
    ['Idempotency-Key', 'a b'],
  ])('%s: %s is 400', async (name, value) => {
    const { problem: answer } = await ask('PUT', `/v1/widgets/${id}/budget`, money, { [name]: value })
    expect(answer).toEqual(problem(400, 'malformed-request', { detail: expect.stringContaining(name) }))
  })

  test('block of more than 16 KiB is 431', async () => {
    const answer = await sendRaw(
      service.serving.url,
      `GET /livez HTTP/1.1\r\nHost: x\r\nX: ${'x'.repeat(20_000)}\r\n\r\n`,
    )
    expect(answer.status).toBe(431)
    expect(JSON.parse(answer.body)).toEqual(problem(431, 'headers-too-large'))
  })

  test.each([
    '\u0001\u0002\r\n\r\n',
    'GET\r\n\r\n',
    'GET / HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n',
    'GET /livez HTTP/1.1\r\n\r\n',
    'POST /v1/widgets HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: gzip\r\n\r\n',
  ])('block that is no HTTP is 400: %j', async (bytes) => {
    const answer = await sendRaw(service.serving.url, bytes)
    expect(answer.status).toBe(400)
    expect(JSON.parse(answer.body)).toEqual(problem(400, 'malformed-request'))
  })
})

describe('what is ours to answer for', () => {
  const fail = (how: string) => ask('POST', `/v1/widgets/${id}/break`, JSON.stringify({ how }))

  test('a store that is down is 503 with Retry-After, and tells nothing of the inside', async () => {
    const { problem: answer, headers } = await fail('store')
    expect(answer).toEqual(problem(503, 'store-unavailable'))
    expect(headers.get('retry-after')).toBe('1')
    expect(JSON.stringify(answer)).not.toContain('relay')
  })

  test('a read model that is behind is 503 with Retry-After', async () => {
    const { problem: answer, headers } = await ask('GET', `/v1/widgets/${id}`, undefined, {
      'X-Consistency-Token': 'far',
    })
    expect(answer).toEqual(problem(503, 'not-yet-visible'))
    expect(headers.get('retry-after')).toBe('1')
  })

  test('a fault is 500 with the request id and nothing else', async () => {
    const { problem: answer } = await fail('bug')
    expect(Object.keys(answer).sort()).toEqual(['detail', 'requestId', 'status', 'title', 'type'])
    expect(JSON.stringify(answer)).not.toMatch(/secret|\.ts|TypeError/)
  })

  test('a client that goes away in the middle of its body hurts nobody', async () => {
    const head = `POST /v1/widgets HTTP/1.1\r\nHost: x\r\nX-Request-Id: gone\r\nAuthorization: ${bearer().Authorization}\r\n`
    const answer = await sendRaw(
      service.serving.url,
      `${head}Content-Type: application/json\r\nContent-Length: 100\r\n\r\n{"na`,
    )
    expect([0, 400]).toContain(answer.status)
    expect((await fetch(`${service.serving.url}/livez`)).status).toBe(200)
    expect(service.lines.filter(({ level, requestId }) => level === 'error' && requestId === 'gone')).toEqual([])
  })
})
