import { commandHandler } from '@bizosaas/event-store'
import type { Serving } from '@bizosaas/http'
import type { Settings } from '@bizosaas/runtime'
import { consistencyTokens } from '../consistency-token.ts'
import { commandSettings, serveCommands } from '../serve-commands.ts'
import { parkedRoutes } from './parked-http.ts'
import { parkedStream } from './parked-stream.ts'
import { rebuild } from './rebuild.ts'
import { rebuildRoutes } from './rebuild-http.ts'

export const analyticsSettings = [...commandSettings, 'ANALYTICS_PORT'] as const

/** Starts the orders on parked streams and on rebuilds of read models. @throws CannotStart when its port is taken */
export function start(config: Settings<(typeof analyticsSettings)[number]>): Promise<Serving> {
  const service = { name: 'analytics', port: config.ANALYTICS_PORT, portSetting: 'ANALYTICS_PORT' }
  return serveCommands(config, service, (store) => {
    const tokenOf = consistencyTokens(config)
    return [
      ...parkedRoutes(commandHandler({ store, decider: parkedStream }), tokenOf),
      ...rebuildRoutes(commandHandler({ store, decider: rebuild }), tokenOf),
    ]
  })
}
