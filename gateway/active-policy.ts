import type { Log } from '@bizosaas/runtime'
import type { RoutePolicy } from '@bizosaas/schemas'
import type { Redis } from 'ioredis'
import { type CountRequest, requestCounter } from './limits/count.ts'
import { type FindRoute, routeTable } from './route-table.ts'

/** A policy, made ready for requests. */
export type ActivePolicy = {
  readonly policy: RoutePolicy
  readonly find: FindRoute
  readonly count: CountRequest
}

/** @throws TypeError for a policy that contradicts itself */
export const activate = (policy: RoutePolicy, counters: Redis, log: Log): ActivePolicy => ({
  policy,
  find: routeTable(policy.routes),
  count: requestCounter(policy, counters, log),
})
