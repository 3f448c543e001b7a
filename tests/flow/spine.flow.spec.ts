import { beforeAll, describe, expect, test } from '@jest/globals'
import { type Agency, newAgency } from './agency.ts'
import { type Campaign, createCampaign, type Metrics, observe, type Page, registerAccount, row } from './marketing.ts'

let agency: Agency
beforeAll(() => {
  agency = newAgency()
})

describe('a campaign', () => {
  test('is read back as it was written, by its token, through Postgres', async () => {
    const { ask } = agency
    const created = await createCampaign(agency, 'Spring in the city')
    const list = await ask<Page<Campaign>>('GET', '/v1/campaigns?search=spring', { after: created.token })
    expect(list.status).toBe(200)
    expect(list.body.items).toEqual([
      expect.objectContaining({ id: created.id, name: 'Spring in the city', state: 'draft', revision: 0 }),
    ])
  })

  test('walks through its states, and its timeline tells who did what', async () => {
    const { ask } = agency
    const { id } = await createCampaign(agency, 'Walks far')
    const verbs: [string, object][] = [
      ['submit', {}],
      ['approve', { comment: 'looks good' }],
      ['schedule', { startsOn: '2026-12-01', endsOn: '2026-12-24' }],
      ['activate', {}],
      ['pause', { reason: 'stock is out' }],
      ['resume', {}],
      ['complete', {}],
      ['archive', {}],
    ]
    let token = ''
    for (const [verb, body] of verbs) {
      const done = await ask('POST', `/v1/campaigns/${id}/${verb}`, { body })
      expect([verb, done.status]).toEqual([verb, 200])
      token = done.token
    }
    const campaign = await ask<Campaign>('GET', `/v1/campaigns/${id}`, { after: token })
    expect(campaign.body).toMatchObject({ state: 'archived', startsOn: '2026-12-01', revision: verbs.length })
    expect(campaign.headers.get('etag')).toBe(`"${verbs.length}"`)
    const timeline = await ask<Page<{ text: string; actor: string }>>('GET', `/v1/campaigns/${id}/timeline`, {
      after: token,
    })
    expect(timeline.body.items).toHaveLength(verbs.length + 1)
    expect(new Set(timeline.body.items.map(({ actor }) => actor))).toEqual(new Set(['flow-test']))
  })

  test('answers a repeated request as the first time, and creates nothing twice', async () => {
    const { ask } = agency
    const options = { body: { clientId: agency.clientId, name: 'Only once' }, headers: { 'idempotency-key': 'once' } }
    const first = await ask<{ id: string }>('POST', '/v1/campaigns', options)
    const again = await ask<{ id: string }>('POST', '/v1/campaigns', options)
    expect([again.status, again.body, again.token]).toEqual([first.status, first.body, first.token])
    const list = await ask<Page<Campaign>>('GET', '/v1/campaigns?search=only%20once', { after: again.token })
    expect(list.body.items).toHaveLength(1)
    const other = { ...options, body: { ...options.body, name: 'Something else' } }
    expect((await ask('POST', '/v1/campaigns', other)).status).toBe(422)
  })

  test('is not there for another tenant, on any path', async () => {
    const stranger = newAgency()
    const { id, token } = await createCampaign(agency, 'Ours alone')
    await agency.ask('GET', `/v1/campaigns/${id}`, { after: token })
    const seen = await Promise.all([
      stranger.ask('GET', `/v1/campaigns/${id}`),
      stranger.ask('GET', `/v1/campaigns/${id}/timeline`),
      stranger.ask('POST', `/v1/campaigns/${id}/submit`, { body: {} }),
      stranger.ask('PUT', `/v1/campaigns/${id}/budget`, { body: { amount: '5.00', currency: 'EUR' } }),
    ])
    expect(seen.map(({ status }) => status)).toEqual([404, 404, 404, 404])
    expect((await stranger.ask<Page<Campaign>>('GET', '/v1/campaigns')).body.items).toEqual([])
  })
})

