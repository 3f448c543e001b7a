import { type Static, type TSchema, Type } from 'typebox'

/**
 * Every setting of the system, in one list: `.env.example` is written from it (`npm run generate`), units read from it
 * (`readSettings`), and a name that is not in it stops the start.
 */

/** What a value may be, for the machine and, in the words of an error, for a person. */
type Kind<Schema extends TSchema> = { readonly schema: Schema; readonly expected: string }

type More = {
  /** As it would be written in the environment. A setting without one must be given. */
  readonly default?: string
  /** Its value never appears in an error, a log line or a listing. */
  readonly secret?: true
}

export type Setting<Schema extends TSchema = TSchema> = Kind<Schema> & More & { readonly doc: string }

const setting = <Schema extends TSchema>(kind: Kind<Schema>, doc: string, more: More = {}): Setting<Schema> => ({
  ...kind,
  ...more,
  doc,
})

const text = { schema: Type.String({ minLength: 1 }), expected: 'a text' }
const port = { schema: Type.Integer({ minimum: 1, maximum: 65535 }), expected: 'a port, 1 to 65535' }
const url = (schemes: string, example: string) => ({
  schema: Type.String({ pattern: `^(${schemes})://\\S+$` }),
  expected: `a URL such as ${example}`,
})
const postgres = url('postgres|postgresql', 'postgres://user:password@127.0.0.1:15432/bizosaas')
const clickhouse = url('https?', 'http://user:password@127.0.0.1:18123/bizosaas')

const eventStoreAndBroker = {
  KURRENTDB_URL: setting(
    url('(kurrentdb|esdb)(\\+discover)?', 'kurrentdb://127.0.0.1:2113?tls=false'),
    'Event store, the only source of truth',
    { default: 'kurrentdb://127.0.0.1:2113?tls=false', secret: true },
  ),
  KAFKA_BROKERS: setting(
    {
      schema: Type.Array(Type.String({ pattern: '^[^\\s:]+:\\d{1,5}$' }), { minItems: 1 }),
      expected: 'host:port, several with commas between',
    },
    'Kafka brokers to start from',
    { default: '127.0.0.1:19092' },
  ),
  SCHEMA_REGISTRY_URL: setting(
    url('https?', 'http://127.0.0.1:18081/apis/ccompat/v7'),
    'Schema registry that speaks the Confluent API',
    { default: 'http://127.0.0.1:18081/apis/ccompat/v7', secret: true },
  ),
  TOPIC_GENERATION: setting(
    { schema: Type.String({ pattern: '^g[1-9]\\d{0,3}$' }), expected: 'g1, g2, ...' },
    'First generation of the topics; `npm run reseed` makes the next ones, and PostgreSQL says which is live',
    { default: 'g1' },
  ),
  TOPIC_PARTITIONS: setting(
    { schema: Type.Integer({ minimum: 1, maximum: 1024 }), expected: 'a whole number, 1 to 1024' },
    'Partitions of each topic; the number never changes',
    { default: '12' },
  ),
}

const databases = {
  POSTGRES_ADMIN_URL: setting(postgres, 'PostgreSQL as the owner of the schemas, for migrations', { secret: true }),
  POSTGRES_RELAY_URL: setting(postgres, 'PostgreSQL as the role `relay`, which keeps the ledger', { secret: true }),
  POSTGRES_AUDITOR_URL: setting(postgres, 'PostgreSQL as the role `auditor`, which reads the ledger', { secret: true }),
  POSTGRES_PROJECTOR_URL: setting(postgres, 'PostgreSQL as the role `projector`, which writes', { secret: true }),
  POSTGRES_GATEWAY_URL: setting(postgres, 'PostgreSQL as the role `gateway`, which reads the route policy in force', {
    secret: true,
  }),
  POSTGRES_QUERY_URL: setting(postgres, 'PostgreSQL as the role `query`, which reads one tenant', { secret: true }),
  POSTGRES_KEEPER_URL: setting(postgres, 'PostgreSQL as the role `keeper`, which makes and destroys keys', {
    secret: true,
  }),
  POSTGRES_OIDC_URL: setting(postgres, 'PostgreSQL as the role `oidc`, which remembers sign-ins and tokens', {
    secret: true,
  }),
  POSTGRES_OPENER_URL: setting(postgres, 'PostgreSQL as the role `opener`, which reads keys', { secret: true }),
  CLICKHOUSE_ADMIN_URL: setting(clickhouse, 'ClickHouse as the owner of the tables', { secret: true }),
  CLICKHOUSE_PROJECTOR_URL: setting(clickhouse, 'ClickHouse as the user who writes', { secret: true }),
  CLICKHOUSE_QUERY_URL: setting(clickhouse, 'ClickHouse as the user who reads', { secret: true }),
  REDIS_URL: setting(url('rediss?', 'redis://127.0.0.1:16379'), 'Redis, Valkey or Dragonfly, for live updates', {
    default: 'redis://127.0.0.1:16379',
    secret: true,
  }),
}

