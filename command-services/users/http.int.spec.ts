import { randomBytes, randomUUID } from 'node:crypto'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { connectPostgres, migrate } from '@bizosaas/databases'
import { readSettings } from '@bizosaas/runtime'
import { keyMigrations, masterKeyFrom, opener, postgresKeyStore } from '@bizosaas/sealed'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { useService } from '../testing/service.ts'
import { oidcMigrations } from './oidc/state.ts'
import { start } from './start.ts'

const settings = readSettings(['POSTGRES_ADMIN_URL', 'POSTGRES_KEEPER_URL', 'POSTGRES_OIDC_URL', 'POSTGRES_OPENER_URL'])
const VAULT_TOKEN_FILE = '/nowhere'
let folder: string
let MASTER_KEY: string
const service = useService(async (config) => {
  folder = await mkdtemp(join(tmpdir(), 'users-'))
  const file = join(folder, 'master.key')
  await writeFile(file, randomBytes(32).toString('hex'))
  MASTER_KEY = pathToFileURL(file).href
  await migrate(settings.POSTGRES_ADMIN_URL, keyMigrations, 'keys')
  await migrate(settings.POSTGRES_ADMIN_URL, oidcMigrations, 'oidc')
  const keys = {
    CLAIM_KEY: '5a'.repeat(32),
    LOOKUP_KEY: '6b'.repeat(32),
    MASTER_KEY,
    VAULT_TOKEN_FILE,
    IDENTITY_PROVIDERS_FILE: 'none',
  }
  return start({ ...config, ...keys, ...settings, USERS_PORT: 0 })
})
const { ask } = service
const postgres = connectPostgres(settings.POSTGRES_OPENER_URL, {
  name: 'test',
  connections: 1,
  statementTimeoutMs: 5_000,
})
let open: ReturnType<typeof opener>
beforeAll(() => {
  open = opener(postgresKeyStore(postgres, masterKeyFrom({ MASTER_KEY, VAULT_TOKEN_FILE })))
})
afterAll(async () => {
  await postgres.close()
  await rm(folder, { recursive: true, force: true })
})

const person = (name: string) => ({
  email: `${name}.${randomUUID().slice(0, 8)}@Example.org`,
  givenName: `Given-${name}-${randomUUID().slice(0, 8)}`,
  familyName: `Family-${name}-${randomUUID().slice(0, 8)}`,
})
const invite = (who: object, changes: Parameters<typeof ask>[2] = {}) =>
  ask('POST', '/v1/users', { body: { roles: ['analyst'], ...who }, ...changes })
const accept = (invitationId: string, secret: string) =>
  ask('POST', `/v1/invitations/${invitationId}/accept`, { body: { secret }, roles: ['service'] })
const textOf = (events: readonly { bytes: Uint8Array }[]) =>
  events.map(({ bytes }) => Buffer.from(bytes).toString()).join('\n')

