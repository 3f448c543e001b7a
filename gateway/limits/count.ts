import { type Principal, Problem } from '@bizosaas/http'
import { type Log, metrics } from '@bizosaas/runtime'
import type { PolicyLimit, PolicyRoute, RoutePolicy } from '@bizosaas/schemas'
import type { Redis } from 'ioredis'
import { Counter } from 'prom-client'
import { type CounterStore, counterStore } from './counter-store.ts'
import { type Counted, isExceeded, rateLimitHeaders, retryAfter } from './headers.ts'
import { includedRequests } from './quota.ts'

/** Who sends a request, as far as limits go. A token that is not valid is none: nobody uses up what is another's. */
export type Caller = { readonly principal: Principal | null; readonly address: string }

/**
 * Counts a request.
 *
 * @returns headers for its answer
 * @throws Problem too-many-requests and quota-exceeded (429); 503 from a limit that refuses while it cannot count
 */
export type CountRequest = (route: PolicyRoute, caller: Caller) => Promise<Readonly<Record<string, string>>>

const refused = new Counter({
  name: 'gateway_limited_total',
  help: 'Requests that a limit or a plan refused',
  labelNames: ['limit'] as const,
  registers: [metrics],
})

/** The counters of a policy. What a rate refuses does not count for the plan. */
export function requestCounter({ routes, limits, plans }: RoutePolicy, store: Redis, log: Log): CountRequest {
  const counters = counterStore(store, log)
  const byName = new Map(limits.map((limit) => [limit.limit, rateCounter(limit, counters)]))
  const ratesOf = new Map(routes.map((route) => [route, route.limits.map((name) => byName.get(name) ?? unknown(name))]))
  const plan = includedRequests(plans, counters)

  return async (route, caller) => {
    const rates = await Promise.all((ratesOf.get(route) ?? []).map((count) => count(route, caller)))
    const counted = rates.filter((one) => one !== null)
    refuse('too-many-requests', counted, counted)
    const included = caller.principal === null ? null : await plan(caller.principal.tenantId)
    if (included === null) return rateLimitHeaders(counted)
    const all = [...counted, included]
    refuse('quota-exceeded', [included], all)
    return rateLimitHeaders(all)
  }
}

function refuse(code: 'too-many-requests' | 'quota-exceeded', judged: readonly Counted[], all: readonly Counted[]) {
  const exceeded = judged.filter(isExceeded)
  if (exceeded.length === 0) return
  for (const { name } of exceeded) refused.inc({ limit: name })
  const names = exceeded.map(({ name, quota, windowSeconds }) => `${name} allows ${quota} in ${windowSeconds} seconds`)
  throw new Problem(code, `The limit ${names.join(', and ')}.`, {
    members: { limits: exceeded.map(({ name }) => name) },
    headers: { ...rateLimitHeaders(all), 'Retry-After': retryAfter(exceeded) },
  })
}

const share = 0.01

function rateCounter({ limit: name, per, requests, seconds, onOutage }: PolicyLimit, counters: CounterStore) {
  const count = counters({ name: `limit:${name}`, most: requests, share, refuseOnOutage: onOutage === 'refuse' })
  return async (route: PolicyRoute, caller: Caller): Promise<Counted | null> => {
    const key = keyOf(per, route, caller)
    const counted = key === null ? null : await count(key, seconds)
    return counted === null ? null : { name, quota: requests, windowSeconds: seconds, ...counted }
  }
}

/** Null for a caller that the limit does not count. */
function keyOf(per: string, { prefix }: PolicyRoute, { principal, address }: Caller): string | null {
  if (per === 'route') return prefix
  if (principal === null) return per === 'address' ? address : null
  const { tenantId, clientIds, subject } = principal
  if (per === 'tenant') return tenantId
  if (per === 'user') return `${tenantId}:${subject}`
  // Who works for several clients is the agency's, and of no client's.
  return per === 'client' && clientIds?.length === 1 ? `${tenantId}:${clientIds}` : null
}

function unknown(name: string): never {
  throw new TypeError(`A route names the limit ${name}, which the policy does not have.`)
}
