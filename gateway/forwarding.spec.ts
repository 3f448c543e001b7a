import { once } from 'node:events'
import { request as httpRequest, type IncomingMessage } from 'node:http'
import { gzipSync } from 'node:zlib'
import { describe, expect, test } from '@jest/globals'
import { backend, bearer, echo, gateway, policy, raw, route, until } from './spec-support/world.ts'

const things = async (answer: Parameters<typeof backend>[0], options: Parameters<typeof gateway>[0] = {}) => {
  const service = await backend(answer)
  return { service, ...(await worldOver(service.url, options)) }
}
const worldOver = async (url: URL, options: Parameters<typeof gateway>[0]) => {
  const world = await gateway({ upstreams: { things: [url] }, ...options })
  return { world, ask: world.ask }
}
const jsonOf = async (answer: Response) => (await answer.json()) as { headers: Record<string, string> }
const problemOf = async (answer: Response) => {
  expect(answer.headers.get('content-type')).toBe('application/problem+json')
  return { status: answer.status, ...((await answer.json()) as { type: string; detail: string }) }
}

describe('a request', () => {
  test('reaches its service with method, path, query, body and token as they are', async () => {
    const { ask } = await things(echo)
    const answer = await ask('/v1/things/1?a=%20b&a=?', { method: 'PUT', body: '{"x":1}', headers: bearer() })
    expect(await answer.json()).toMatchObject({
      method: 'PUT',
      url: '/v1/things/1?a=%20b&a=?',
      body: '{"x":1}',
      headers: { authorization: expect.stringMatching(/^Bearer ey/) },
    })
  })

  test('says where it came from, and nobody can make that up but a proxy that is trusted', async () => {
    const said = {
      'X-Forwarded-For': '203.0.113.9',
      'X-Forwarded-Proto': 'https',
      Forwarded: 'for=203.0.113.9',
      'X-Request-Origin': 'elsewhere',
    }
    const { ask, service } = await things(echo)
    const { headers } = await jsonOf(await ask('/v1', { headers: said }))
    expect(headers).toMatchObject({ 'x-forwarded-for': '127.0.0.1', 'x-forwarded-proto': 'http' })
    expect(headers.forwarded).toBeUndefined()
    expect(headers['x-request-origin']).toBe('digest-of-127.0.0.1')
    const trusting = await worldOver(service.url, { trusted: ['127.0.0.0/8'] })
    const { headers: believed } = await jsonOf(await trusting.ask('/v1', { headers: said }))
    expect(believed).toMatchObject({ 'x-forwarded-for': '203.0.113.9, 127.0.0.1', 'x-forwarded-proto': 'https' })
    expect(believed['x-request-origin']).toBe('digest-of-203.0.113.9')
    const invented = { ...said, 'X-Forwarded-For': '198.51.100.1, 203.0.113.9' }
    const { headers: cut } = await jsonOf(await trusting.ask('/v1', { headers: invented }))
    expect(cut['x-forwarded-for']).toBe('203.0.113.9, 127.0.0.1')
  })

  test('keeps its id on the way there and back, and gets one if it has none', async () => {
    const { ask } = await things(echo)
    const answer = await ask('/v1', { headers: { 'X-Request-Id': 'abc-1' } })
    expect(answer.headers.get('x-request-id')).toBe('abc-1')
    expect((await jsonOf(answer)).headers['x-request-id']).toBe('abc-1')
    const other = await ask('/v1')
    expect((await jsonOf(other)).headers['x-request-id']).toBe(other.headers.get('x-request-id'))
  })

  test('is sent on while it is still being written, and its answer too', async () => {
    const { world } = await things((request, response) => {
      response.writeHead(200, { 'Content-Type': 'application/octet-stream' })
      request.pipe(response)
    })
    const sent = httpRequest(`${world.url}/v1`, { method: 'POST' })
    sent.write('first')
    const [answer] = (await once(sent, 'response')) as [IncomingMessage]
    expect(String((await once(answer, 'data'))[0])).toBe('first')
    const ended = once(answer, 'end')
    sent.end('second')
    expect(String((await once(answer, 'data'))[0])).toBe('second')
    await ended
  })

  test('has its parts of one connection left behind, but what frames it cannot be taken from it', async () => {
    const { world, service } = await things(echo)
    const head = 'POST /v1 HTTP/1.1\r\nHost: a\r\nConnection: close, x-secret, content-length\r\nX-Secret: 1\r\n'
    const answer = await raw(world.url, `${head}Content-Length: 5\r\n\r\nhello`)
    expect(answer).toContain('"body":"hello"')
    expect(service.seen[0]?.headers['x-secret']).toBeUndefined()
    expect(service.seen[0]?.headers['content-length']).toBe('5')
  })

  test('hides no second one in its body', async () => {
    const { world, service } = await things(echo)
    const hidden = 'GET /v1/hidden HTTP/1.1\r\nHost: a\r\n\r\n'
    const body = `${hidden.length.toString(16)}\r\n${hidden}\r\n0\r\n\r\n`
    for (const method of ['DELETE', 'OPTIONS', 'GET']) {
      const head = `${method} /v1 HTTP/1.1\r\nHost: a\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n`
      expect(await raw(world.url, head + body)).toContain('malformed-request')
    }
    await world.ask('/v1/after')
    expect(service.seen.map(({ url }) => url)).toEqual(['/v1/after'])
  })

  test('waits with its body until it is admitted, if it asks to', async () => {
    const { world } = await things(echo, { policy: policy({ routes: [route({ maxBodyBytes: 10 })] }) })
    const head = 'POST /v1 HTTP/1.1\r\nHost: a\r\nConnection: close\r\nExpect: 100-continue\r\n'
    const refused = await raw(world.url, `${head}Content-Length: 11\r\n\r\n`)
    expect(refused).toMatch(/^HTTP\/1.1 413 /)
    const admitted = await raw(world.url, `${head}Content-Length: 2\r\n\r\nab`)
    expect(admitted).toMatch(/^HTTP\/1.1 100 Continue/)
    expect(admitted).toContain('"body":"ab"')
  })
})

