import { pathToFileURL } from 'node:url'
import type { SettingName } from '@bizosaas/runtime'
import type { Ports } from './ports.ts'
import type { Secrets } from './secrets.ts'

export const host = '127.0.0.1'
export const database = 'bizosaas'

/** Those among the settings that are made here and can be nobody else's: where the parts are, and their passwords and keys. */
export const ownSettings = [
  'KURRENTDB_URL',
  'KAFKA_BROKERS',
  'SCHEMA_REGISTRY_URL',
  'POSTGRES_ADMIN_URL',
  'POSTGRES_RELAY_URL',
  'POSTGRES_AUDITOR_URL',
  'POSTGRES_PROJECTOR_URL',
  'POSTGRES_GATEWAY_URL',
  'POSTGRES_QUERY_URL',
  'POSTGRES_KEEPER_URL',
  'POSTGRES_OPENER_URL',
  'POSTGRES_OIDC_URL',
  'CLICKHOUSE_ADMIN_URL',
  'CLICKHOUSE_PROJECTOR_URL',
  'CLICKHOUSE_QUERY_URL',
  'REDIS_URL',
  'JWKS_URL',
  'SIGNING_KEYS_DIR',
  'CLAIM_KEY',
  'LOOKUP_KEY',
  'MASTER_KEY',
] as const satisfies readonly SettingName[]

/** What the units are told: the above, and where they listen themselves. */
type Computed =
  | (typeof ownSettings)[number]
  | 'JWT_ISSUER'
  | 'HOST'
  | 'USERS_PORT'
  | 'CAMPAIGNS_PORT'
  | 'ANALYTICS_PORT'
  | 'INTEGRATIONS_PORT'
  | 'QUERY_PORT'
  | 'ROUTE_POLICIES_PORT'
  | 'GATEWAY_PORT'
  | 'GATEWAY_UPSTREAMS'

/** The settings that follow from where the embedded parts listen and from their passwords. */
export function settingsOf(ports: Ports, secrets: Secrets): Readonly<Record<Computed, string>> {
  const postgres = (role: keyof Secrets['postgres']) =>
    `postgres://${role}:${secrets.postgres[role]}@${host}:${ports.POSTGRES_PORT}/${database}`
  const clickhouse = (user: keyof Secrets['clickhouse']) =>
    `http://${user}:${secrets.clickhouse[user]}@${host}:${ports.CLICKHOUSE_HTTP_PORT}/${database}`
  return {
    KURRENTDB_URL: `kurrentdb://${host}:${ports.KURRENTDB_PORT}?tls=false`,
    KAFKA_BROKERS: `${host}:${ports.KAFKA_PORT}`,
    SCHEMA_REGISTRY_URL: `http://${host}:${ports.SCHEMA_REGISTRY_PORT}/apis/ccompat/v7`,
    POSTGRES_ADMIN_URL: postgres('bizosaas'),
    POSTGRES_RELAY_URL: postgres('relay'),
    POSTGRES_AUDITOR_URL: postgres('auditor'),
    POSTGRES_PROJECTOR_URL: postgres('projector'),
    POSTGRES_GATEWAY_URL: postgres('gateway'),
    POSTGRES_QUERY_URL: postgres('query'),
    POSTGRES_KEEPER_URL: postgres('keeper'),
    POSTGRES_OPENER_URL: postgres('opener'),
    POSTGRES_OIDC_URL: postgres('oidc'),
    CLICKHOUSE_ADMIN_URL: clickhouse('admin'),
    CLICKHOUSE_PROJECTOR_URL: clickhouse('projector'),
    CLICKHOUSE_QUERY_URL: clickhouse('query'),
    REDIS_URL: `redis://:${secrets.valkey}@${host}:${ports.VALKEY_PORT}`,
    JWT_ISSUER: `http://${host}:${ports.GATEWAY_PORT}/oidc`,
    JWKS_URL: `http://${host}:${ports.USERS_PORT}/oidc/jwks`,
    SIGNING_KEYS_DIR: secrets.signingKeysFolder,
    CLAIM_KEY: secrets.claimKey,
    LOOKUP_KEY: secrets.lookupKey,
    MASTER_KEY: pathToFileURL(secrets.masterKeyFile).href,
    HOST: host,
    USERS_PORT: String(ports.USERS_PORT),
    CAMPAIGNS_PORT: String(ports.CAMPAIGNS_PORT),
    ANALYTICS_PORT: String(ports.ANALYTICS_PORT),
    INTEGRATIONS_PORT: String(ports.INTEGRATIONS_PORT),
    QUERY_PORT: String(ports.QUERY_PORT),
    ROUTE_POLICIES_PORT: String(ports.ROUTE_POLICIES_PORT),
    GATEWAY_PORT: String(ports.GATEWAY_PORT),
    GATEWAY_UPSTREAMS: upstreamsAt(ports),
  }
}

/** Where the gateway finds the services that listen on these ports. */
export const upstreamsAt = (ports: Readonly<Record<string, number | string>>): string =>
  upstreams.map(([service, port]) => `${service}=http://${host}:${ports[port]}`).join()

const upstreams = [
  ['users', 'USERS_PORT'],
  ['campaigns', 'CAMPAIGNS_PORT'],
  ['analytics', 'ANALYTICS_PORT'],
  ['integrations', 'INTEGRATIONS_PORT'],
  ['query-api', 'QUERY_PORT'],
  ['route-policies', 'ROUTE_POLICIES_PORT'],
] as const