const security = {
  JWT_ISSUER: setting(
    text,
    'Public address of the OpenID Connect server, through the gateway: the issuer that access tokens must name',
    {
      default: 'http://127.0.0.1:8080/oidc',
    },
  ),
  JWT_AUDIENCE: setting(text, 'Audience that access tokens must name', { default: 'bizosaas-api' }),
  JWKS_URL: setting(
    url('https?', 'http://127.0.0.1:8001/oidc/jwks'),
    'Where services find the public keys that verify access tokens: at the users service',
    { default: 'http://127.0.0.1:8001/oidc/jwks' },
  ),
  SIGNING_KEYS_DIR: setting(
    { ...text, expected: 'the path of a folder of PEM files (P-256, PKCS 8), named by their date' },
    'Keys that sign access tokens: the last by name signs, all verify; read again while the users service runs',
  ),
  IDENTITY_PROVIDERS_FILE: setting(
    { ...text, expected: 'none, or the path of a JSON file' },
    'Outside providers that people may sign in through, such as Google, with the secret of each; see docs/people.md',
    { default: 'none' },
  ),
  CLAIM_KEY: setting(
    { schema: Type.String({ pattern: '^([0-9a-fA-F]{2}){32,}$' }), expected: 'at least 32 bytes in hexadecimal' },
    'HMAC key of the claims that keep names unique',
    { secret: true },
  ),
  LOOKUP_KEY: setting(
    { schema: Type.String({ pattern: '^([0-9a-fA-F]{2}){32,}$' }), expected: 'at least 32 bytes in hexadecimal' },
    'HMAC key by which people are found by their e-mail, and requests by where they came from',
    { secret: true },
  ),
  MASTER_KEY: setting(
    {
      schema: Type.String({ pattern: '^(file:/\\S+|https?://\\S+/keys/[^/\\s]+)$' }),
      expected: 'file:/path/of/the/key, or a transit key such as https://vault:8200/v1/transit/keys/people',
    },
    "What wraps people's keys: a file of 32 bytes in hexadecimal, or a key of Vault's transit engine",
  ),
  VAULT_TOKEN_FILE: setting(text, 'File with the token for Vault, as its agent keeps it', {
    default: '/run/secrets/vault_token',
  }),
  PLATFORM_TENANT: setting(
    {
      schema: Type.String({ pattern: '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$' }),
      expected: 'a UUID in lower case',
    },
    'Tenant of those who run the system: what its operators publish holds for everybody',
    { default: '00000000-0000-4000-8000-000000000000' },
  ),
  BIZOSAAS_TOKEN: setting({ ...text, expected: 'an access token' }, 'Access token that command line tools send', {
    secret: true,
  }),
}