describe('figures', () => {
  test('are read back by their token through ClickHouse, and a restatement shows the old value as of before', async () => {
    const { ask } = agency
    const account = await registerAccount(agency, 'figures')
    const { id } = await createCampaign(agency, 'With figures')
    const link = { adAccountId: account, platformCampaignId: '916' }
    const linked = await ask('POST', `/v1/campaigns/${id}/link`, { body: link })
    expect(linked.status).toBe(200)

    const first = await observe(agency, account, [
      row({ adId: 'a', impressions: 1000, clicks: 80, spend: '25.10' }),
      row({ adId: 'b', impressions: 500, clicks: 20, spend: '4.90' }),
    ])
    expect(first.body).toEqual({ observed: 2, restated: 0, unchanged: 0 })
    // A token speaks of its own partition: the campaign's name and its figures travel on different ones.
    const path = `/v1/metrics?groupBy=campaign,day&from=2023-08-01&to=2023-08-31&after=${linked.token}`
    const seen = await ask<Metrics>('GET', path, { after: first.token })
    expect(seen.body.rows).toEqual([
      expect.objectContaining({
        campaign: expect.objectContaining({ id, name: 'With figures' }),
        day: '2023-08-31',
        impressions: 1500,
        clicks: 100,
        spend: { amount: '30.00', currency: 'USD' },
        cpc: { amount: '0.30', currency: 'USD' },
      }),
    ])

    const beforeTheSecond = new Date().toISOString()
    const second = await observe(agency, account, [
      row({ adId: 'a', impressions: 1000, clicks: 80, spend: '25.10' }),
      row({ adId: 'b', impressions: 500, clicks: 10, spend: '2.40' }),
    ])
    expect(second.body).toEqual({ observed: 0, restated: 1, unchanged: 1 })
    const now = await ask<Metrics>('GET', path, { after: second.token })
    expect(now.body.totals[0]).toMatchObject({ clicks: 90, spend: { amount: '27.50', currency: 'USD' } })
    const before = await ask<Metrics>('GET', `${path}&asOf=${beforeTheSecond}`)
    expect(before.body.totals[0]).toMatchObject({ clicks: 100, spend: { amount: '30.00', currency: 'USD' } })

    const again = await observe(agency, account, [row({ adId: 'b', impressions: 500, clicks: 10, spend: '2.40' })])
    expect(again.body).toEqual({ observed: 0, restated: 0, unchanged: 1 })
  })

  test('of one account are registered once in a tenant, and of another tenant they are not to be had', async () => {
    const account = await registerAccount(agency, 'taken')
    const twin = await agency.ask('POST', '/v1/ad-accounts', {
      body: {
        clientId: agency.clientId,
        platform: 'meta',
        externalId: 'taken',
        name: 'B',
        currency: 'USD',
        timeZone: 'UTC',
      },
    })
    expect(twin.status).toBe(409)
    const stranger = newAgency()
    expect((await observe(stranger, account, [row({ adId: 'x' })])).status).toBe(404)
    expect((await stranger.ask<Metrics>('GET', '/v1/metrics?groupBy=day')).body.rows).toEqual([])
  })
})

describe('the projections', () => {
  test('say how far they are', async () => {
    const { token } = await createCampaign(agency, 'Counted')
    await agency.ask('GET', '/v1/campaigns', { after: token })
    const { body } = await agency.ask<{ items: { model: string; parked: number; halted: unknown[] }[] }>(
      'GET',
      '/v1/projections',
    )
    // Of some there may be a version more: other tests order rebuilds.
    expect([...new Set(body.items.map(({ model }) => model))].sort()).toEqual([
      'ad-metrics',
      'application-list',
      'audit-trail',
      'campaign-list',
      'campaign-timeline',
      'memberships',
      'parking-orders',
      'rebuild-orders',
      'role-list',
      'route-policies',
      'session-list',
      'tenant-list',
      'user-list',
    ])
    for (const { parked, halted } of body.items) expect([parked, halted]).toEqual([0, []])
  })
})
