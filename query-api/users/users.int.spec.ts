import { randomUUID } from 'node:crypto'
import { connectPostgres } from '@bizosaas/databases'
import { ClientId, Instant, UserId } from '@bizosaas/schemas'
import { emailDigest, type KeyStore, masterKeyFrom, postgresKeyStore, type Sealer, sealer } from '@bizosaas/sealed'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { openWorld, type Who, type World } from '../testing/world.ts'

let world: World
let keys: KeyStore
let seal: Sealer
let keeper: ReturnType<typeof connectPostgres>
beforeAll(async () => {
  world = await openWorld()
  const { config } = world
  keeper = connectPostgres(config.POSTGRES_KEEPER_URL, { name: 'test', connections: 1, statementTimeoutMs: 5_000 })
  keys = postgresKeyStore(keeper, masterKeyFrom(config))
  seal = sealer(keys)
})
afterAll(async () => {
  await world.close()
  await keeper.close()
})

/** Invites a person, of the agency or of a client. */
async function invite(who: Who, name: string, clientId: ClientId | null = null) {
  const userId = UserId.parse(randomUUID())
  const email = `${name}@Example.org`
  const emailDigestOf = emailDigest(world.config.LOOKUP_KEY)(who.tenantId, email)
  const sealed = await seal(userId, { email, givenName: name, familyName: 'Lee' })
  world.record('UserInvited', userId, { userId, clientId, emailDigest: emailDigestOf, ...sealed }, who)
  return userId
}
const assign = (
  who: Who,
  userId: UserId,
  roles: string[],
  clients: string[] | null,
  clientId: ClientId | null = null,
) => world.record('MembershipAssigned', userId, { userId, clientId, roles, customRoles: [], clients }, who)

describe('people', () => {
  test('are listed with what is sealed of them opened, in pages, and found by their address in any case', async () => {
    const who = world.newTenant()
    const ids = []
    for (const name of ['ann', 'bob', 'cid', 'dan', 'eva']) ids.push(await invite(who, name))
    await world.settle()
    const token = world.bearer({ tenantId: who.tenantId })
    const seen: { id: string; givenName: string; email: string }[] = []
    for (let cursor: string | null = ''; cursor !== null; ) {
      const { status, body } = await world.ask(`/v1/users?limit=2${cursor && `&cursor=${cursor}`}`, token)
      expect(status).toBe(200)
      seen.push(...body.items)
      cursor = body.next
    }
    expect(seen.map(({ id }) => id)).toEqual(ids)
    expect(seen.map(({ givenName }) => givenName)).toEqual(['ann', 'bob', 'cid', 'dan', 'eva'])
    const found = await world.ask(`/v1/users?email=${encodeURIComponent('BOB@example.ORG')}`, token)
    expect(found.body.items).toMatchObject([{ id: ids[1], email: 'bob@Example.org', state: 'invited' }])
    expect((await world.ask('/v1/users?email=bob', token)).body.items).toEqual([])
    expect((await world.ask('/v1/users?state=active', token)).body.items).toEqual([])
  })

  test('have nothing sealed opened in their rows', async () => {
    const who = world.newTenant()
    const name = `name-${randomUUID()}`
    const id = await invite(who, name)
    await world.settle()
    const rows = await world.projector.query<{ text: string }>(
      'SELECT u::text AS text FROM read_model.user_list_v2 u WHERE id = $1',
      [id],
    )
    expect(rows).toHaveLength(1)
    expect(JSON.stringify(rows)).not.toContain(name)
  })

  test('of one client are all that a token of that client sees, and those of another tenant nobody does', async () => {
    const who = world.newTenant()
    const other = ClientId.parse(randomUUID())
    await invite(who, 'staff')
    const own = await invite(who, 'own', who.clientId)
    await invite(who, 'foreign', other)
    await world.settle()
    const ids = async (token: string) =>
      (await world.ask('/v1/users', token)).body.items.map(({ id }: { id: string }) => id)
    expect(await ids(world.bearer({ tenantId: who.tenantId }))).toHaveLength(3)
    expect(await ids(world.bearer(who))).toEqual([own])
    expect(await ids(world.bearer(world.newTenant()))).toEqual([])
    expect((await world.ask('/v1/users', world.bearer(who, ['viewer']))).status).toBe(403)
  })

  test('read about themselves, whichever client their token is for', async () => {
    const who = world.newTenant()
    const id = await invite(who, 'ann')
    await world.settle()
    const token = world.bearer({ ...who, subject: id }, ['viewer'])
    expect((await world.ask('/v1/me', token)).body.user).toMatchObject({ id, givenName: 'ann', familyName: 'Lee' })
    expect((await world.ask('/v1/me', world.bearer(who))).status).toBe(404)
  })

  test('once their key is destroyed are read by nobody, and the certificate says so', async () => {
    const who = world.newTenant()
    const id = await invite(who, 'ann')
    await world.settle()
    const token = world.bearer({ tenantId: who.tenantId })
    const { versions, destroyedAt } = await keys.destroy(id, 'olga')
    // The row still holds what is sealed: it is worth nothing.
    expect((await world.ask(`/v1/users/${id}`, token)).body.user).toMatchObject({ id, email: null, givenName: null })
    world.record('UserErasureRequested', id, { userId: id }, who)
    const certificate = { keyVersions: versions, destroyedAt: Instant.parse(destroyedAt), destroyedBy: 'olga' }
    world.record('UserErased', id, { userId: id, ...certificate }, who)
    await world.settle()
    const { body } = await world.ask(`/v1/users/${id}`, token)
    expect(body.user).toMatchObject({ state: 'erased', email: null, erasure: certificate, revision: 2 })
  })
})

