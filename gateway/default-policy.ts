import type { PolicyLimit, PolicyRoute, RoutePolicy } from '@bizosaas/schemas'

/**
 * What holds until a policy is published. Questions are put to the query API, commands to the service of their context; that
 * every route of every service's OpenAPI document is reached by it, a test says.
 */
const commands = ['POST', 'PUT', 'PATCH', 'DELETE']
const unchanged = { headers: [], body: [] }

const limits: readonly PolicyLimit[] = [
  { limit: 'address', per: 'address', requests: 600, seconds: 60, onOutage: 'allow' },
  { limit: 'user', per: 'user', requests: 3_000, seconds: 60, onOutage: 'allow' },
  { limit: 'client', per: 'client', requests: 6_000, seconds: 60, onOutage: 'allow' },
  { limit: 'tenant', per: 'tenant', requests: 12_000, seconds: 60, onOutage: 'allow' },
]

const route = (prefix: string, service: string, methods: readonly string[]): PolicyRoute => ({
  prefix,
  methods,
  service,
  rewrite: null,
  maxBodyBytes: 8 * 1024 * 1024,
  timeoutMs: 35_000,
  limits: limits.map(({ limit }) => limit),
  request: unchanged,
  answer: unchanged,
})

/** Which service takes the commands on what. */
const commandsOn: Readonly<Record<string, readonly string[]>> = {
  users: ['agencies', 'applications', 'clients', 'invitations', 'me', 'roles', 'sign-in', 'users'],
  campaigns: ['campaigns'],
  analytics: ['parked', 'projections'],
  integrations: ['ad-accounts'],
  'route-policies': ['route-policies'],
}

export const defaultPolicy: RoutePolicy = {
  routes: [
    route('/v1', 'query-api', ['GET', 'HEAD']),
    route('/oidc', 'users', []),
    ...Object.entries(commandsOn).flatMap(([service, things]) =>
      things.map((thing) => route(`/v1/${thing}`, service, commands)),
    ),
  ],
  limits,
  plans: [],
  corsOrigins: [],
}
