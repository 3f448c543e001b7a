import { randomUUID } from 'node:crypto'
import { cableTo } from '@bizosaas/databases/testing/cable.ts'
import type { PolicyLimit, RoutePolicy } from '@bizosaas/schemas'
import { describe, expect, test } from '@jest/globals'
import { backend, bearer, closeAfterwards, echo, gateway, policy, route, until } from '../spec-support/world.ts'
import { connectCounters } from './counter-store.ts'
import { periodOf } from './quota.ts'

const storeUrl = process.env.REDIS_URL ?? 'redis://127.0.0.1:16379'

const store = (url = storeUrl) => {
  // What is tested here does not depend on how busy the machine is.
  const counters = connectCounters(url, 10_000)
  closeAfterwards(() => counters.disconnect())
  return counters
}
/** Names are the tests' own, as the counters are everybody's. */
const limit = (changes: Partial<PolicyLimit>): PolicyLimit => ({
  limit: `l-${randomUUID()}`,
  per: 'tenant',
  requests: 2,
  seconds: 60,
  onOutage: 'allow',
  ...changes,
})
const counting = (...limits: PolicyLimit[]) =>
  policy({ limits, routes: [route({ limits: limits.map(({ limit: name }) => name) })] })

const gatewayWith = async (limited: RoutePolicy, url = storeUrl) => {
  const service = await backend(echo)
  const counters = store(url)
  const world = await gateway({ upstreams: { things: [service.url] }, policy: limited, counters })
  await until(() => counters.status === 'ready')
  return { ...world, service, counters }
}
const tenants = () => [randomUUID(), randomUUID()] as const
const statuses = async (ask: () => Promise<Response>, n: number) => {
  const found: number[] = []
  for (let i = 0; i < n; i++) found.push((await ask()).status)
  return found
}

describe('a rate limit', () => {
  test('counts a tenant by itself, says how much is left, and refuses what is above until its time is over', async () => {
    const perTenant = limit({ seconds: 1 })
    const { ask, service } = await gatewayWith(counting(perTenant))
    const [one, other] = tenants()
    const askAs = (tenantId: string) => ask('/v1', { headers: bearer({ tenantId }) })
    const first = await askAs(one)
    expect(first.headers.get('ratelimit-policy')).toBe(`"${perTenant.limit}";q=2;w=1`)
    expect(first.headers.get('ratelimit')).toBe(`"${perTenant.limit}";r=1;t=1`)
    await askAs(one)
    const refused = await askAs(one)
    expect(refused.status).toBe(429)
    expect(refused.headers.get('retry-after')).toBe('1')
    expect(refused.headers.get('ratelimit')).toBe(`"${perTenant.limit}";r=0;t=1`)
    expect(await refused.json()).toMatchObject({ type: '/problems/too-many-requests', limits: [perTenant.limit] })
    expect((await askAs(other)).status).toBe(200)
    expect(service.seen.length).toBe(3)
    await until(async () => (await askAs(one)).status === 200)
  })

  test('counts users, clients, addresses and routes each by themselves', async () => {
    const [tenantId, clientId] = tenants()
    const cases: [per: string, within: object | null, beside: object | null][] = [
      ['user', { tenantId, subject: 'ann' }, { tenantId, subject: 'ben' }],
      ['client', { tenantId, clientIds: [clientId] }, { tenantId, clientIds: [randomUUID()] }],
      ['client', { tenantId, clientIds: [randomUUID()] }, { tenantId }],
      ['address', null, { tenantId }],
    ]
    for (const [per, within, beside] of cases) {
      const { ask } = await gatewayWith(counting(limit({ per })))
      const askAs = (who: object | null) => ask('/v1', who === null ? {} : { headers: bearer(who) })
      expect(await statuses(() => askAs(within), 3)).toEqual([200, 200, 429])
      expect((await askAs(beside)).status).toBe(200)
    }
    const { ask } = await gatewayWith(counting(limit({ per: 'route' })))
    expect((await ask('/v1')).status).toBe(200)
    expect(await statuses(() => ask('/v1', { headers: bearer({ tenantId }) }), 2)).toEqual([200, 429])
  })

  test('is not used up by who only pretends to be the tenant', async () => {
    const [tenantId] = tenants()
    const { ask } = await gatewayWith(counting(limit({})))
    const [head, claims] = bearer({ tenantId }).Authorization.split('.')
    const forged = { Authorization: `${head}.${claims}.${'A'.repeat(86)}` }
    expect(await statuses(() => ask('/v1', { headers: forged }), 3)).toEqual([200, 200, 200])
    expect(await statuses(() => ask('/v1', { headers: bearer({ tenantId }) }), 3)).toEqual([200, 200, 429])
  })

  test('is one over all gateways', async () => {
    const [tenantId] = tenants()
    const both = counting(limit({ requests: 10 }))
    const [a, b] = [await gatewayWith(both), await gatewayWith(both)]
    const asked = Array.from({ length: 30 }, (_, n) => (n % 2 ? a : b).ask('/v1', { headers: bearer({ tenantId }) }))
    const passed = (await Promise.all(asked)).filter(({ ok }) => ok)
    expect(passed.length).toBe(10)
  })

  test('is one over all gateways to the last request also where each takes several at a time, and tells how much is left', async () => {
    const [tenantId] = tenants()
    const large = limit({ requests: 450 })
    const both = counting(large)
    const [a, b] = [await gatewayWith(both), await gatewayWith(both)]
    const headers = bearer({ tenantId })
    const left: number[] = []
    let passed = 0
    for (let round = 0; round < 10; round++) {
      const asked = Array.from({ length: 50 }, (_, n) => (n % 2 ? a : b).ask('/v1', { headers }))
      for (const { ok, headers: told } of await Promise.all(asked)) {
        if (ok) passed += 1
        left.push(Number(/r=(\d+)/.exec(told.get('ratelimit') ?? '')?.[1]))
      }
    }
    expect(passed).toBe(450)
    expect(new Set(left).size).toBeGreaterThan(400)
    expect([Math.min(...left), Math.max(...left)]).toEqual([0, 449])
  })

  test('lets everything pass while it cannot count, or nothing, as the policy says', async () => {
    const cable = await cableTo(storeUrl)
    closeAfterwards(cable.close)
    const [open, shut] = [limit({ per: 'route' }), limit({ per: 'route', onOutage: 'refuse' })]
    const { ask, counters } = await gatewayWith(
      policy({
        limits: [open, shut],
        routes: [route({ limits: [open.limit] }), route({ prefix: '/shut', limits: [shut.limit] })],
      }),
      cable.url,
    )
    expect((await ask('/shut')).status).toBe(200)
    cable.pull()
    await until(() => counters.status !== 'ready')
    expect(await statuses(() => ask('/v1'), 4)).toEqual([200, 200, 200, 200])
    const refused = await ask('/shut')
    expect([refused.status, refused.headers.get('retry-after')]).toEqual([503, '1'])
    cable.plugIn()
    await until(async () => (await ask('/shut')).status === 200)
  })
})