describe('memberships', () => {
  test('are found by role and by client, those of all clients among them, and not once revoked', async () => {
    const who = world.newTenant()
    const [c1, c2] = [randomUUID(), randomUUID()].map(ClientId.parse) as [ClientId, ClientId]
    const [all, one, two] = [await invite(who, 'all'), await invite(who, 'one'), await invite(who, 'two', c2)]
    assign(who, all, ['owner'], null)
    assign(who, one, ['analyst', 'viewer'], [c1])
    assign(who, two, ['viewer'], [c2], c2)
    await world.settle()
    const token = world.bearer({ tenantId: who.tenantId })
    const of = async (query: string) =>
      (await world.ask(`/v1/memberships?${query}`, token)).body.items.map(({ userId }: { userId: string }) => userId)
    expect((await of('')).sort()).toEqual([all, one, two].sort())
    expect((await of(`clientId=${c1.toUpperCase()}`)).sort()).toEqual([all, one].sort())
    expect((await of('role=viewer')).sort()).toEqual([one, two].sort())
    expect((await world.ask(`/v1/users/${two}`, token)).body.membership).toMatchObject({
      roles: ['viewer'],
      clients: [c2],
    })
    const first = (await world.ask('/v1/memberships?limit=2', token)).body
    expect(first.items).toHaveLength(2)
    expect((await world.ask(`/v1/memberships?cursor=${first.next}`, token)).body.items).toHaveLength(1)
    world.record('MembershipRevoked', one, { userId: one }, who)
    await world.settle()
    expect(await of(`clientId=${c1}`)).toEqual([all])
  })
})

describe('applications', () => {
  test('are listed by title, in pages, and one is read with how often its secret was rotated', async () => {
    const who = world.newTenant()
    const agencys = { ...who, clientId: null }
    const ids = ['Sync', 'Dashboard', 'Importer'].map((title) => {
      const applicationId = randomUUID()
      const registered = { applicationId, title, hasSecret: true, redirectUris: [], roles: ['service'], clients: null }
      world.record('ApplicationRegistered', applicationId, registered, agencys)
      return applicationId
    })
    const [sync = ''] = ids
    world.record('ApplicationSecretRotated', sync, { applicationId: sync, secretVersion: 1 }, agencys)
    world.record('ApplicationRetired', sync, { applicationId: sync }, agencys)
    await world.settle()
    const token = world.bearer({ tenantId: who.tenantId })
    const first = (await world.ask('/v1/applications?limit=2', token)).body
    expect(first.items.map(({ title }: { title: string }) => title)).toEqual(['Dashboard', 'Importer'])
    const rest = (await world.ask(`/v1/applications?limit=2&cursor=${first.next}`, token)).body
    expect(rest).toMatchObject({ items: [{ id: sync, secretVersion: 1, isRetired: true }], next: null })
    const one = await world.ask(`/v1/applications/${sync}`, token)
    expect(one).toMatchObject({ status: 200, body: { title: 'Sync', clients: null, revision: 2 } })
    expect((await world.ask(`/v1/applications/${randomUUID()}`, token)).status).toBe(404)
    expect((await world.ask(`/v1/applications/${sync}`, world.bearer(world.newTenant()))).status).toBe(404)
  })
})

