/** The services of a running system, and a token that opens as much of each as one can. */
import { settings as defaults } from '@bizosaas/runtime'
import { type Agency, newAgency, type runningSystem } from '../flow/agency.ts'
import { type Effort, type Fuzzed, fuzz } from './fuzz.ts'

type Settings = Readonly<Record<string, string | undefined>>

/** By the setting of its port. */
const services = {
  USERS_PORT: 'users',
  CAMPAIGNS_PORT: 'campaigns',
  ANALYTICS_PORT: 'analytics',
  INTEGRATIONS_PORT: 'integrations',
  ROUTE_POLICIES_PORT: 'route-policies',
  QUERY_PORT: 'query-api',
} as const

/** All at once, as one tenant. */
export function fuzzAll(
  settings: Settings,
  system: ReturnType<typeof runningSystem>,
  effort: Effort,
): Promise<readonly Fuzzed[]> {
  const agency: Agency = newAgency(system, settings.PLATFORM_TENANT ?? defaults.PLATFORM_TENANT.default)
  const token = agency.tokenFor(['owner', 'operator', 'service'])
  const each = Object.entries(services).map(([port, service]) =>
    fuzz(service, `http://127.0.0.1:${settings[port]}`, token, effort),
  )
  return Promise.all(each)
}
