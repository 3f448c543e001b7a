import { randomUUID } from 'node:crypto'
import { describe, expect, test } from '@jest/globals'
import { useService } from '../testing/service.ts'
import { start } from './start.ts'

const service = useService((config) => start({ ...config, CAMPAIGNS_PORT: 0 }))
const { ask, clientId, eventsOf } = service

const newCampaign = async (name = 'Spring', more: object = {}) => {
  const { body } = await ask('POST', '/v1/campaigns', { body: { clientId, name, ...more } })
  return String(body.id)
}
const take = (id: string, verb: string, body: object = {}) => ask('POST', `/v1/campaigns/${id}/${verb}`, { body })
const schedule = { startsOn: '2026-02-01', endsOn: '2026-02-28' }

describe('the life of a campaign', () => {
  test('goes from draft to archived, step by step', async () => {
    const id = await newCampaign('  Spring  ', { objective: 'Leads' })
    const steps: [verb: string, body: object, state: string][] = [
      ['submit', {}, 'inReview'],
      ['reject', { reason: 'too dear' }, 'draft'],
      ['submit', {}, 'inReview'],
      ['approve', { comment: 'fine' }, 'approved'],
      ['schedule', schedule, 'scheduled'],
      ['activate', {}, 'active'],
      ['pause', { reason: null }, 'paused'],
      ['resume', {}, 'active'],
      ['complete', {}, 'completed'],
      ['archive', {}, 'archived'],
    ]
    for (const [n, [verb, body, state]] of steps.entries()) {
      const answer = await take(id, verb, body)
      expect(answer).toMatchObject({ status: 200, body: { id, state, revision: n + 1 }, etag: `"${n + 1}"` })
      expect(answer.token).toMatch(/^events\.g1\.\d+\.\d+$/)
    }
    const stored = await eventsOf(id)
    expect(stored.map(({ type }) => type)).toEqual([
      'CampaignCreated',
      'CampaignSubmitted',
      'CampaignRejected',
      'CampaignSubmitted',
      'CampaignApproved',
      'CampaignScheduled',
      'CampaignActivated',
      'CampaignPaused',
      'CampaignResumed',
      'CampaignCompleted',
      'CampaignArchived',
    ])
    expect(JSON.parse(Buffer.from(stored[0]?.bytes ?? []).toString())).toEqual({
      campaignId: id,
      clientId,
      name: 'Spring',
      objective: 'Leads',
    })
    expect(stored[0]?.metadata).toMatchObject({ tenantId: service.tenantId, clientId, actor: 'ann' })
  })

  test('may end before it runs', async () => {
    const id = await newCampaign()
    expect(await take(id, 'cancel', { reason: 'no money' })).toMatchObject({
      status: 200,
      body: { state: 'cancelled' },
    })
  })

  test('starts with an answer that says where it is', async () => {
    const answer = await ask('POST', '/v1/campaigns', { body: { clientId, name: 'Spring' } })
    expect(answer).toMatchObject({ status: 201, body: { state: 'draft', revision: 0 }, etag: '"0"' })
    expect(answer.headers.get('location')).toBe(`/v1/campaigns/${answer.body.id}`)
  })
})

describe('edits', () => {
  test('change name, link and budget', async () => {
    const id = await newCampaign()
    expect(await take(id, 'rename', { name: 'Summer' })).toMatchObject({ status: 200, body: { revision: 1 } })
    const adAccountId = randomUUID()
    expect(await take(id, 'link', { adAccountId, platformCampaignId: '916' })).toMatchObject({ body: { revision: 2 } })
    for (const [amount, revision] of [
      ['58705.23', 3],
      ['58705.23', 3],
      ['60000.000001', 4],
    ]) {
      const answer = await ask('PUT', `/v1/campaigns/${id}/budget`, { body: { amount, currency: 'USD' } })
      expect(answer).toMatchObject({ status: 200, body: { revision }, etag: `"${revision}"` })
    }
    const stored = (await eventsOf(id)).map(({ type, bytes }) => [type, JSON.parse(Buffer.from(bytes).toString())])
    expect(stored.slice(1)).toEqual([
      ['CampaignRenamed', { campaignId: id, name: 'Summer' }],
      ['CampaignLinked', { campaignId: id, adAccountId, platformCampaignId: '916' }],
      ['BudgetAllocated', { campaignId: id, budget: { amountMicros: 58_705_230_000, currency: 'USD' } }],
      [
        'BudgetRevised',
        {
          campaignId: id,
          budget: { amountMicros: 60_000_000_001, currency: 'USD' },
          previous: { amountMicros: 58_705_230_000, currency: 'USD' },
        },
      ],
    ])
  })
})

