import type { Postgres } from '@bizosaas/databases'
import { tryAgain } from '@bizosaas/http'
import { type Log, metrics } from '@bizosaas/runtime'
import type { RoutePolicy } from '@bizosaas/schemas'
import { Gauge } from 'prom-client'
import type { ActivePolicy } from './active-policy.ts'
import { defaultPolicy } from './default-policy.ts'

/**
 * The policy in force, looked up every second. While the database is away the last one stays; before the first look nothing is
 * published at all, for the default may allow what a published policy does not.
 */
export type FollowedPolicy = {
  /** @throws Problem store-unavailable (503) before the first look */
  readonly active: () => ActivePolicy
  readonly stop: () => void
}

const lookEveryMs = 1_000

const inForce = new Gauge({
  name: 'gateway_policy_position',
  help: 'Where in history the route policy in force was published; 0 for the default',
  registers: [metrics],
})

type Published = { readonly id: string; readonly policy: RoutePolicy; readonly published_position: number }

/** @param activate makes a policy ready; what it throws is logged, and the policy before stays */
export function followPolicy(
  postgres: Postgres,
  platform: string,
  activate: (policy: RoutePolicy) => ActivePolicy,
  log: Log,
): FollowedPolicy {
  let active: ActivePolicy | null = null
  let position: number | null = null
  let complaint = ''
  let timer: NodeJS.Timeout | undefined
  let stopped = false

  const look = async () => {
    try {
      const published = await publishedLast(postgres, platform)
      const found = published?.published_position ?? 0
      if (found !== position) {
        active = activate(published?.policy ?? defaultPolicy)
        position = found
        inForce.set(found)
        log.info({ policy: published?.id ?? 'default' }, 'a route policy is in force')
      }
      complaint = ''
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error)
      if (message !== complaint) log.error({ err: error }, 'the route policy in force cannot be followed')
      complaint = message
    }
    if (!stopped) timer = setTimeout(look, lookEveryMs)
  }
  void look()

  return {
    active: () => {
      if (active === null) throw tryAgain('store-unavailable', 'It is not known yet what is published here.')
      return active
    },
    stop: () => {
      stopped = true
      clearTimeout(timer)
    },
  }
}

/** Null if none is. @throws StoreUnavailable; a DatabaseError before the read model is there */
async function publishedLast(postgres: Postgres, platform: string): Promise<Published | null> {
  const [live] = await postgres.query<{ version: number }>(
    `SELECT version FROM read_model.live_version WHERE model = 'route-policies'`,
  )
  if (live === undefined) throw new Error('the read model of the route policies is not built yet')
  const [published] = await postgres.query<Published>(
    `SELECT id, policy, published_position FROM read_model.route_policies_v${live.version}
     WHERE tenant_id = $1 ORDER BY published_position DESC LIMIT 1`,
    [platform],
  )
  return published ?? null
}
