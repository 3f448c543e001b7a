import { connectPostgres } from '@bizosaas/databases'
import { authenticationFrom, type Serving } from '@bizosaas/http'
import { log, type Settings } from '@bizosaas/runtime'
import { originDigest } from '@bizosaas/sealed'
import { activate } from './active-policy.ts'
import { followPolicy } from './follow-policy.ts'
import { trustedProxies } from './forwarded.ts'
import { connectCounters } from './limits/counter-store.ts'
import { serveGateway } from './serve.ts'
import { upstreamsFrom } from './upstreams.ts'

export const gatewaySettings = [
  'HOST',
  'GATEWAY_PORT',
  'GATEWAY_UPSTREAMS',
  'GATEWAY_TRUSTED_PROXIES',
  'GATEWAY_TLS_CERTIFICATE_FILE',
  'GATEWAY_TLS_KEY_FILE',
  'REDIS_URL',
  'POSTGRES_GATEWAY_URL',
  'PLATFORM_TENANT',
  'LOOKUP_KEY',
  'JWT_ISSUER',
  'JWT_AUDIENCE',
  'JWKS_URL',
] as const

/**
 * Starts the gateway. It waits for no service and no store: what is away is answered as such.
 *
 * @throws CannotStart when its port is taken or its certificate is not usable
 */
export async function start(config: Settings<(typeof gatewaySettings)[number]>): Promise<Serving> {
  const unitLog = log.child({ unit: 'gateway' })
  const { GATEWAY_TLS_CERTIFICATE_FILE: certificate, GATEWAY_TLS_KEY_FILE: key } = config
  const authenticate = authenticationFrom(config)
  const trusted = trustedProxies(config.GATEWAY_TRUSTED_PROXIES)
  const counters = connectCounters(config.REDIS_URL)
  const postgres = connectPostgres(config.POSTGRES_GATEWAY_URL, {
    name: 'gateway',
    connections: 1,
    statementTimeoutMs: 5_000,
  })
  const policy = followPolicy(
    postgres,
    config.PLATFORM_TENANT,
    (published) => activate(published, counters, unitLog),
    unitLog,
  )
  const closeStores = async () => {
    policy.stop()
    counters.disconnect()
    await postgres.close()
  }
  try {
    const serving = await serveGateway({
      host: config.HOST,
      port: config.GATEWAY_PORT,
      upstreams: upstreamsFrom(config.GATEWAY_UPSTREAMS),
      trusted,
      originDigest: originDigest(config.LOOKUP_KEY),
      authenticate,
      policy: policy.active,
      certificate: certificate === 'none' && key === 'none' ? null : { certificate, key },
      log: unitLog,
    })
    const stop = async () => {
      await serving()
      await closeStores()
    }
    return Object.assign(stop, { url: serving.url })
  } catch (error) {
    await closeStores()
    throw error
  }
}
