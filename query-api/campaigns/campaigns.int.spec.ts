import { randomUUID } from 'node:crypto'
import { CampaignId, ClientId } from '@bizosaas/schemas'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { writeCursor } from '../cursor.ts'
import { openWorld, type Who, type World } from '../testing/world.ts'

let world: World
beforeAll(async () => {
  world = await openWorld()
})
afterAll(() => world.close())

function create(who: Who, name: string, clientId = who.clientId) {
  const campaignId = CampaignId.parse(randomUUID())
  world.record('CampaignCreated', campaignId, { campaignId, clientId, name, objective: null }, { ...who, clientId })
  return campaignId
}
const submit = (who: Who, campaignId: CampaignId) => world.record('CampaignSubmitted', campaignId, { campaignId }, who)

describe('the list of campaigns', () => {
  test('pages through all of them in every order, each once, also while rows are added', async () => {
    const who = world.newTenant()
    const names = Array.from({ length: 25 }, (_, n) => `Campaign ${String.fromCharCode(65 + (n % 5))} ${n % 7}`)
    for (const name of names) create(who, name)
    await world.settle()
    const token = world.bearer(who)
    for (const sort of ['name', '-name', 'changedAt', '-changedAt']) {
      const seen: { id: string; name: string; changedAt: string }[] = []
      for (let cursor: string | null = ''; cursor !== null; ) {
        const { status, body } = await world.ask(
          `/v1/campaigns?limit=7&sort=${sort}${cursor && `&cursor=${cursor}`}`,
          token,
        )
        expect(status).toBe(200)
        seen.push(...body.items)
        cursor = body.next
        if (seen.length === 7) {
          create(who, sort.startsWith('-') ? 'Zzz' : 'Aaa')
          await world.settle()
        }
      }
      const before = seen.filter(({ name }) => names.includes(name))
      expect(new Set(before.map(({ id }) => id)).size).toBe(25)
      const keys = seen.map((campaign) => (sort.endsWith('name') ? campaign.name : campaign.changedAt))
      expect(keys).toEqual(sort.startsWith('-') ? keys.toSorted().toReversed() : keys.toSorted())
    }
  })

  test('finds by state and by part of the name, taking no letter for a wildcard', async () => {
    const who = world.newTenant()
    const spring = create(who, 'Spring 100% off')
    const summer = create(who, 'SUMMER_sale')
    create(who, 'summer sale')
    submit(who, summer)
    await world.settle()
    const ids = async (query: string) =>
      (await world.ask(`/v1/campaigns?${query}`, world.bearer(who))).body.items.map(({ id }: { id: string }) => id)
    expect(await ids('state=inReview')).toEqual([summer])
    expect(await ids('state=inReview,draft')).toHaveLength(3)
    expect(await ids('state=active')).toEqual([])
    expect(await ids('search=summer')).toHaveLength(2)
    expect(await ids('search=R_S')).toEqual([summer])
    expect(await ids(`search=${encodeURIComponent('0%')}`)).toEqual([spring])
    expect(await ids('search=%5C')).toEqual([])
  })

  test('tells budget, days and link of a campaign, and its revision as ETag', async () => {
    const who = world.newTenant()
    const campaignId = create(who, 'Spring')
    const adAccountId = randomUUID()
    world.record(
      'BudgetAllocated',
      campaignId,
      { campaignId, budget: { amountMicros: 1_234_500_000, currency: 'EUR' } },
      who,
    )
    world.record('CampaignLinked', campaignId, { campaignId, adAccountId, platformCampaignId: '916' } as never, who)
    await world.settle()
    const { headers, body } = await world.ask(`/v1/campaigns/${campaignId}`, world.bearer(who))
    expect(headers.get('etag')).toBe('"2"')
    expect(body).toMatchObject({
      id: campaignId,
      clientId: who.clientId,
      name: 'Spring',
      state: 'draft',
      budget: { amount: '1234.50', currency: 'EUR' },
      startsOn: null,
      endsOn: null,
      link: { adAccountId, platformCampaignId: '916' },
      revision: 2,
      asOf: { parked: 0 },
    })
  })

  test.each([
    ['sort=state', '/sort'],
    ['state=running', '/state/0'],
    ['limit=201', '/limit'],
    ['limit=0', '/limit'],
    ['cursor=abc', '/cursor'],
    [`cursor=${writeCursor('name', ['Spring', '-'.repeat(36)])}`, '/cursor'],
    [`sort=changedAt&cursor=${writeCursor('changedAt', ['2026-99-99T99:99:99.000000Z', randomUUID()])}`, '/cursor'],
    ['search=', '/search'],
    ['page=2', '/page'],
  ])('%s is refused with the parameter at fault', async (query, pointer) => {
    const { status, body } = await world.ask(`/v1/campaigns?${query}`, world.bearer(world.newTenant()))
    expect(status).toBe(422)
    expect(body.errors[0]).toMatchObject({ in: 'query', pointer })
  })
})

