import { createHash } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { bearer, json, routes, startService, type TestService, tenantId, tokenFor } from './spec-support/service.ts'

let service: TestService
beforeAll(async () => {
  service = await startService()
})
afterAll(() => service.serving())

const id = '0198c0de-0000-4000-8000-00000000000a'

async function ask(path: string, init: RequestInit & { headers?: Record<string, string> } = {}) {
  const response = await fetch(service.serving.url + path, { ...init, headers: { ...bearer(), ...init.headers } })
  return {
    status: response.status,
    headers: response.headers,
    body: (await response.json()) as Record<string, unknown>,
  }
}

describe('what a handler is given', () => {
  test('query parameters in the types of their schema', async () => {
    const { body } = await ask('/v1/widgets?limit=5&state=new,old&hidden=false&search=a%20b')
    expect(body).toEqual({ query: { limit: 5, state: ['new', 'old'], hidden: false, search: 'a b' }, tenant: tenantId })
  })

  test('what a command needs: revision, key, hash of the bytes, method and path, ids in lower case', async () => {
    const sent = ' {"amount": "1.50", "currency": "EUR"} '
    const { body } = await ask(`/v1/widgets/${id.toUpperCase()}/budget`, {
      method: 'PUT',
      body: sent,
      headers: { ...json, 'If-Match': '"12"', 'Idempotency-Key': 'k-1' },
    })
    expect(body).toEqual({
      id,
      ifMatch: 12,
      key: 'k-1',
      hash: createHash('sha256').update(sent).digest('hex'),
      route: `PUT /v1/widgets/${id}/budget`,
    })
  })

  test('one route for one resource, however the path is spelt', async () => {
    const routes = [
      `/v1/widgets/${id}/budget`,
      `/v1/widgets/${id.toUpperCase()}/budget`,
      `/v1/widgets/%30${id.slice(1)}/budget`,
    ]
    const body = '{"amount":"1","currency":"EUR"}'
    const asked = routes.map((path) => ask(path, { method: 'PUT', body, headers: json }))
    const seen = (await Promise.all(asked)).map((answer) => answer.body.route)
    expect(new Set(seen)).toEqual(new Set([`PUT /v1/widgets/${id}/budget`]))
  })

  test('an absent body is an empty object', async () => {
    expect(await ask(`/v1/widgets/${id}/break`, { method: 'POST' })).toMatchObject({ status: 200, body: {} })
  })

  test('the tenant of the token, whatever query or body say', async () => {
    const other = '0198c0de-0000-4000-8000-0000000000ff'
    expect((await ask(`/v1/widgets?tenant=${other}`)).status).toBe(422)
    const body = JSON.stringify({ name: 'x', tenantId: other })
    expect((await ask('/v1/widgets', { method: 'POST', body, headers: json })).status).toBe(422)
    const { body: seen } = await ask('/v1/widgets', bearerOf(other))
    expect(seen.tenant).toBe(other)
  })

  const bearerOf = (tenant: string) => ({ headers: bearer(tokenFor({ tenantId: tenant })) })
})

describe('what an answer carries', () => {
  test('the status of its route and the headers of its reply', async () => {
    const body = JSON.stringify({ name: 'x' })
    expect((await ask('/v1/widgets', { method: 'POST', body, headers: json })).status).toBe(201)
    const read = await ask(`/v1/widgets/${id}`, { headers: { 'X-Consistency-Token': 'events.g1.3.9' } })
    expect(read.headers.get('etag')).toBe('"3"')
    expect(read.body).toEqual({ id, token: 'events.g1.3.9' })
  })

  test('the request id that was sent, or a new one', async () => {
    const { headers } = await ask('/v1/widgets', { headers: { 'X-Request-Id': 'mine-1' } })
    expect(headers.get('x-request-id')).toBe('mine-1')
    expect((await ask('/v1/widgets')).headers.get('x-request-id')).toMatch(/^[0-9a-f-]{36}$/)
  })

  test('headers that keep a browser from making something else of it', async () => {
    const { headers } = await ask('/v1/widgets')
    expect(headers.get('x-content-type-options')).toBe('nosniff')
    expect(headers.get('cache-control')).toBe('no-store')
    expect(headers.get('content-security-policy')).toContain("default-src 'none'")
    expect(headers.get('x-powered-by')).toBeNull()
  })

  test('to HEAD the same head without a body', async () => {
    const response = await fetch(`${service.serving.url}/v1/widgets`, { method: 'HEAD', headers: bearer() })
    expect([response.status, await response.text()]).toEqual([200, ''])
    expect(Number(response.headers.get('content-length'))).toBeGreaterThan(2)
  })
})

