/** The gateway as it ships, but with limits that are never reached: token verified, tenant and user counted in Valkey. */
import { activate } from '@bizosaas/gateway/active-policy.ts'
import { defaultPolicy } from '@bizosaas/gateway/default-policy.ts'
import { trustedProxies } from '@bizosaas/gateway/forwarded.ts'
import { connectCounters } from '@bizosaas/gateway/limits/counter-store.ts'
import { serveGateway } from '@bizosaas/gateway/serve.ts'
import { authentication, publishedKeys } from '@bizosaas/http'
import { log } from '@bizosaas/runtime'
import { originDigest } from '@bizosaas/sealed'
import { serveTasks } from '../lib/worker.ts'

export type GatewayTask = {
  /** Where each service is, by its name in the policy. */
  readonly upstreams: Readonly<Record<string, string>>
  readonly redisUrl: string
  readonly issuer: string
  readonly jwksUrl: string
}

/** Forwards to the addresses it is given, and answers where it listens. */
serveTasks<GatewayTask, string>(async ({ upstreams, redisUrl, issuer, jwksUrl }) => {
  const limits = defaultPolicy.limits.map((limit) => ({ ...limit, requests: 1_000_000_000 }))
  const policy = activate({ ...defaultPolicy, limits }, connectCounters(redisUrl), log)
  const { url } = await serveGateway({
    host: '127.0.0.1',
    port: 0,
    upstreams: new Map(Object.entries(upstreams).map(([name, url]) => [name, [new URL(url)]])),
    trusted: trustedProxies([]),
    originDigest: originDigest('6b'.repeat(32)),
    authenticate: authentication({
      issuer,
      audience: 'bizosaas-api',
      keyOf: publishedKeys(jwksUrl),
    }),
    policy: () => policy,
    certificate: null,
    log,
  })
  return url
})