describe('an answer', () => {
  test('has the security headers that its service did not set, and says nothing of what runs there', async () => {
    const { ask } = await things((_, response) => {
      response
        .setHeader('Server', 'thing/1.0')
        .setHeader('X-Powered-By', 'thing')
        .setHeader('Referrer-Policy', 'origin')
      response.end('ok')
    })
    const { headers } = await ask('/v1')
    expect(headers.get('x-content-type-options')).toBe('nosniff')
    expect(headers.get('referrer-policy')).toBe('origin')
    expect([headers.get('server'), headers.get('x-powered-by')]).toEqual([null, null])
  })

  test('is compressed if it is long enough, of a kind that shrinks, and not compressed yet', async () => {
    const long = JSON.stringify({ text: 'x'.repeat(5_000) })
    const { ask } = await things(({ url }, response) => {
      response.setHeader('Content-Type', url === '/v1/image' ? 'image/png' : 'application/json')
      if (url === '/v1/gzip') response.setHeader('Content-Encoding', 'gzip').end(gzipSync(long))
      else response.end(url === '/v1/short' ? '{}' : long)
    })
    const encodings = async (accept: string, path: string) => {
      const answer = await ask(path, { headers: { 'Accept-Encoding': accept } })
      const body = await answer.text()
      if (path !== '/v1/short') expect(body).toBe(long)
      return answer.headers.get('content-encoding')
    }
    expect(await encodings('gzip, br', '/v1/long')).toBe('br')
    expect(await encodings('gzip, br;q=0.1', '/v1/long')).toBe('gzip')
    expect(await encodings('identity', '/v1/long')).toBeNull()
    expect(await encodings('gzip, br', '/v1/short')).toBeNull()
    expect(await encodings('gzip, br', '/v1/gzip')).toBe('gzip')
    expect(await encodings('gzip, br', '/v1/image')).toBeNull()
  })

  test('may be read by pages of the origins that are allowed, and their preflight is answered here', async () => {
    const allowed = policy({ corsOrigins: ['https://app.test'] })
    const { ask, service } = await things(echo, { policy: allowed })
    const origin = { Origin: 'https://app.test' }
    const asked = { 'Access-Control-Request-Method': 'PUT', 'Access-Control-Request-Headers': 'authorization' }
    const preflight = await ask('/v1', { method: 'OPTIONS', headers: { ...origin, ...asked } })
    expect(preflight.status).toBe(204)
    expect(preflight.headers.get('access-control-allow-headers')).toBe('authorization')
    expect(service.seen).toEqual([])
    const own = await ask('/v1', { headers: origin })
    expect(own.headers.get('access-control-allow-origin')).toBe('https://app.test')
    expect(own.headers.get('vary')).toContain('Origin')
    const other = await ask('/v1', { headers: { Origin: 'https://evil.test' } })
    expect(other.headers.get('access-control-allow-origin')).toBeNull()
  })

  test('of events passes event by event, and the service learns that the client has gone', async () => {
    const gone = Promise.withResolvers<void>()
    let say: (text: string) => void = () => {}
    const { ask } = await things((_, response) => {
      response.writeHead(200, { 'Content-Type': 'text/event-stream' })
      response.flushHeaders()
      say = (text) => response.write(`data: ${text}\n\n`)
      response.once('close', gone.resolve)
    })
    const client = new AbortController()
    const answer = await ask('/v1', { signal: client.signal, headers: { 'Accept-Encoding': 'br, gzip' } })
    const reader = answer.body?.getReader()
    for (const word of ['one', 'two']) {
      say(word)
      expect(Buffer.from((await reader?.read())?.value ?? []).toString()).toBe(`data: ${word}\n\n`)
    }
    client.abort()
    await gone.promise
  })
})

