import { randomUUID } from 'node:crypto'
import { describe, expect, test } from '@jest/globals'
import { useService } from '../testing/service.ts'
import { start } from './start.ts'

const service = useService((config) => start({ ...config, CAMPAIGNS_PORT: 0 }))
const { ask, clientId, eventsOf } = service

const unknown = randomUUID()
const newCampaign = async () => {
  const { body } = await ask('POST', '/v1/campaigns', { body: { clientId, name: 'Spring' } })
  return String(body.id)
}
const take = (id: string, verb: string, body: object = {}) => ask('POST', `/v1/campaigns/${id}/${verb}`, { body })

describe('bad input is a problem document, and nothing is appended', () => {
  type Bad = [what: string, method: 'POST' | 'PUT', path: string, body: unknown, status: number, detail: RegExp]
  const cases: Bad[] = [
    ['malformed JSON', 'POST', 'rename', '{"name": ', 400, /not JSON/],
    ['a wrong type', 'POST', 'rename', { name: 7 }, 422, /\/name in the body must be a text/],
    ['an unknown field', 'POST', 'rename', { name: 'x', nmae: 'y' }, 422, /\/nmae in the body is not known/],
    ['a missing field', 'POST', 'rename', {}, 422, /\/name in the body is missing/],
    ['a blank name', 'POST', 'rename', { name: ' ' }, 422, /\/name in the body must be a text of 1 to 200/],
    ['a name that is too long', 'POST', 'rename', { name: 'x'.repeat(201) }, 422, /\/name in the body/],
    ['a control character', 'POST', 'rename', { name: 'a\u0007b' }, 422, /without control characters/],
    ['a tenant in the body', 'POST', 'submit', { tenantId: randomUUID() }, 422, /\/tenantId in the body is not known/],
    ['no reason for a rejection', 'POST', 'reject', {}, 422, /\/reason in the body is missing/],
    [
      'a date that does not exist',
      'POST',
      'schedule',
      { startsOn: '2026-02-30' },
      422,
      /\/startsOn in the body must be a day/,
    ],
    [
      'a schedule without a start',
      'POST',
      'schedule',
      { endsOn: '2026-02-01' },
      422,
      /\/startsOn in the body is missing/,
    ],
    [
      'no UUID',
      'POST',
      'link',
      { adAccountId: 'x', platformCampaignId: '1' },
      422,
      /\/adAccountId in the body must be a UUID/,
    ],
    ['a budget of nothing', 'PUT', 'budget', { amount: '0', currency: 'USD' }, 422, /more than zero/],
    ['a negative budget', 'PUT', 'budget', { amount: '-1', currency: 'USD' }, 422, /more than zero/],
    [
      'a budget as a float',
      'PUT',
      'budget',
      { amount: 1.5, currency: 'USD' },
      422,
      /\/amount in the body must be a decimal/,
    ],
    ['more digits than micros', 'PUT', 'budget', { amount: '1.0000001', currency: 'USD' }, 422, /at most 6 decimals/],
    [
      'more than can be counted',
      'PUT',
      'budget',
      { amount: '1000000000000000000', currency: 'USD' },
      422,
      /at most 9007199254/,
    ],
    [
      'an unknown currency',
      'PUT',
      'budget',
      { amount: '1', currency: 'XQX' },
      422,
      /\/currency in the body must be an ISO 4217/,
    ],
    ['a body over the limit', 'POST', 'rename', { name: 'x'.repeat(300_000) }, 413, /larger than/],
  ]

  test.each(cases)('%s', async (_, method, path, body, status, detail) => {
    const id = await newCampaign()
    const answer = await ask(method, `/v1/campaigns/${id}/${path}`, { body })
    expect(answer).toMatchObject({ status, body: { status, detail: expect.stringMatching(detail) } })
    expect(answer.headers.get('content-type')).toMatch('application/problem+json')
    expect(JSON.stringify(answer.body)).not.toMatch(/\.ts\b|at .*\(/)
    expect(await eventsOf(id)).toHaveLength(1)
  })

  test('an end before the start', async () => {
    const id = await newCampaign()
    await take(id, 'submit')
    await take(id, 'approve')
    const answer = await take(id, 'schedule', { startsOn: '2026-02-02', endsOn: '2026-02-01' })
    expect(answer).toMatchObject({ status: 422, body: { detail: expect.stringContaining('before it starts') } })
  })

  test.each([
    ['no client', { name: 'x' }],
    ['a client that is no UUID', { clientId: 'x', name: 'x' }],
    ['no name', { clientId }],
    ['an objective that is blank', { clientId, name: 'x', objective: ' ' }],
    ['a list', []],
  ])('a new campaign with %s', async (_, body) => {
    const before = await service.eventCount()
    expect(await ask('POST', '/v1/campaigns', { body })).toMatchObject({ status: 422 })
    expect(await service.eventCount()).toBe(before)
  })
})

describe('who may not', () => {
  test('an unknown campaign, and one of another tenant, are not found alike', async () => {
    const id = await newCampaign()
    const missing = await take(unknown, 'submit')
    const foreign = await ask('POST', `/v1/campaigns/${id}/submit`, { tenantId: randomUUID() })
    expect(missing).toMatchObject({ status: 404, body: { detail: `There is no campaign ${unknown}.` } })
    expect(foreign).toMatchObject({ status: 404, body: { detail: `There is no campaign ${id}.` } })
    expect(await ask('POST', '/v1/campaigns/x/submit', {})).toMatchObject({ status: 404 })
    expect(await eventsOf(id)).toHaveLength(1)
  })

  test('a token of one client reaches its campaigns only', async () => {
    const id = await newCampaign()
    const other = randomUUID()
    const submit = (client: string) => ask('POST', `/v1/campaigns/${id}/submit`, { clientId: client })
    expect(await submit(other)).toMatchObject({ status: 404, body: { detail: `There is no campaign ${id}.` } })
    expect(await submit(clientId)).toMatchObject({ status: 200 })
    const create = (owner: string) =>
      ask('POST', '/v1/campaigns', { clientId: other, body: { clientId: owner, name: 'x' } })
    expect(await create(clientId)).toMatchObject({ status: 403, body: { type: '/problems/forbidden' } })
    expect(await create(other)).toMatchObject({ status: 201 })
  })

  test.each([
    ['POST', '/v1/campaigns', ['viewer']],
    ['POST', `/v1/campaigns/${unknown}/approve`, ['campaignManager']],
    ['POST', `/v1/campaigns/${unknown}/pause`, ['analyst', 'creativeManager']],
    ['PUT', `/v1/campaigns/${unknown}/budget`, ['campaignManager']],
    ['POST', `/v1/campaigns/${unknown}/rename`, []],
  ] as const)('%s %s with the roles %j is forbidden', async (method, path, roles) => {
    expect(await ask(method, path, { roles, body: {} })).toMatchObject({ status: 403 })
  })

  test.each([
    ['none', ''],
    ['nonsense', 'nonsense'],
    ['an expired one', () => service.sign({ expiresInSeconds: -60 })],
    ['one for another audience', () => service.sign({ audience: 'other' })],
    ['one from another issuer', () => service.sign({ issuer: 'https://other.test' })],
  ])('an access token that is %s does not let in', async (_, token) => {
    const answer = await ask('POST', '/v1/campaigns', {
      token: typeof token === 'string' ? token : token(),
      body: { clientId, name: 'x' },
    })
    expect(answer).toMatchObject({ status: 401, body: { type: '/problems/unauthenticated' } })
  })
})
