import { claimer, commandHandler, foldedStreams } from '@bizosaas/event-store'
import type { Serving } from '@bizosaas/http'
import type { Settings } from '@bizosaas/runtime'
import { consistencyTokens } from '../consistency-token.ts'
import { commandSettings, serveCommands } from '../serve-commands.ts'
import { adAccount } from './ad-account.ts'
import { adAccountDay } from './ad-account-day.ts'
import { integrationRoutes } from './http.ts'
import { observer } from './observations.ts'

export const integrationsSettings = [...commandSettings, 'CLAIM_KEY', 'INTEGRATIONS_PORT'] as const

/** Starts the commands on ad accounts and their figures. @throws CannotStart when its port is taken */
export function start(config: Settings<(typeof integrationsSettings)[number]>): Promise<Serving> {
  const service = { name: 'integrations', port: config.INTEGRATIONS_PORT, portSetting: 'INTEGRATIONS_PORT' }
  return serveCommands(config, service, (store) => {
    const accounts = foldedStreams(store, adAccount)
    return integrationRoutes(
      commandHandler({ store, decider: adAccount, streams: accounts }),
      observer({ store, accounts, handle: commandHandler({ store, decider: adAccountDay }) }),
      claimer(config.CLAIM_KEY),
      consistencyTokens(config),
    )
  })
}