describe('the history of a campaign', () => {
  test('is every event in words, with who and when, in pages', async () => {
    const who = world.newTenant()
    const campaignId = create(who, 'Spring')
    submit(who, campaignId)
    world.record('CampaignApproved', campaignId, { campaignId, comment: 'Go' }, who)
    await world.settle()
    const token = world.bearer(who)
    const first = await world.ask(`/v1/campaigns/${campaignId}/timeline?limit=2`, token)
    const second = await world.ask(`/v1/campaigns/${campaignId}/timeline?limit=2&cursor=${first.body.next}`, token)
    expect(second.body.next).toBeNull()
    const items = [...first.body.items, ...second.body.items]
    expect(items.map(({ revision, type }) => [revision, type])).toEqual([
      [0, 'CampaignCreated'],
      [1, 'CampaignSubmitted'],
      [2, 'CampaignApproved'],
    ])
    expect(items[2]).toMatchObject({ text: 'Approved: “Go”', actor: 'anna', at: expect.stringMatching(/Z$/) })
  })
})

describe('what a sender sees', () => {
  test('is of its own tenant, and of its own client where the token names one', async () => {
    const [ours, theirs] = [world.newTenant(), world.newTenant()]
    const otherClient = ClientId.parse(randomUUID())
    const mine = create(ours, 'Mine')
    const ofOtherClient = create(ours, 'Of another client', otherClient)
    const foreign = create(theirs, 'Foreign')
    await world.settle()

    const names = async (token: string) =>
      (await world.ask('/v1/campaigns', token)).body.items.map(({ name }: { name: string }) => name)
    const agency = world.bearer({ tenantId: ours.tenantId })
    const client = world.bearer(ours)
    expect(await names(agency)).toEqual(['Mine', 'Of another client'])
    expect(await names(client)).toEqual(['Mine'])

    for (const path of ['', '/timeline']) {
      const status = async (id: string, token: string) => (await world.ask(`/v1/campaigns/${id}${path}`, token)).status
      expect(await status(mine, client)).toBe(200)
      expect(await status(ofOtherClient, agency)).toBe(200)
      expect(await status(ofOtherClient, client)).toBe(404)
      expect(await status(foreign, agency)).toBe(404)
      expect(await status(randomUUID(), agency)).toBe(404)
    }
  })

  test('needs a token and a role', async () => {
    const who = world.newTenant()
    expect((await world.ask('/v1/campaigns', 'none')).status).toBe(401)
    expect((await world.ask('/v1/campaigns', world.bearer(who, []))).status).toBe(403)
    expect((await world.ask('/v1/campaigns', world.bearer(who, ['operator']))).status).toBe(403)
    expect((await world.ask('/v1/campaigns', world.bearer(who, ['viewer']))).status).toBe(200)
  })
})