describe('sessions', () => {
  const signIn = async (who: Who, userId: UserId, device: string) => {
    const sessionId = randomUUID()
    const sealed = await seal(userId, { device, address: '203.0.113.9' })
    const started = { sessionId, userId, applicationId: randomUUID(), methods: ['pwd'], ...sealed }
    world.record('SessionStarted', sessionId, started, { ...who, clientId: null })
    return sessionId
  }

  test('of a person are listed for them and for an owner, the latest first, and nobody else’s are among them', async () => {
    const who = world.newTenant()
    const [ann, bob] = [await invite(who, 'ann'), await invite(who, 'bob')]
    const [telephone, laptop] = [await signIn(who, ann, 'Telephone'), await signIn(who, ann, 'Laptop')]
    await signIn(who, bob, 'Tablet')
    world.record('SessionSignedOut', telephone, { sessionId: telephone }, { ...who, clientId: null })
    await world.settle()
    const { tenantId } = who
    const [mine, theirs] = await Promise.all([
      world.ask('/v1/me/sessions', world.bearer({ tenantId, subject: ann, clientIds: [who.clientId] }, ['viewer'])),
      world.ask(`/v1/users/${ann}/sessions`, world.bearer({ tenantId })),
    ])
    for (const { status, body } of [mine, theirs])
      expect([status, body.items]).toMatchObject([
        200,
        [
          { id: laptop, device: 'Laptop', address: '203.0.113.9', methods: ['pwd'], state: 'active', endedAt: null },
          { id: telephone, device: 'Telephone', state: 'signedOut', endedAt: expect.any(String) },
        ],
      ])
    const page = (await world.ask('/v1/me/sessions?limit=1', world.bearer({ tenantId, subject: ann }, ['viewer']))).body
    const next = `/v1/me/sessions?limit=1&cursor=${page.next}`
    expect((await world.ask(next, world.bearer({ tenantId, subject: ann }, ['viewer']))).body).toMatchObject({
      items: [{ id: telephone }],
      next: null,
    })
    const elsewhere = await world.ask(`/v1/users/${ann}/sessions`, world.bearer(world.newTenant()))
    expect(elsewhere.status).toBe(404)
    const file = (await world.ask(`/v1/users/${ann}/export`, world.bearer({ tenantId }))).body
    expect(file.sessions.map(({ id }: { id: string }) => id)).toEqual([laptop, telephone])
    // Before the keys are gone already.
    world.record('UserErasureRequested', ann, { userId: ann }, who)
    await world.settle()
    const erased = (await world.ask(`/v1/users/${ann}/sessions`, world.bearer({ tenantId }))).body
    expect(erased.items[0]).toMatchObject({ id: laptop, device: null, address: null })
  })
})

test('a second factor is told as it stands, to whoever it is of', async () => {
  const who = world.newTenant()
  const userId = await invite(who, 'ann')
  await world.settle()
  const token = world.bearer({ tenantId: who.tenantId, subject: userId }, ['viewer'])
  const told = async () => (await world.ask('/v1/me/second-factor', token)).body
  expect(await told()).toEqual({ state: 'none', since: null, recoveryCodesUsed: 0 })
  const enrolmentId = randomUUID()
  const { secret } = await seal(userId, { secret: 'JBSWY3DPEHPK3PXP' })
  await world.commit('SecondFactorEnrolled', userId, { userId, enrolmentId, secret }, who)
  expect(await told()).toMatchObject({ state: 'enrolled', since: expect.any(String) })
  await world.commit('SecondFactorConfirmed', userId, { userId, enrolmentId }, who)
  await world.commit('RecoveryCodeUsed', userId, { userId, enrolmentId, number: 3 }, who)
  expect(await told()).toMatchObject({ state: 'confirmed', recoveryCodesUsed: 1 })
  await world.commit('SecondFactorRemoved', userId, { userId }, who)
  expect(await told()).toMatchObject({ state: 'none' })
})
