import type { PolicyPlan } from '@bizosaas/schemas'
import type { CounterStore } from './counter-store.ts'
import type { Counted } from './headers.ts'

/** Counts a request for the plan of its tenant; null where it has none. */
export type CountIncluded = (tenantId: string, now?: Date) => Promise<Counted | null>

/** What a gateway takes and does not use is lost until the next day or month, so that it takes little. */
const share = 0.001

/** What a plan includes is counted by the calendar, in UTC. */
export function includedRequests(plans: readonly PolicyPlan[], counters: CounterStore): CountIncluded {
  const counted = plans.map(({ plan: name, tenants, requests, per, onOutage }) => ({
    name,
    tenants,
    requests,
    per,
    count: counters({ name: `plan:${name}`, most: requests, share, refuseOnOutage: onOutage === 'refuse' }),
  }))
  const byTenant = new Map(counted.flatMap((plan) => plan.tenants.map((tenant) => [tenant, plan])))
  const usual = counted.find(({ tenants }) => tenants.length === 0) ?? null

  return async (tenantId, now = new Date()) => {
    const plan = byTenant.get(tenantId) ?? usual
    if (plan === null) return null
    const { key, windowSeconds, leftSeconds } = periodOf(plan.per, now)
    const used = await plan.count(`${tenantId}:${key}`, leftSeconds)
    return used === null ? null : { name: plan.name, quota: plan.requests, windowSeconds, ...used }
  }
}

/** The calendar day or month that an instant is in. */
export function periodOf(per: string, now: Date) {
  const [year, month, day] = [now.getUTCFullYear(), now.getUTCMonth(), now.getUTCDate()]
  const isDay = per === 'day'
  const begin = Date.UTC(year, month, isDay ? day : 1)
  const end = isDay ? Date.UTC(year, month, day + 1) : Date.UTC(year, month + 1, 1)
  return {
    key: new Date(begin).toISOString().slice(0, isDay ? 10 : 7),
    windowSeconds: (end - begin) / 1000,
    leftSeconds: Math.max(1, Math.ceil((end - now.getTime()) / 1000)),
  }
}
