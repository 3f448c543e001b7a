/**
 * A read model as it was at a past moment is built beside the one that serves. It must say what the oracle says that a system would hold
 * which was stopped there, and what the model that serves says as of there.
 */
import { spawn } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { rowsThen } from '../oracle/run.ts'
import { type Agency, newAgency } from './agency.ts'
import { type Campaign, createCampaign, type Metrics, observe, type Page, registerAccount, row } from './marketing.ts'
import { until } from './until.ts'

let agency: Agency
let position: number
const ids: string[] = []
const label = `then-${randomUUID().slice(0, 8)}`

/** `npm run replay`, on the system that the tests run on. */
const replay = async (...args: string[]) => {
  const child = spawn(process.execPath, ['deploy/replay/main.ts', ...args], {
    cwd: new URL('../..', import.meta.url),
    env: { ...process.env, NODE_OPTIONS: '', LOG_LEVEL: 'error' },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let said = ''
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (text) => (said += text))
  const code = await new Promise<number | null>((resolve) => child.on('exit', resolve))
  return { code, said }
}

const positionOf = (token: string) => Number(token.split('.').at(-1))
const renamed = (id: string, name: string) => agency.ask('POST', `/v1/campaigns/${id}/rename`, { body: { name } })
const figures = (clicks: number) => [row({ adId: 'a', clicks }), row({ adId: 'b', clicks: 10 * clicks })]

beforeAll(async () => {
  agency = newAgency()
  const account = await registerAccount(agency, 'replay')
  for (const name of ['One', 'Two', 'Three']) ids.push((await createCampaign(agency, name)).id)
  await observe(agency, account, figures(1))
  position = positionOf((await renamed(ids[0] ?? '', 'One, renamed')).token)
  await observe(agency, account, figures(2))
  await createCampaign(agency, 'Later')
  const { token } = await renamed(ids[1] ?? '', 'Two, renamed later')
  await agency.ask('GET', '/v1/campaigns', { after: token })
}, 60_000)
afterAll(async () => {
  await replay('drop', label)
})

test('every read model is built as of a position, exactly, and asked by its name', async () => {
  const { code, said } = await replay('--until', String(position), '--into', label)
  expect([code, said]).toEqual([0, expect.stringContaining(`${label} stands at position ${position}`)])
  const listed = (await replay('list')).said
  for (const model of ['campaign-list', 'campaign-timeline', 'ad-metrics']) {
    expect(listed).toMatch(new RegExp(`^${label}  ${model} v\\d+  at position ${position}  built`, 'm'))
  }

  const ask = async <Body>(path: string) => {
    const { status, body } = await agency.ask<Body & { asOf: object }>('GET', path)
    expect([path, status]).toEqual([path, 200])
    return body
  }
  const [oracle] = await rowsThen(process.env, agency.tenantId, [position])
  const built = await ask<Page<Campaign>>(`/v1/campaigns?version=${label}`)
  expect(built.asOf).toMatchObject({ position, final: true, parked: 0 })
  const facts = ({ id, name, state, revision }: Campaign) => ({ id, name, state, revision: String(revision) })
  const told = oracle?.['campaign-list'].map(({ id, name, state, revision }) => ({ id, name, state, revision }))
  const inOrder = (rows: readonly object[] = []) => rows.map((each) => JSON.stringify(each)).toSorted()
  expect(inOrder(built.items.map(facts))).toEqual(inOrder(told))
  expect(built.items).toEqual((await ask<Page<Campaign>>(`/v1/campaigns?asOf=${position}`)).items)
  const [first] = ids
  expect(await ask(`/v1/campaigns/${first}?version=${label}`)).toMatchObject({
    name: 'One, renamed',
    asOf: { position },
  })
  expect((await ask<Page<object>>(`/v1/campaigns/${ids[1]}/timeline?version=${label}`)).items).toHaveLength(1)

  const metrics = await ask<Metrics>(`/v1/metrics?groupBy=day,campaign&version=${label}`)
  const asOf = await ask<Metrics>(`/v1/metrics?groupBy=day,campaign&asOf=${position}`)
  expect(metrics).toEqual(asOf)
  const clicks = oracle?.['ad-metrics/current'].reduce((sum, each) => sum + Number(each.clicks), 0)
  expect(metrics.totals.map((each) => each.clicks)).toEqual([clicks])
}, 240_000)

test('it is a side of a comparison', async () => {
  type Explained = { totals: { delta: { clicks: number }; parts: { cause: string; delta: { clicks: number } }[] }[] }
  const now = new Date().toISOString()
  const { status, body } = await agency.ask<Explained>('GET', `/v1/metrics/explain?left=${label}&right=${now}`)
  expect([status, body.totals.map(({ delta }) => delta.clicks)]).toEqual([200, [11]])
  expect(body.totals[0]?.parts.map(({ cause, delta }) => [cause, delta.clicks])).toEqual([['restated', 11]])
}, 60_000)

test('it stays as it is, is never begun twice by one name, and is gone when it is dropped', async () => {
  const status = async (path: string) => (await agency.ask('GET', path)).status
  expect(await replay('--until', '1', '--into', label)).toMatchObject({
    code: 1,
    said: expect.stringContaining('already'),
  })
  expect(await status(`/v1/campaigns?version=${label}&asOf=1`)).toBe(422)
  expect(await status('/v1/campaigns?version=never-built')).toBe(422)
  expect(await replay('--until', '999999999999999', '--into', 'later')).toMatchObject({
    code: 1,
    said: expect.stringContaining('not published yet'),
  })
  expect((await replay('drop', label)).code).toBe(0)
  await until('it is not found any more', 10_000, async () => (await status(`/v1/campaigns?version=${label}`)) === 422)
}, 90_000)
