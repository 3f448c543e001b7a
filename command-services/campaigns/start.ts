import { commandHandler, connectEventStore } from '@bizosaas/event-store'
import { authenticationFrom, type Serving, serve } from '@bizosaas/http'
import { createHealth, log, type Settings } from '@bizosaas/runtime'
import { consistencyTokens } from '../consistency-token.ts'
import { campaign } from './campaign.ts'
import { campaignRoutes } from './http.ts'

export const campaignsSettings = [
  'KURRENTDB_URL',
  'TOPIC_GENERATION',
  'TOPIC_PARTITIONS',
  'JWT_ISSUER',
  'JWT_AUDIENCE',
  'JWT_PUBLIC_KEY_FILE',
  'HOST',
  'CAMPAIGNS_PORT',
] as const

/**
 * Starts the commands on campaigns. It does not wait for the event store: while that is away it answers 503.
 *
 * @throws CannotStart when its port is taken
 */
export async function start(config: Settings<(typeof campaignsSettings)[number]>): Promise<Serving> {
  const name = 'campaigns'
  const auth = authenticationFrom(config)
  const health = createHealth((check, error) => log.warn({ unit: name, check, err: error }, 'not ready'))
  const store = connectEventStore(config.KURRENTDB_URL)
  health.add('event-store', store.head)
  const serving = await serve({
    name,
    title: 'BizOSaaS campaigns: commands',
    version: '1.0.0',
    host: config.HOST,
    port: config.CAMPAIGNS_PORT,
    portSetting: 'CAMPAIGNS_PORT',
    routes: campaignRoutes(commandHandler({ store, decider: campaign }), consistencyTokens(config)),
    auth,
    health,
  })
  const stop = async () => {
    await serving()
    await store.close()
  }
  return Object.assign(stop, { url: serving.url })
}
