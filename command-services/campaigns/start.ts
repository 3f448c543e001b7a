import { commandHandler } from '@bizosaas/event-store'
import type { Serving } from '@bizosaas/http'
import type { Settings } from '@bizosaas/runtime'
import { consistencyTokens } from '../consistency-token.ts'
import { commandSettings, serveCommands } from '../serve-commands.ts'
import { campaign } from './campaign.ts'
import { campaignRoutes } from './http.ts'

export const campaignsSettings = [...commandSettings, 'CAMPAIGNS_PORT'] as const

/** Starts the commands on campaigns. @throws CannotStart when its port is taken */
export function start(config: Settings<(typeof campaignsSettings)[number]>): Promise<Serving> {
  const service = { name: 'campaigns', port: config.CAMPAIGNS_PORT, portSetting: 'CAMPAIGNS_PORT' }
  return serveCommands(config, service, (store) =>
    campaignRoutes(commandHandler({ store, decider: campaign }), consistencyTokens(config)),
  )
}
