import { claimer, commandHandler, connectEventStore, foldedStreams } from '@bizosaas/event-store'
import { authenticationFrom, type Serving, serve } from '@bizosaas/http'
import { createHealth, log, type Settings } from '@bizosaas/runtime'
import { consistencyTokens } from '../consistency-token.ts'
import { adAccount } from './ad-account.ts'
import { adAccountDay } from './ad-account-day.ts'
import { integrationRoutes } from './http.ts'
import { observer } from './observations.ts'

export const integrationsSettings = [
  'KURRENTDB_URL',
  'TOPIC_GENERATION',
  'TOPIC_PARTITIONS',
  'JWT_ISSUER',
  'JWT_AUDIENCE',
  'JWT_PUBLIC_KEY_FILE',
  'CLAIM_KEY',
  'HOST',
  'INTEGRATIONS_PORT',
] as const

/**
 * Starts the commands on ad accounts and their figures. It does not wait for the event store: while that is away it
 * answers 503.
 *
 * @throws CannotStart when its port is taken
 */
export async function start(config: Settings<(typeof integrationsSettings)[number]>): Promise<Serving> {
  const name = 'integrations'
  const auth = authenticationFrom(config)
  const health = createHealth((check, error) => log.warn({ unit: name, check, err: error }, 'not ready'))
  const store = connectEventStore(config.KURRENTDB_URL)
  health.add('event-store', store.head)
  const accounts = foldedStreams(store, adAccount)
  const serving = await serve({
    name,
    title: 'BizOSaaS integrations: commands',
    version: '1.0.0',
    host: config.HOST,
    port: config.INTEGRATIONS_PORT,
    portSetting: 'INTEGRATIONS_PORT',
    routes: integrationRoutes(
      commandHandler({ store, decider: adAccount, streams: accounts }),
      observer({ store, accounts, handle: commandHandler({ store, decider: adAccountDay }) }),
      claimer(config.CLAIM_KEY),
      consistencyTokens(config),
    ),
    auth,
    health,
  })
  const stop = async () => {
    await serving()
    await store.close()
  }
  return Object.assign(stop, { url: serving.url })
}
