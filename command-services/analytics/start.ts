import { commandHandler, connectEventStore } from '@bizosaas/event-store'
import { authenticationFrom, type Serving, serve } from '@bizosaas/http'
import { createHealth, log, type Settings } from '@bizosaas/runtime'
import { consistencyTokens } from '../consistency-token.ts'
import { parkedRoutes } from './http.ts'
import { parkedStream } from './parked-stream.ts'

export const analyticsSettings = [
  'KURRENTDB_URL',
  'TOPIC_GENERATION',
  'TOPIC_PARTITIONS',
  'JWT_ISSUER',
  'JWT_AUDIENCE',
  'JWT_PUBLIC_KEY_FILE',
  'HOST',
  'ANALYTICS_PORT',
] as const

/**
 * Starts the orders on parked streams. It does not wait for the event store: while that is away it answers 503.
 *
 * @throws CannotStart when its port is taken
 */
export async function start(config: Settings<(typeof analyticsSettings)[number]>): Promise<Serving> {
  const name = 'analytics'
  const auth = authenticationFrom(config)
  const health = createHealth((check, error) => log.warn({ unit: name, check, err: error }, 'not ready'))
  const store = connectEventStore(config.KURRENTDB_URL)
  health.add('event-store', store.head)
  const serving = await serve({
    name,
    title: 'BizOSaaS analytics: commands',
    version: '1.0.0',
    host: config.HOST,
    port: config.ANALYTICS_PORT,
    portSetting: 'ANALYTICS_PORT',
    routes: parkedRoutes(commandHandler({ store, decider: parkedStream }), consistencyTokens(config)),
    auth,
    health,
  })
  const stop = async () => {
    await serving()
    await store.close()
  }
  return Object.assign(stop, { url: serving.url })
}