describe('a plan', () => {
  test('includes so many requests of its tenant, and what a rate refuses is none of them', async () => {
    const [small, other] = tenants()
    const rate = limit({ per: 'user', requests: 1, seconds: 60 })
    const plans = [
      { plan: `small-${randomUUID()}`, tenants: [small], requests: 2, per: 'day', onOutage: 'allow' },
      { plan: `usual-${randomUUID()}`, tenants: [], requests: 3, per: 'month', onOutage: 'allow' },
    ]
    const { ask } = await gatewayWith({ ...counting(rate), plans })
    const askAs = (tenantId: string, subject: string) => ask('/v1', { headers: bearer({ tenantId, subject }) })
    expect((await askAs(small, 'ann')).headers.get('ratelimit-policy')).toContain(`"${plans[0]?.plan}";q=2;w=86400`)
    expect(await statuses(() => askAs(small, 'ann'), 2)).toEqual([429, 429])
    expect((await askAs(small, 'ben')).status).toBe(200)
    const spent = await askAs(small, 'eve')
    expect([spent.status, await spent.json()]).toMatchObject([429, { type: '/problems/quota-exceeded' }])
    expect((await askAs(other, 'zoe')).headers.get('ratelimit')).toContain(`"${plans[1]?.plan}";r=2;t=`)
  })

  test('counts by the calendar in UTC', () => {
    const lastMinute = new Date('2024-02-29T23:59:00.500Z')
    expect(periodOf('day', lastMinute)).toEqual({ key: '2024-02-29', windowSeconds: 86_400, leftSeconds: 60 })
    expect(periodOf('month', lastMinute)).toEqual({ key: '2024-02', windowSeconds: 29 * 86_400, leftSeconds: 60 })
    expect(periodOf('month', new Date('2026-12-31T00:00:00Z'))).toMatchObject({ key: '2026-12', leftSeconds: 86_400 })
  })
})
