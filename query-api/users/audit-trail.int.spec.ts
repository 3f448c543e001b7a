import { randomUUID } from 'node:crypto'
import { connectPostgres } from '@bizosaas/databases'
import { connectEventStore, eventOf } from '@bizosaas/event-store'
import { CampaignId, metadataFromStored, UserId } from '@bizosaas/schemas'
import { type KeyStore, masterKeyFrom, originDigest, postgresKeyStore, sealer } from '@bizosaas/sealed'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { openWorld, type Who, type World } from '../testing/world.ts'

let world: World
let store: ReturnType<typeof connectEventStore>
let keeper: ReturnType<typeof connectPostgres>
let keys: KeyStore
beforeAll(async () => {
  world = await openWorld()
  store = connectEventStore(world.config.KURRENTDB_URL)
  keeper = connectPostgres(world.config.POSTGRES_KEEPER_URL, {
    name: 'test',
    connections: 1,
    statementTimeoutMs: 5_000,
  })
  keys = postgresKeyStore(keeper, masterKeyFrom(world.config))
})
afterAll(async () => {
  await world.close()
  await Promise.all([store.close(), keeper.close()])
})

const campaign = (who: Who, at?: ReturnType<World['tick']>) => {
  const id = CampaignId.parse(randomUUID())
  const data = { campaignId: id, clientId: who.clientId, name: 'Spring', objective: null }
  return { id, ...world.record('CampaignCreated', id, data, who, at) }
}
const agencyOf = (who: Who) => world.bearer({ tenantId: who.tenantId })

describe('the audit trail', () => {
  test('says who did what, to what, for which client and as which roles, the newest first', async () => {
    const who = world.newTenant()
    const { id, eventId } = campaign(who)
    world.record('CampaignRenamed', id, { campaignId: id, name: 'Summer' }, who)
    await world.settle()
    const { body } = await world.ask('/v1/audit-trail', agencyOf(who))
    expect(body.items).toMatchObject([
      { action: 'CampaignRenamed', subject: id, actor: 'anna', roles: ['owner'], clientId: who.clientId },
      { action: 'CampaignCreated', eventId, commandId: eventId, stream: `campaign-${who.tenantId}.${id}` },
    ])
    expect(body.next).toBeNull()
  })

  test('is found by who, what, to what and when, in pages that leave nothing out', async () => {
    const who = world.newTenant()
    const made = Array.from({ length: 5 }, () => campaign(who, world.tick()))
    const first = made[0] as (typeof made)[number]
    const renamedAt = world.tick()
    world.record('CampaignRenamed', first.id, { campaignId: first.id, name: 'Summer' }, who, renamedAt)
    await world.settle()
    const token = agencyOf(who)
    const subjects = async (query: string) =>
      (await world.ask(`/v1/audit-trail?${query}`, token)).body.items.map(({ subject }: { subject: string }) => subject)
    const newestFirst = made.map(({ id }) => id).reverse()
    expect(await subjects('action=CampaignCreated')).toEqual(newestFirst)
    expect(await subjects('action=CampaignRenamed,CampaignPaused')).toEqual([first.id])
    expect(await subjects(`subject=${first.id}`)).toHaveLength(2)
    expect(await subjects(`stream=campaign-${who.tenantId}.${first.id}&actor=anna`)).toHaveLength(2)
    expect(await subjects('actor=bob')).toEqual([])
    expect(await subjects(`from=${renamedAt}`)).toEqual([first.id])
    expect(await subjects(`to=${renamedAt}`)).toEqual(newestFirst)
    const paged = []
    for (let cursor: string | null = ''; cursor !== null; ) {
      const page = await world.ask(`/v1/audit-trail?limit=2${cursor && `&cursor=${cursor}`}`, token)
      paged.push(...page.body.items)
      cursor = page.body.next
    }
    expect(paged.map(({ subject }) => subject)).toEqual([first.id, ...newestFirst])
  })

  test('is found by the address that something was done from, which stands in it nowhere', async () => {
    const who = world.newTenant()
    const origin = originDigest(world.config.LOOKUP_KEY)('203.0.113.9')
    const id = CampaignId.parse(randomUUID())
    const data = { campaignId: id, clientId: who.clientId, name: 'Spring', objective: null }
    world.record('CampaignCreated', id, data, who, world.tick(), randomUUID(), null, origin)
    campaign(who)
    await world.settle()
    const from = (address: string) => world.ask(`/v1/audit-trail?address=${address}`, agencyOf(who))
    expect((await from('203.0.113.9')).body.items).toMatchObject([{ subject: id, origin }])
    expect((await from('203.0.113.8')).body.items).toEqual([])
    expect((await from('somewhere')).status).toBe(422)
  })

  test('is a tenant’s own, a client’s own for a token of that client, and for owners alone', async () => {
    const who = world.newTenant()
    const { id } = campaign(who)
    const otherClient = { ...world.newTenant(), tenantId: who.tenantId }
    const other = campaign(otherClient)
    await world.settle()
    const ids = async (token: string) =>
      (await world.ask('/v1/audit-trail', token)).body.items.map(({ subject }: { subject: string }) => subject)
    expect(await ids(agencyOf(who))).toEqual([other.id, id])
    expect(await ids(world.bearer(who))).toEqual([id])
    expect(await ids(agencyOf(world.newTenant()))).toEqual([])
    expect((await world.ask('/v1/audit-trail', world.bearer(who, ['accountManager', 'viewer']))).status).toBe(403)
  })

  test('goes into a file as CSV or as lines of JSON, and says where the next one begins', async () => {
    const who = world.newTenant()
    const made = [campaign(who), campaign(who), campaign(who)]
    await world.settle()
    const file = async (query: string) => {
      const answer = await fetch(`${world.url}/v1/audit-trail/export?${query}`, {
        headers: { authorization: `Bearer ${agencyOf(who)}` },
      })
      expect(answer.status).toBe(200)
      return {
        type: answer.headers.get('content-type'),
        next: answer.headers.get('next-cursor'),
        text: await answer.text(),
      }
    }
    const csv = await file('limit=2')
    expect(csv.type).toBe('text/csv; charset=utf-8')
    expect(csv.text.split('\r\n')[0]).toMatch(/^at,actor,roles,origin,action,subject,/)
    expect(csv.text.split('\r\n')).toHaveLength(4)
    const rest = await file(`limit=2&format=ndjson&cursor=${csv.next}`)
    expect(rest.type).toBe('application/x-ndjson')
    expect(rest.next).toBeNull()
    expect(
      rest.text
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line).subject),
    ).toEqual([made[0]?.id])
  })
})

