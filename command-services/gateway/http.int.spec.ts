import { randomUUID } from 'node:crypto'
import { describe, expect, test } from '@jest/globals'
import { type ServiceUnderTest, useService } from '../testing/service.ts'
import { start } from './start.ts'

const service: ServiceUnderTest = useService((config) =>
  start({ ...config, ROUTE_POLICIES_PORT: 0, PLATFORM_TENANT: service.tenantId }),
)
const roles = ['operator'] as const
const ask = (method: 'POST' | 'PUT', path: string, body: unknown = {}, more: object = {}) =>
  service.ask(method, path, { roles, body, ...more })

const route = { prefix: '/v1/campaigns', service: 'campaigns' }
const written = (policy: object = { routes: [route] }) => ({ title: 'Ours', policy })

describe('a route policy', () => {
  test('is written with what holds where it says nothing, rewritten, published and retired', async () => {
    const drafted = await ask('POST', '/v1/route-policies', written())
    expect(drafted).toMatchObject({ status: 201, body: { state: 'draft', revision: 0 }, etag: '"0"' })
    const { id } = drafted.body
    expect(drafted.headers.get('location')).toBe(`/v1/route-policies/${id}`)
    const path = `/v1/route-policies/${id}`
    const limits = [{ limit: 'user', per: 'user', requests: 10, seconds: 60 }]
    const plans = [{ plan: 'small', requests: 1_000, per: 'month' }]
    const changes = {
      headers: [{ change: 'set', header: 'X-A', to: 'a' }],
      body: [{ change: 'move', path: '/items/*/a', to: '/items/*/b' }],
    }
    const more = { routes: [{ ...route, limits: ['user'], methods: ['GET'], answer: changes }], limits, plans }
    expect(await ask('PUT', path, written(more))).toMatchObject({ status: 200, body: { state: 'draft', revision: 1 } })
    expect(await ask('POST', `${path}/publish`)).toMatchObject({ status: 200, body: { state: 'published' } })
    expect(await ask('PUT', path, written())).toMatchObject({ status: 409, body: { type: '/problems/illegal-step' } })
    expect(await ask('POST', `${path}/retire`)).toMatchObject({ status: 200, body: { state: 'retired', revision: 3 } })

    const stored = await service.eventsOf(id)
    expect(stored.map(({ type }) => type)).toEqual([
      'RoutePolicyDrafted',
      'RoutePolicyRevised',
      'RoutePolicyPublished',
      'RoutePolicyRetired',
    ])
    const [first, second] = stored.map(({ bytes }) => JSON.parse(Buffer.from(bytes).toString()))
    expect(first.policy.routes[0]).toEqual({
      ...route,
      methods: [],
      rewrite: null,
      maxBodyBytes: 8_388_608,
      timeoutMs: 35_000,
      limits: [],
      request: { headers: [], body: [] },
      answer: { headers: [], body: [] },
    })
    expect(second.policy).toMatchObject({
      limits: [{ onOutage: 'allow' }],
      plans: [{ tenants: [], onOutage: 'allow' }],
      routes: [{ answer: changes }],
    })
  })

  test('is a matter of those who run the system alone: of its operators, of the platform’s tenant, of no client', async () => {
    const before = await service.eventCount()
    const answers = await Promise.all([
      ask('POST', '/v1/route-policies', written(), { tenantId: randomUUID() }),
      ask('POST', '/v1/route-policies', written(), { clientId: service.clientId }),
      ask('POST', '/v1/route-policies', written(), { roles: ['owner', 'accountManager', 'service'] }),
    ])
    expect(answers.map(({ status }) => status)).toEqual([403, 403, 403])
    expect(await service.eventCount()).toBe(before)
  })

  test.each<[string, object, string]>([
    ['no route', { routes: [] }, '/policy/routes'],
    ['a prefix that is no path', { routes: [{ ...route, prefix: '/v1/../x' }] }, '/policy/routes/0/prefix'],
    ['a prefix with escapes', { routes: [{ ...route, prefix: '/v1/%2e' }] }, '/policy/routes/0/prefix'],
    ['a method that is none', { routes: [{ ...route, methods: ['get'] }] }, '/policy/routes/0/methods/0'],
    ['a time that no answer takes', { routes: [{ ...route, timeoutMs: 60_000 }] }, '/policy/routes/0/timeoutMs'],
    [
      'a header that frames messages',
      { routes: [{ ...route, request: { headers: [{ change: 'remove', header: 'Content-Length' }] } }] },
      '/policy/routes/0/request/headers/0/header',
    ],
    [
      'a path that is none',
      { routes: [{ ...route, answer: { body: [{ change: 'remove', path: 'a' }] } }] },
      '/policy/routes/0/answer/body/0/path',
    ],
    ['an origin with a path', { routes: [route], corsOrigins: ['https://a.test/x'] }, '/policy/corsOrigins/0'],
    [
      'a limit without end',
      { routes: [route], limits: [{ limit: 'a', per: 'user', requests: 0, seconds: 1 }] },
      '/policy/limits/0/requests',
    ],
  ])('with %s is refused by name', async (_, policy, pointer) => {
    const answer = await ask('POST', '/v1/route-policies', written(policy))
    expect(answer).toMatchObject({ status: 422, body: { errors: [{ in: 'body', pointer }] } })
  })

  test('that contradicts itself is refused in a sentence', async () => {
    const answer = await ask('POST', '/v1/route-policies', written({ routes: [{ ...route, limits: ['none'] }] }))
    expect(answer).toMatchObject({ status: 422, body: { detail: expect.stringContaining('names the limit none') } })
  })
})