const services = {
  HOST: setting(text, 'Address that the services listen on; those of `npm start` listen on 127.0.0.1', {
    default: '127.0.0.1',
  }),
  USERS_PORT: setting(port, 'Port of the users service', { default: '8001' }),
  CAMPAIGNS_PORT: setting(port, 'Port of the campaigns service', { default: '8002' }),
  ANALYTICS_PORT: setting(port, 'Port of the analytics service', { default: '8003' }),
  INTEGRATIONS_PORT: setting(port, 'Port of the integrations service', { default: '8004' }),
  QUERY_PORT: setting(port, 'Port of the query API', { default: '8007' }),
  ROUTE_POLICIES_PORT: setting(port, 'Port of the commands on the gateway’s route policies', { default: '8008' }),
  GATEWAY_PORT: setting(port, 'Port of the gateway, which is in front of all services', { default: '8080' }),
  GATEWAY_UPSTREAMS: setting(
    {
      schema: Type.Array(Type.String({ pattern: '^[a-z][a-z-]*=https?://[^\\s/]+/?$' }), { minItems: 1 }),
      expected: 'service=http://host:port, several with commas between',
    },
    'Where the gateway finds the services; one that stands here more than once has so many instances',
    {
      default:
        'users=http://127.0.0.1:8001,campaigns=http://127.0.0.1:8002,analytics=http://127.0.0.1:8003,integrations=http://127.0.0.1:8004,query-api=http://127.0.0.1:8007,route-policies=http://127.0.0.1:8008',
    },
  ),
  GATEWAY_TRUSTED_PROXIES: setting(
    {
      schema: Type.Array(Type.String({ pattern: '^(none|[\\da-fA-F.:]+(/\\d{1,3})?)$' })),
      expected: 'none, or addresses and ranges such as 10.0.0.0/8, several with commas between',
    },
    'Proxies in front of the gateway, whose X-Forwarded headers are believed',
    { default: 'none' },
  ),
  GATEWAY_TLS_CERTIFICATE_FILE: setting(
    { ...text, expected: 'none, or the path of a PEM file' },
    'Certificate chain of the gateway, read again when it changes; none for plain HTTP',
    { default: 'none' },
  ),
  GATEWAY_TLS_KEY_FILE: setting(
    { ...text, expected: 'none, or the path of a PEM file' },
    'Private key of the certificate of the gateway',
    { default: 'none' },
  ),
  REBUILD_SHARE: setting(
    { schema: Type.Integer({ minimum: 1, maximum: 100 }), expected: 'a whole number, 1 to 100' },
    'Percent of the time that a rebuild works while events come in; when none do, it always works',
    { default: '50' },
  ),
  HEALTH_PORT: setting(
    { schema: Type.Integer({ minimum: 0, maximum: 65535 }), expected: 'a port, or 0 for any that is free' },
    'Port on which a relay or a runner that runs alone answers /livez, /readyz and /metrics',
    { default: '0' },
  ),
  LOG_LEVEL: setting(
    {
      schema: Type.Enum(['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent']),
      expected: 'trace, debug, info, warn, error, fatal or silent',
    },
    'Least severe log lines that are written',
    { default: 'info' },
  ),
}

const tracing = {
  OTEL_EXPORTER_OTLP_ENDPOINT: setting(
    url('https?', 'http://127.0.0.1:4318'),
    'Collector that traces are sent to (OTLP over HTTP); without it none are made',
  ),
  OTEL_TRACES_SAMPLER_ARG: setting(
    { schema: Type.String({ pattern: '^(0(\\.\\d+)?|1(\\.0+)?)$' }), expected: 'a share, 0 to 1' },
    'Share of the requests that are traced, where the client has not decided it',
    { default: '1' },
  ),
}

const embeddedParts = {
  BIZOSAAS_DATA_DIR: setting(text, 'Folder of the data, keys and logs of the embedded parts', { default: '.data' }),
  KURRENTDB_PORT: setting(port, 'Port of the embedded event store', { default: '2113' }),
  KAFKA_PORT: setting(port, 'Port of the embedded Kafka broker', { default: '19092' }),
  KAFKA_CONTROLLER_PORT: setting(port, 'Port of the embedded Kafka controller', { default: '19093' }),
  SCHEMA_REGISTRY_PORT: setting(port, 'Port of the embedded schema registry', { default: '18081' }),
  POSTGRES_PORT: setting(port, 'Port of the embedded PostgreSQL', { default: '15432' }),
  CLICKHOUSE_HTTP_PORT: setting(port, 'Port of the embedded ClickHouse', { default: '18123' }),
  VALKEY_PORT: setting(port, 'Port of the embedded Valkey', { default: '16379' }),
}

const environmentAlone = {
  BIZOSAAS_ENV_FILE: setting(text, 'File with settings that the environment does not name', { default: '.env' }),
  BIZOSAAS_TEST_AGAINST: setting(
    { schema: Type.Enum(['own', 'environment']), expected: 'own or environment' },
    'What `npm test` runs on: a system of its own, or the one that the environment names',
    { default: 'own' },
  ),
}

/** As `.env.example` groups them. */
export const settingGroups = {
  'Event store, broker and schemas': eventStoreAndBroker,
  'Databases of the read models': databases,
  'Tokens and keys': security,
  Services: services,
  'Traces (OpenTelemetry)': tracing,
  'Embedded parts (`npm start`)': embeddedParts,
  'Read from the environment alone': environmentAlone,
}

export const settings = {
  ...eventStoreAndBroker,
  ...databases,
  ...security,
  ...services,
  ...tracing,
  ...embeddedParts,
  ...environmentAlone,
}

export type SettingName = keyof typeof settings

/** What `readSettings` gives for the names asked for: numbers for ports and counts, an array for lists, else text. */
export type Settings<Names extends SettingName = SettingName> = {
  readonly [Name in Names]: Static<(typeof settings)[Name]['schema']>
}
