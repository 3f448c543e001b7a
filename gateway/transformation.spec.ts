import { gzipSync } from 'node:zlib'
import type { PolicyRoute } from '@bizosaas/schemas'
import { describe, expect, test } from '@jest/globals'
import { backend, echo, gateway, policy, route } from './spec-support/world.ts'

const json = { 'Content-Type': 'application/json' }
const over = async (answer: Parameters<typeof backend>[0], ...routes: Partial<PolicyRoute>[]) => {
  const service = await backend(answer)
  const world = await gateway({
    upstreams: { things: [service.url] },
    policy: policy({ routes: routes.map(route) }),
  })
  return { ...world, service }
}
const rename = { headers: [], body: [{ change: 'move', path: '/old', to: '/new' }] }

describe('a route', () => {
  test('may stand at another path than its service has it', async () => {
    const { ask } = await over(
      echo,
      { prefix: '/api/v2/things', rewrite: '/v1/things' },
      { prefix: '/top', rewrite: '/' },
    )
    const urlOf = async (path: string) => ((await (await ask(path)).json()) as { url: string }).url
    expect(await urlOf('/api/v2/things/1?a=b')).toBe('/v1/things/1?a=b')
    expect(await urlOf('/api/v2/things?a=b')).toBe('/v1/things?a=b')
    expect(await urlOf('/top/1')).toBe('/1')
    expect(await urlOf('/top')).toBe('/')
  })

  test('changes headers on the way there and back', async () => {
    const { ask } = await over(
      (request, response) => {
        response.setHeader('X-Inner', '1')
        return echo(request, response)
      },
      {
        request: { headers: [{ change: 'rename', header: 'X-Old', to: 'X-New' }], body: [] },
        answer: {
          headers: [
            { change: 'remove', header: 'X-Inner', to: null },
            { change: 'set', header: 'Cache-Control', to: 'max-age=60' },
          ],
          body: [],
        },
      },
    )
    const answer = await ask('/v1', { headers: { 'X-Old': 'a' } })
    expect((await answer.json()) as object).toMatchObject({ headers: { 'x-new': 'a' } })
    expect([answer.headers.get('x-inner'), answer.headers.get('cache-control')]).toEqual([null, 'max-age=60'])
  })

  test('changes JSON bodies on the way there, with their length announced or not', async () => {
    const { ask } = await over(echo, { request: rename })
    const chunked = new ReadableStream({
      start: (controller) => {
        controller.enqueue(Buffer.from('{"old":"é"}'))
        controller.close()
      },
    })
    for (const body of ['{"old":"é"}', chunked]) {
      const init = { method: 'POST', headers: json, body, duplex: 'half' } as RequestInit
      expect(await (await ask('/v1', init)).json()).toMatchObject({ body: '{"new":"é"}' })
    }
    for (const body of ['{"old":', 'plain']) {
      const init = { method: 'POST', headers: json, body }
      expect(await (await ask('/v1', init)).json()).toMatchObject({ body })
    }
    const text = { method: 'POST', headers: { 'Content-Type': 'text/plain' }, body: '{"old":1}' }
    expect(await (await ask('/v1', text)).json()).toMatchObject({ body: '{"old":1}' })
  })

  test('changes JSON bodies on the way back, and nothing that it cannot read', async () => {
    const body = `{"old":"${'x'.repeat(2_000)}"}`
    const { ask } = await over(
      ({ url }, response) => {
        response.setHeader('Content-Type', url === '/v1/problem' ? 'application/problem+json' : 'application/json')
        if (url === '/v1/gzip') response.setHeader('Content-Encoding', 'gzip').end(gzipSync(body))
        else response.setHeader('Content-Length', body.length).end(body)
      },
      { answer: rename },
    )
    for (const encoding of ['identity', 'br'])
      expect(await (await ask('/v1', { headers: { 'Accept-Encoding': encoding } })).text()).toMatch(/^{"new"/)
    for (const path of ['/v1/problem', '/v1/gzip']) expect(await (await ask(path)).text()).toBe(body)
    expect((await ask('/v1', { method: 'HEAD' })).headers.get('content-length')).toBeNull()
  })

  test('that is late is told so also when its body was read here', async () => {
    const { ask } = await over(() => {}, { request: rename, timeoutMs: 50 })
    expect((await ask('/v1', { method: 'POST', headers: json, body: '{}' })).status).toBe(504)
  })
})
