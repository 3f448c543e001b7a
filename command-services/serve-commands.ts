import { connectEventStore, type EventStore } from '@bizosaas/event-store'
import { authenticationFrom, type Mounted, type Route, type Serving, serve } from '@bizosaas/http'
import { createHealth, log, type Settings } from '@bizosaas/runtime'

/** What every command service needs, beside the setting of its own port. */
export const commandSettings = [
  'KURRENTDB_URL',
  'TOPIC_GENERATION',
  'TOPIC_PARTITIONS',
  'JWT_ISSUER',
  'JWT_AUDIENCE',
  'JWKS_URL',
  'HOST',
] as const

type CommandConfig = Settings<(typeof commandSettings)[number]>

/** What is served: commands, and what answers by itself beside them. */
type Served = { readonly routes: readonly Route[]; readonly mounted: readonly Mounted[] }

const isRoutes = (served: Served | Served['routes']): served is Served['routes'] => Array.isArray(served)

/**
 * Serves a context's commands. It does not wait for the event store: while that is away it answers 503.
 *
 * @throws CannotStart when its port is taken
 */
export async function serveCommands(
  config: CommandConfig,
  service: { readonly name: string; readonly port: number; readonly portSetting: string },
  servedOn: (store: EventStore) => Served | Served['routes'],
): Promise<Serving> {
  const { name } = service
  const auth = authenticationFrom(config)
  const health = createHealth((check, error) => log.warn({ unit: name, check, err: error }, 'not ready'))
  const store = connectEventStore(config.KURRENTDB_URL)
  health.add('event-store', store.head)
  const served = servedOn(store)
  const serving = await serve({
    ...service,
    title: `BizOSaaS ${name}: commands`,
    version: '1.0.0',
    host: config.HOST,
    ...(isRoutes(served) ? { routes: served } : served),
    auth,
    health,
  })
  const stop = async () => {
    await serving()
    await store.close()
  }
  return Object.assign(stop, { url: serving.url })
}