describe('a reading of personal data', () => {
  const personOf = async (who: Who) => {
    const userId = UserId.parse(randomUUID())
    const sealed = await sealer(keys)(userId, { email: 'ann@example.org', givenName: 'Ann', familyName: 'Lee' })
    world.record('UserInvited', userId, { userId, clientId: null, emailDigest: 'd', ...sealed }, who)
    return userId
  }
  /** What was recorded of readings since a position. */
  const readings = async (who: Who, from: number) => {
    const events = await store.readAll({ from: Math.max(0, from), maxCount: 10_000 })
    return events
      .filter(({ stream }) => stream.startsWith(`personalDataRead-${who.tenantId}.`))
      .map((event) => ({ ...eventOf(event), by: metadataFromStored(event.metadata) }))
  }

  test('is recorded before it is answered: who, whose, by which question', async () => {
    const who = world.newTenant()
    const people = [await personOf(who), await personOf(who)].sort()
    await world.settle()
    const before = await store.head()
    expect((await world.ask('/v1/users', agencyOf(who), { 'X-Request-Id': 'request-1' })).body.items).toHaveLength(2)
    await world.ask(`/v1/users/${people[0]}`, agencyOf(who))
    await world.ask(`/v1/users/${people[0]}/export`, agencyOf(who))
    await world.ask('/v1/memberships', agencyOf(who))
    expect(await readings(who, before)).toMatchObject([
      {
        type: 'PersonalDataRead',
        data: { route: 'GET /v1/users', subjects: people },
        by: { actor: 'anna', roles: 'owner', correlationId: 'request-1', clientId: null },
      },
      { data: { route: `GET /v1/users/${people[0]}`, subjects: [people[0]] } },
      { data: { route: `GET /v1/users/${people[0]}/export`, subjects: [people[0]] } },
    ])
  })

  test('is an entry about each of the people', async () => {
    const who = world.newTenant()
    const [ann, bob] = [randomUUID(), randomUUID()].sort() as [string, string]
    const readId = randomUUID()
    const data = { readId, route: 'GET /v1/users', subjects: [ann, bob] }
    world.record('PersonalDataRead', readId, data, { tenantId: who.tenantId, clientId: null })
    await world.settle()
    const { body } = await world.ask(`/v1/audit-trail?subject=${bob}`, agencyOf(who))
    expect(body.items).toMatchObject([{ action: 'PersonalDataRead', subject: bob, actor: 'anna' }])
  })
})
