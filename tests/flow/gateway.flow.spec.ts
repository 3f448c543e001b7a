/** The gateway in front of the whole system: by the policy that ships, and by one that is published. */
import { connectPostgres } from '@bizosaas/databases'
import { cableTo } from '@bizosaas/databases/testing/cable.ts'
import { gatewaySettings, start } from '@bizosaas/gateway/start.ts'
import { readSettings, settings } from '@bizosaas/runtime'
import { expect, test } from '@jest/globals'
import { newAgency } from './agency.ts'
import { until } from './until.ts'

const url = `http://127.0.0.1:${process.env.GATEWAY_PORT}`
type Document = { paths: Record<string, Record<string, unknown>> }
const documentOf = async (base: string) => (await (await fetch(`${base}/openapi.json`)).json()) as Document
const operationsOf = ({ paths }: Document) =>
  Object.entries(paths).flatMap(([path, operations]) => Object.keys(operations).map((method) => `${method} ${path}`))

test('every route of every service is published, and documented in one place', async () => {
  const services = (process.env.GATEWAY_UPSTREAMS ?? '').split(',').map((each) => each.split('=')[1] ?? '')
  const documents = await Promise.all(services.map(documentOf))
  expect(documents.length).toBeGreaterThan(0)
  const published = operationsOf(await documentOf(url))
  expect(published.toSorted()).toEqual(documents.flatMap(operationsOf).toSorted())
})

test('a command and the question about it go through the gateway, with the limits told on the way', async () => {
  const { clientId, tokenFor } = newAgency()
  const headers = { authorization: `Bearer ${tokenFor(['owner'])}`, 'content-type': 'application/json' }
  const body = JSON.stringify({ clientId, name: 'Through the gateway' })
  const created = await fetch(`${url}/v1/campaigns`, { method: 'POST', headers, body })
  expect(created.status).toBe(201)
  expect(created.headers.get('ratelimit')).toMatch(/"tenant";r=\d+;t=\d+/)
  const token = created.headers.get('x-consistency-token') ?? ''
  let found: Response
  do found = await fetch(`${url}/v1/campaigns`, { headers: { ...headers, 'x-consistency-token': token } })
  while (found.status === 503)
  expect(await found.json()).toMatchObject({ items: [{ name: 'Through the gateway' }] })
})

test('a policy that is published holds without a restart, and when it is retired the one before does again', async () => {
  const { tokenFor } = newAgency(undefined, process.env.PLATFORM_TENANT ?? settings.PLATFORM_TENANT.default)
  const headers = { authorization: `Bearer ${tokenFor(['operator'])}`, 'content-type': 'application/json' }
  const order = async (path: string, body: object = {}) => {
    const answer = await fetch(`${url}${path}`, { method: 'POST', headers, body: JSON.stringify(body) })
    expect([path, answer.status]).toEqual([path, path.endsWith('policies') ? 201 : 200])
    return { ...((await answer.json()) as { id: string }), token: answer.headers.get('x-consistency-token') ?? '' }
  }
  const routes = [
    { prefix: '/v1', service: 'query-api', methods: ['GET', 'HEAD'] },
    { prefix: '/v1/route-policies', service: 'route-policies', methods: ['POST', 'PUT'] },
    {
      prefix: '/public/campaigns',
      rewrite: '/v1/campaigns',
      service: 'query-api',
      answer: { body: [{ change: 'move', path: '/items', to: '/campaigns' }] },
    },
  ]
  const { id } = await order('/v1/route-policies', { title: 'For the test', policy: { routes } })
  const { token } = await order(`/v1/route-policies/${id}/publish`)
  const campaigns = () => fetch(`${url}/public/campaigns`, { headers: { authorization: `Bearer ${reader}` } })
  const reader = newAgency().tokenFor(['viewer'])
  try {
    await until('the policy is in force', 30_000, async () => (await campaigns()).status === 200)
    expect(await (await campaigns()).json()).toMatchObject({ campaigns: [] })
    expect((await fetch(`${url}/v1/campaigns`, { method: 'POST', headers, body: '{}' })).status).toBe(404)
    const listed = await fetch(`${url}/v1/route-policies?after=${token}`, { headers })
    // The policies of other tests are retired, and stand in the list too.
    const { items } = (await listed.json()) as { items: { id: string }[] }
    expect(items.find((item) => item.id === id)).toMatchObject({ inForce: true, state: 'published' })
    const read = await fetch(`${url}/v1/route-policies/${id}`, { headers })
    expect(await read.json()).toMatchObject({ title: 'For the test', policy: { routes: [{ prefix: '/v1' }, {}, {}] } })
  } finally {
    await order(`/v1/route-policies/${id}/retire`)
  }
  await until('the default is in force again', 30_000, async () => (await campaigns()).status === 404)
})

test('while the database is away a gateway keeps its policy, and one that starts then publishes nothing until it knows', async () => {
  const cable = await cableTo(process.env.POSTGRES_GATEWAY_URL ?? '')
  const config = { ...readSettings(gatewaySettings, process.env), GATEWAY_PORT: 0, POSTGRES_GATEWAY_URL: cable.url }
  const first = await start(config)
  const statusAt = async (base: string) => (await fetch(`${base}/v1/campaigns`)).status
  // Without a token the service itself says no: the request has passed the gateway.
  await until('the first gateway knows its policy', 20_000, async () => (await statusAt(first.url)) === 401)
  cable.pull()
  const second = await start(config)
  expect(await statusAt(second.url)).toBe(503)
  expect(await statusAt(first.url)).toBe(401)
  cable.plugIn()
  await until('the second gateway knows its policy', 20_000, async () => (await statusAt(second.url)) === 401)
  await Promise.all([first(), second()])
  await cable.close()
})

test('the gateway’s role reads no table but that of the policies, and of these no draft', async () => {
  const postgres = connectPostgres(process.env.POSTGRES_GATEWAY_URL ?? '', {
    name: 'test',
    connections: 1,
    statementTimeoutMs: 5_000,
  })
  try {
    const states = await postgres.query('SELECT DISTINCT state FROM read_model.route_policies_v1')
    expect(states.filter((row) => (row as { state: string }).state !== 'published')).toEqual([])
    for (const table of ['read_model.campaign_list_v1', 'read_model.checkpoint', 'read_model.parked'])
      await expect(postgres.query(`SELECT FROM ${table}`)).rejects.toThrow('permission denied')
    await expect(postgres.query(`UPDATE read_model.route_policies_v1 SET title = 'x'`)).rejects.toThrow('permission')
  } finally {
    await postgres.close()
  }
})
