import { commandHandler } from '@bizosaas/event-store'
import type { Serving } from '@bizosaas/http'
import type { Settings } from '@bizosaas/runtime'
import { TenantId } from '@bizosaas/schemas'
import { consistencyTokens } from '../consistency-token.ts'
import { commandSettings, serveCommands } from '../serve-commands.ts'
import { routePolicyRoutes } from './http.ts'
import { routePolicy } from './route-policy.ts'

export const routePolicySettings = [...commandSettings, 'ROUTE_POLICIES_PORT', 'PLATFORM_TENANT'] as const

/** Starts the commands on route policies. @throws CannotStart when its port is taken */
export function start(config: Settings<(typeof routePolicySettings)[number]>): Promise<Serving> {
  const service = { name: 'route-policies', port: config.ROUTE_POLICIES_PORT, portSetting: 'ROUTE_POLICIES_PORT' }
  return serveCommands(config, service, (store) =>
    routePolicyRoutes(
      commandHandler({ store, decider: routePolicy }),
      consistencyTokens(config),
      TenantId.parse(config.PLATFORM_TENANT),
    ),
  )
}
