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
  'POSTGRES_QUERY_URL',
  'CLICKHOUSE_ADMIN_URL',
  'CLICKHOUSE_PROJECTOR_URL',
  'CLICKHOUSE_QUERY_URL',
  'REDIS_URL',
  'JWT_PUBLIC_KEY_FILE',
  'CLAIM_KEY',
] as const satisfies readonly SettingName[]

/** What the units are told: the above, and where they listen themselves. */
type Computed =
  | (typeof ownSettings)[number]
  | 'HOST'
  | 'CAMPAIGNS_PORT'
  | 'ANALYTICS_PORT'
  | 'INTEGRATIONS_PORT'
  | 'QUERY_PORT'

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
    POSTGRES_QUERY_URL: postgres('query'),
    CLICKHOUSE_ADMIN_URL: clickhouse('admin'),
    CLICKHOUSE_PROJECTOR_URL: clickhouse('projector'),
    CLICKHOUSE_QUERY_URL: clickhouse('query'),
    REDIS_URL: `redis://:${secrets.valkey}@${host}:${ports.VALKEY_PORT}`,
    JWT_PUBLIC_KEY_FILE: secrets.jwtPublicKeyFile,
    CLAIM_KEY: secrets.claimKey,
    HOST: host,
    CAMPAIGNS_PORT: String(ports.CAMPAIGNS_PORT),
    ANALYTICS_PORT: String(ports.ANALYTICS_PORT),
    INTEGRATIONS_PORT: String(ports.INTEGRATIONS_PORT),
    QUERY_PORT: String(ports.QUERY_PORT),
  }
}