describe('what cannot be done', () => {
  test('has no route, or one that only looks like another', async () => {
    const { ask, world, service } = await things(echo, {
      policy: policy({ routes: [route({ prefix: '/v1/open', methods: ['GET'] })] }),
    })
    expect(await problemOf(await ask('/v1/openly'))).toMatchObject({ status: 404, type: '/problems/no-route' })
    expect(await problemOf(await ask('/v1/open', { method: 'POST' }))).toMatchObject({ status: 404 })
    for (const path of [
      '/v1/open/../shut',
      '/v1/open/%2e%2E/shut',
      '//v1/open',
      '/v1/open\\..\\shut',
      'http://a/v1/open',
    ]) {
      expect(await raw(world.url, `GET ${path} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n`)).toMatch(
        /^HTTP\/1.1 400 /,
      )
    }
    expect(service.seen).toEqual([])
  })

  test('is too large, whether its length is announced or not', async () => {
    const { ask, service } = await things(echo, { policy: policy({ routes: [route({ maxBodyBytes: 1_000 })] }) })
    const body = 'x'.repeat(1_001)
    expect(await problemOf(await ask('/v1', { method: 'POST', body }))).toMatchObject({ status: 413 })
    expect(service.seen).toEqual([])
    const chunked = new ReadableStream({
      start: (controller) => {
        controller.enqueue(Buffer.from(body))
        controller.close()
      },
    })
    const init = { method: 'POST', body: chunked, duplex: 'half' } as RequestInit
    expect(await problemOf(await ask('/v1', init))).toMatchObject({ status: 413 })
  })

  test('finds no instance, or one that breaks off, or one that is late', async () => {
    const { ask, service } = await things(
      ({ url, socket }) => {
        if (url === '/v1/break') socket.destroy()
      },
      { policy: policy({ routes: [route({ timeoutMs: 50 }), route({ prefix: '/v2', service: 'others' })] }) },
    )
    expect(await problemOf(await ask('/v1/break', { method: 'POST' }))).toMatchObject({ type: '/problems/bad-gateway' })
    expect(await problemOf(await ask('/v1/late'))).toMatchObject({ status: 504, type: '/problems/gateway-timeout' })
    const unknown = await ask('/v2')
    expect(unknown.headers.get('retry-after')).toBe('1')
    expect(await problemOf(unknown)).toMatchObject({ status: 503, type: '/problems/no-instance' })
    await service.close()
    expect(await problemOf(await ask('/v1'))).toMatchObject({ status: 503, type: '/problems/no-instance' })
  })

  test('breaks off in the middle of an answer, which the client can tell', async () => {
    const { ask } = await things(({ socket }, response) => {
      response.writeHead(200, { 'Content-Length': '100' })
      response.write('half', () => socket.destroy())
    })
    const answer = await ask('/v1')
    await expect(answer.text()).rejects.toThrow()
  })
})

describe('stopping', () => {
  test('ends event streams in good order, lets the rest finish and takes nothing new', async () => {
    const begun = Promise.withResolvers<void>()
    const finish = Promise.withResolvers<void>()
    const { ask, world } = await things(async ({ url }, response) => {
      if (url === '/v1/stream') {
        response.writeHead(200, { 'Content-Type': 'text/event-stream' })
        response.write('data: 1\n\n')
      } else {
        begun.resolve()
        await finish.promise
        response.end('done')
      }
    })
    const stream = await ask('/v1/stream')
    const inFlight = ask('/v1/slow')
    await begun.promise
    const stopped = world()
    expect(await stream.text()).toBe('data: 1\n\n')
    await expect(ask('/v1')).rejects.toThrow()
    finish.resolve()
    expect(await (await inFlight).text()).toBe('done')
    await stopped
  })
})

describe('the gateway itself', () => {
  test('tells whether it lives and is ready, and its figures to those beside it alone', async () => {
    const { ask, service } = await things(echo)
    expect((await ask('/livez')).status).toBe(200)
    await until(async () => (await ask('/readyz')).status === 200)
    await ask('/v1')
    expect(await (await ask('/metrics')).text()).toContain('gateway_attempts_total{')
    expect((await ask('/metrics', { headers: { 'X-Forwarded-For': '203.0.113.9' } })).status).toBe(404)
    await service.close()
    await until(async () => (await ask('/readyz')).status === 503)
  })
})