describe('inviting a person', () => {
  test('records who they are only sealed, what they may do, and an invitation whose secret is stored nowhere', async () => {
    const ann = person('ann')
    const { status, body, token } = await invite({ ...ann, roles: ['viewer', 'analyst'] })
    expect(status).toBe(201)
    expect(token).toMatch(/^events\.g1\.\d+\.\d+$/)
    const stored = [...(await service.eventsOf(body.userId)), ...(await service.eventsOf(body.invitationId))]
    expect(stored.map(({ type }) => type)).toEqual(['UserInvited', 'MembershipAssigned', 'InvitationIssued'])
    const all = `${textOf(stored)} ${JSON.stringify(stored.map(({ metadata, stream }) => [metadata, stream]))}`
    for (const text of [...Object.values(ann), ann.email.toLowerCase(), body.secret]) expect(all).not.toContain(text)
    const { email, givenName } = JSON.parse(Buffer.from(stored[0]?.bytes ?? []).toString())
    const fields = [
      { field: 'email', sealed: email },
      { field: 'givenName', sealed: givenName },
    ]
    expect(await open(fields)).toEqual([ann.email, ann.givenName])
  })

  test('is answered the same when it is repeated, and creates nobody twice', async () => {
    const ann = person('ann')
    const headers = { 'Idempotency-Key': randomUUID() }
    const first = await invite(ann, { headers })
    const before = await service.eventCount()
    expect(await invite(ann, { headers })).toMatchObject({ status: 201, body: first.body })
    expect(await service.eventCount()).toBe(before)
    expect(await invite(person('bob'), { headers })).toMatchObject({ status: 422 })
  })

  test('is refused for an address that somebody of the agency has, in whatever case', async () => {
    const ann = person('ann')
    const first = await invite(ann)
    const again = await invite({ ...person('other'), email: ann.email.toUpperCase() })
    expect(again).toMatchObject({ status: 409, body: { type: '/problems/value-taken', holder: first.body.userId } })
    expect(JSON.stringify(again.body)).not.toContain(ann.email)
    const elsewhere = await invite({ ...person('other'), email: ann.email }, { tenantId: randomUUID() })
    expect(elsewhere.status).toBe(201)
  })

  test('makes an owner only if an owner asks, and leaves nothing behind if not', async () => {
    const before = await service.eventCount()
    const refused = await invite({ ...person('eve'), roles: ['owner'] }, { roles: ['accountManager'] })
    expect(refused.status).toBe(403)
    expect(await service.eventCount()).toBe(before)
    expect((await invite({ ...person('olga'), roles: ['owner'] })).status).toBe(201)
  })

  test('is nothing for a token of one client, nor for roles without the permission', async () => {
    expect((await invite(person('eve'), { clientId: randomUUID() })).status).toBe(403)
    for (const role of ['viewer', 'campaignManager', 'operator', 'service'] as const)
      expect((await invite(person('eve'), { roles: [role] })).status).toBe(403)
  })
})

describe('an invitation', () => {
  test('is taken up with its secret alone, and then the person is active', async () => {
    const { body } = await invite(person('ann'))
    const wrong = await accept(body.invitationId, `${body.secret.slice(0, -1)}_`)
    const unknown = await accept(randomUUID(), body.secret)
    expect([wrong.status, unknown.status]).toEqual([404, 404])
    expect(wrong.body.detail).toBe(unknown.body.detail)
    expect(await accept(body.invitationId, body.secret)).toMatchObject({ status: 200, body: { state: 'active' } })
    // Of another tenant it opens nothing.
    const elsewhere = { body: { secret: body.secret }, roles: ['service'] as const, tenantId: randomUUID() }
    expect((await ask('POST', `/v1/invitations/${body.invitationId}/accept`, elsewhere)).status).toBe(404)
  })

  test('that was withdrawn lets nobody in', async () => {
    const { body } = await invite(person('ann'))
    expect((await ask('POST', `/v1/invitations/${body.invitationId}/withdraw`)).status).toBe(200)
    expect(await accept(body.invitationId, body.secret)).toMatchObject({ status: 409 })
  })
})

const joined = async (changes: object = {}) => {
  const { body } = await invite({ ...person('ann'), ...changes })
  await accept(body.invitationId, body.secret)
  return body.userId as string
}