describe('the same request again', () => {
  const headers = () => ({ 'idempotency-key': randomUUID() })

  test('creates one campaign and gives the first answer, also later', async () => {
    const sent = { body: { clientId, name: 'Once' }, headers: headers() }
    const first = await ask('POST', '/v1/campaigns', sent)
    await take(first.body.id, 'submit')
    const again = await ask('POST', '/v1/campaigns', sent)
    expect({ ...again, headers: null }).toEqual({ ...first, headers: null })
    expect(again.headers.get('location')).toBe(first.headers.get('location'))
    expect(await eventsOf(first.body.id)).toHaveLength(2)
  })

  test('with another body is refused', async () => {
    const sent = { headers: headers() }
    const { body } = await ask('POST', '/v1/campaigns', { ...sent, body: { clientId, name: 'One' } })
    const other = await ask('POST', '/v1/campaigns', { ...sent, body: { clientId, name: 'Other' } })
    expect(other).toMatchObject({ status: 422, body: { type: '/problems/key-reused' } })
    expect(await eventsOf(body.id)).toHaveLength(1)
  })

  test('from somebody else, or for another campaign, is another request', async () => {
    const sent = { body: { clientId, name: 'One' }, headers: headers() }
    const mine = await ask('POST', '/v1/campaigns', sent)
    const theirs = await ask('POST', '/v1/campaigns', { ...sent, token: service.sign({ subject: 'bob' }) })
    expect(theirs.body.id).not.toBe(mine.body.id)
    for (const id of [mine.body.id, theirs.body.id]) {
      expect(await ask('POST', `/v1/campaigns/${id}/submit`, { headers: sent.headers })).toMatchObject({ status: 200 })
    }
  })

  test('without a key answers that it holds already', async () => {
    const id = await newCampaign()
    await take(id, 'submit')
    expect(await take(id, 'submit')).toMatchObject({ status: 200, body: { state: 'inReview', revision: 1 } })
    expect(await eventsOf(id)).toHaveLength(2)
  })
})

describe('If-Match', () => {
  test('lets a command through at the revision it names only', async () => {
    const id = await newCampaign()
    const submit = (ifMatch: string) => ask('POST', `/v1/campaigns/${id}/submit`, { headers: { 'if-match': ifMatch } })
    expect(await submit('"7"')).toMatchObject({
      status: 412,
      body: { type: '/problems/stale', expected: 7, actual: 0 },
    })
    expect(await submit('"0"')).toMatchObject({ status: 200 })
    expect(await submit('"0"')).toMatchObject({ status: 412 })
  })
})

describe('what the domain refuses', () => {
  test('is a conflict that names state and verb', async () => {
    const id = await newCampaign()
    expect(await take(id, 'activate')).toMatchObject({
      status: 409,
      body: { type: '/problems/illegal-step', state: 'draft', verb: 'activate', status: 409 },
    })
    const budget = (currency: string) => ask('PUT', `/v1/campaigns/${id}/budget`, { body: { amount: '1', currency } })
    await budget('USD')
    expect(await budget('EUR')).toMatchObject({
      status: 409,
      body: { type: '/problems/other-currency', currency: 'USD' },
    })
    expect(await eventsOf(id)).toHaveLength(2)
  })
})