describe('the log', () => {
  const lineOf = (requestId: string) => service.lines.find((line) => line.requestId === requestId)

  test('has one line for each request, with who and how long, without query and token', async () => {
    const traceId = '4bf92f3577b34da6a3ce929d0e0e4736'
    const headers = { 'X-Request-Id': 'log-1', traceparent: `00-${traceId}-00f067aa0ba902b7-01` }
    await ask('/v1/widgets?search=anna', { headers })
    expect(lineOf('log-1')).toMatchObject({
      level: 'info',
      unit: 'widgets',
      method: 'GET',
      path: '/v1/widgets',
      status: 200,
      ms: expect.any(Number),
      tenantId,
      subject: 'ann',
      traceId,
    })
    expect(JSON.stringify(service.lines)).not.toMatch(/anna|eyJ/)
  })

  test('has the cause of a fault, with passwords masked', async () => {
    const init = { method: 'POST', body: '{"how":"store"}', headers: { ...json, 'X-Request-Id': 'log-2' } }
    await ask(`/v1/widgets/${id}/break`, init)
    expect(lineOf('log-2')).toMatchObject({ level: 'error', status: 503, err: { type: 'StoreDown' } })
    expect(JSON.stringify(lineOf('log-2'))).not.toContain('hunter2')
    expect(lineOf('log-2')).toMatchObject({ commandId: id })
  })
})

test('an answer names the command that the request became, also when it went wrong', async () => {
  const broken = await ask(`/v1/widgets/${id}/break`, { method: 'POST', body: '{"how":"bug"}', headers: json })
  expect([broken.status, broken.headers.get('x-command-id')]).toEqual([500, id])
  expect((await ask('/v1/widgets')).headers.get('x-command-id')).toBeNull()
})

describe('the metrics', () => {
  const figures = async () => (await fetch(`${service.serving.url}/metrics`)).text()

  test('count problems by route and type', async () => {
    await ask('/v1/widgets?limit=0')
    const labels = 'service="widgets",method="GET",route="/v1/widgets",status="422",type="invalid"'
    expect(await figures()).toMatch(new RegExp(`http_problems_total{${labels}} [1-9]`))
  })

  test('tell of each check of the unit whether it passes, and of the unit whether all do', async () => {
    let up = true
    service.health.add('register', () => (up ? Promise.resolve() : Promise.reject(new Error('down'))))
    expect(await figures()).toContain('unit_check_up{unit="widgets",check="register"} 1')
    expect(await figures()).toContain('unit_ready{unit="widgets"} 1')
    up = false
    expect(await figures()).toContain('unit_check_up{unit="widgets",check="register"} 0')
    expect(await figures()).toContain('unit_ready{unit="widgets"} 0')
    up = true
  })
})

test('a probe that fails is a line for debugging alone: the check that fails has said so', async () => {
  let up = false
  service.health.add('cellar', () => (up ? Promise.resolve() : Promise.reject(new Error('down'))))
  expect((await fetch(`${service.serving.url}/readyz`)).status).toBe(503)
  up = true
  const lines = service.lines.filter(({ path }) => path === '/readyz')
  expect(new Set(lines.map(({ level }) => level))).toEqual(new Set(['debug']))
})

describe('what needs no token', () => {
  const page = async (path: string) => {
    const response = await fetch(service.serving.url + path)
    return { status: response.status, headers: response.headers, text: await response.text() }
  }

  test('alive, ready as long as every check passes, and metrics', async () => {
    expect((await page('/livez')).status).toBe(200)
    let up = true
    service.health.add('store', () => (up ? Promise.resolve() : Promise.reject(new Error('down'))))
    expect(await page('/readyz')).toMatchObject({ status: 200, text: expect.stringContaining('"store":"ok"') })
    up = false
    expect(await page('/readyz')).toMatchObject({ status: 503, text: expect.stringContaining('"store":"failed"') })
    up = true
    expect((await page('/metrics')).text).toContain('http_request_duration_seconds_count{service="widgets"')
  })

  test('the OpenAPI document with every route', async () => {
    const { paths } = JSON.parse((await page('/openapi.json')).text)
    expect(Object.keys(paths).sort()).toEqual([...new Set(routes.map(({ path }) => path))].sort())
  })

  test('the documentation: everything it loads comes from here, and no script is inline', async () => {
    const { text, headers } = await page('/docs')
    expect(headers.get('content-security-policy')).toContain("script-src 'self';")
    expect(text).not.toMatch(/<script>|https?:\/\/|style=/)
    const loaded = [...text.matchAll(/(?:src|href)="(\/docs\/[^"]+)"/g)].map(([, path]) => String(path))
    expect(loaded).toHaveLength(4)
    for (const path of loaded) expect(await page(path)).toMatchObject({ status: 200 })
    expect((await page('/docs/package.json')).status).toBe(404)
    expect((await page('/docs/..%2Findex.ts')).status).toBe(404)
  })

  test('a page for each problem, named by its type', async () => {
    expect((await page('/problems')).text).toContain('/problems/illegal-step')
    expect((await page('/problems/illegal-step')).text).toContain('<code>state</code>')
    expect((await page('/problems/%3Cscript%3E')).text).not.toContain('<script>')
  })
})