describe('a person of the agency', () => {
  test('is locked, unlocked, deactivated and erased, and nothing of it brings them back', async () => {
    const id = await joined()
    const step = (verb: string) => ask('POST', `/v1/users/${id}/${verb}`)
    for (const [verb, state] of [
      ['lock', 'locked'],
      ['unlock', 'active'],
      ['deactivate', 'deactivated'],
      ['erase', 'erased'],
    ] as const)
      expect(await step(verb)).toMatchObject({ status: 200, body: { id, state } })
    expect((await step('unlock')).status).toBe(409)
  })

  test('edits name and preferences of their own, with a token of any scope, and the names are sealed', async () => {
    const id = await joined()
    const [givenName, familyName, phone] = [`New-${id.slice(0, 8)}`, `Names-${id.slice(0, 8)}`, '+41 44 123 45 67']
    const self = { token: service.sign({ subject: id, roles: ['viewer'], clientIds: [randomUUID()] }) }
    const body = { givenName, familyName, phone }
    expect(await ask('PUT', '/v1/me/profile', { ...self, body })).toMatchObject({ status: 200, body: { id } })
    const notifications = { email: true, sms: false, push: true, webhook: false }
    const preferences = { locale: 'de-CH', timeZone: 'Europe/Zurich', notifications }
    expect((await ask('PUT', '/v1/me/preferences', { ...self, body: preferences })).status).toBe(200)
    expect((await ask('PUT', '/v1/me/preferences', { ...self, body: { ...preferences, locale: '??' } })).status).toBe(
      422,
    )
    const stored = textOf(await service.eventsOf(id))
    for (const text of [givenName, familyName, phone]) expect(stored).not.toContain(text)
    expect(stored).toContain('de-CH')
    expect((await ask('PUT', '/v1/me/profile', { body })).status).toBe(404)
  })

  test('works in the roles and for the clients that they are given, of which the roles must be there', async () => {
    const id = await joined()
    const assign = (body: object, changes: object = {}) =>
      ask('PUT', `/v1/users/${id}/membership`, { body, ...changes })
    const role = await ask('POST', '/v1/roles', { body: { name: 'Buyer', permissions: ['campaign:read'] } })
    expect(role.status).toBe(201)
    const rights = { roles: ['campaignManager'], customRoles: [role.body.id], clients: [randomUUID()] }
    expect(await assign(rights)).toMatchObject({ status: 200, body: { state: 'assigned' } })
    expect((await assign({ roles: [], customRoles: [randomUUID()] })).status).toBe(404)
    expect((await ask('POST', `/v1/roles/${role.body.id}/retire`)).status).toBe(200)
    expect((await assign(rights)).status).toBe(404)
    expect((await assign({ roles: ['owner'] }, { roles: ['accountManager'] })).status).toBe(403)
    // Who does not hold something does not give it, by a role of the agency's own or by an invitation either.
    const eraser = await ask('POST', '/v1/roles', { body: { name: 'Eraser', permissions: ['user:erase'] } })
    const given = { roles: [], customRoles: [eraser.body.id] }
    expect((await assign(given, { roles: ['accountManager'] })).status).toBe(403)
    expect((await invite({ ...person('eve'), ...given }, { roles: ['accountManager'] })).status).toBe(403)
    expect((await invite({ ...person('eve'), roles: [], customRoles: [randomUUID()] })).status).toBe(404)
    const helper = service.sign({ roles: ['viewer'], permissions: ['membership:assign'] })
    expect((await assign({ roles: ['billingAdmin'] }, { token: helper })).status).toBe(403)
    expect((await assign(given)).status).toBe(200)
    expect(await ask('POST', `/v1/users/${id}/membership/revoke`)).toMatchObject({ body: { state: 'revoked' } })
    expect((await assign({ roles: ['operator'] })).status).toBe(422)
  })

  test('of a client works for that client alone', async () => {
    const clientId = randomUUID()
    const id = await joined({ clientId })
    const body = { roles: ['viewer'], clients: [randomUUID()] }
    expect((await ask('PUT', `/v1/users/${id}/membership`, { body })).status).toBe(422)
    const [event] = await service.eventsOf(id)
    expect(event?.metadata.clientId).toBe(clientId)
  })
})

describe('a password', () => {
  const password = 'correct horse battery staple'
  const signIn = (email: string, said: string) =>
    ask('POST', '/v1/sign-in', { roles: ['service'], body: { email, password: said, address: randomUUID() } })
  const withPassword = async () => {
    const who = person('ann')
    const { body } = await invite(who)
    const acceptance = { body: { secret: body.secret, password }, roles: ['service'] as const }
    const accepting = () => ask('POST', `/v1/invitations/${body.invitationId}/accept`, acceptance)
    expect((await accepting()).status).toBe(200)
    return {
      ...who,
      id: body.userId as string,
      secret: body.secret as string,
      invitationId: body.invitationId as string,
    }
  }

  test('is set with the invitation, opens in any case of the address, and stands in no event', async () => {
    const ann = await withPassword()
    expect(await signIn(ann.email.toUpperCase(), password)).toMatchObject({ status: 200, body: { userId: ann.id } })
    expect(textOf(await service.eventsOf(ann.id))).not.toContain(password)
    expect((await ask('POST', '/v1/sign-in', { body: { email: ann.email, password, address: 'a' } })).status).toBe(403)
  })

  test('that is wrong, of somebody who is not there, or of somebody who is locked, is answered the same', async () => {
    const [ann, bob] = [await withPassword(), await withPassword()]
    await ask('POST', `/v1/users/${bob.id}/lock`)
    const answers = [
      await signIn(ann.email, 'wrong horse battery staple'),
      await signIn('nobody@example.org', password),
      await signIn(bob.email, password),
    ]
    const told = answers.map(({ status, body: { requestId: _, ...body } }) => ({ status, body }))
    expect(told[0]).toMatchObject({ status: 403, body: { type: '/problems/sign-in-failed' } })
    expect(told[1]).toEqual(told[0])
    expect(told[2]).toEqual(told[0])
  })

  test('is changed by whoever knows the current one, and by nobody with the old invitation', async () => {
    const ann = await withPassword()
    const self = { token: service.sign({ subject: ann.id, roles: ['viewer'] }) }
    const change = (current: string) =>
      ask('PUT', '/v1/me/password', { ...self, body: { current, password: 'another horse battery staple' } })
    expect((await change('wrong')).status).toBe(403)
    expect((await change(password)).status).toBe(200)
    const again = { body: { secret: ann.secret, password }, roles: ['service'] as const }
    await ask('POST', `/v1/invitations/${ann.invitationId}/accept`, again)
    expect((await signIn(ann.email, password)).status).toBe(403)
    expect((await signIn(ann.email, 'another horse battery staple')).status).toBe(200)
  })

  test('is asked for so often and no more', async () => {
    const ann = await withPassword()
    const guesses = await Promise.all(Array.from({ length: 12 }, (_, n) => signIn(ann.email, `guess number ${n}`)))
    const throttled = guesses.find(({ status }) => status === 429)
    expect(throttled).toMatchObject({ body: { type: '/problems/too-many-requests' } })
    expect(Number(throttled?.headers.get('retry-after'))).toBeGreaterThan(0)
  })
})

describe('an agency', () => {
  test('is set up by an operator with its first owner, who takes the clients on', async () => {
    const body = { name: 'Agency One', owner: person('olga') }
    const headers = { 'Idempotency-Key': randomUUID() }
    const agency = await ask('POST', '/v1/agencies', { body, roles: ['operator'], headers })
    expect(agency.status).toBe(201)
    expect((await ask('POST', '/v1/agencies', { body, roles: ['operator'], headers })).body).toEqual(agency.body)
    expect((await ask('POST', '/v1/agencies', { body })).status).toBe(403)
    const tenantId = agency.body.id
    const { invitationId, secret } = agency.body.owner
    const acceptance = { body: { secret }, roles: ['service'] as const, tenantId }
    expect((await ask('POST', `/v1/invitations/${invitationId}/accept`, acceptance)).status).toBe(200)
    const step = (verb: string) => ask('POST', `/v1/agencies/${tenantId}/${verb}`, { roles: ['operator'] })
    expect(await step('activate')).toMatchObject({ status: 200, body: { id: tenantId, state: 'active' } })

    const client = await ask('POST', '/v1/clients', { body: { name: 'Acme' }, tenantId })
    expect(client).toMatchObject({ status: 201, body: { state: 'provisioning' } })
    const of = (verb: string, more: object = {}) =>
      ask('POST', `/v1/clients/${client.body.id}/${verb}`, { tenantId, ...more })
    expect((await of('activate')).status).toBe(200)
    expect((await of('suspend', { body: { reason: 'The bill is not paid.' } })).body.state).toBe('suspended')
    expect((await of('rename', { body: { name: 'Acme AG' } })).status).toBe(200)
    expect((await of('offboard')).body.state).toBe('offboarding')
    expect((await of('activate', { tenantId: randomUUID() })).status).toBe(404)
  })
})
