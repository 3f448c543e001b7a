import { expect, test } from '@jest/globals'
import { type Application, basic, claimsIn, type Tokens } from '../testing/browser.ts'
import { usePeopleService } from '../testing/people-service.ts'
import { clientIdOf } from './identity.ts'

const world = usePeopleService()

async function signedIn(application?: Application) {
  const [person, asked] = [await world.join(), application ?? (await world.register())]
  const browser = world.browser()
  const { code, verifier } = await browser.signIn(asked, person)
  const tokens = (await (await browser.redeem(asked, code, verifier)).json()) as Tokens
  return { person, application: asked, browser, tokens, code, verifier }
}

const sessionEvents = async (userId: string) => {
  const started = (await world.eventsOf('')).filter(({ type }) => type === 'SessionStarted')
  const ids = started
    .map(({ bytes }) => JSON.parse(Buffer.from(bytes).toString()))
    .filter((data) => data.userId === userId)
    .map(({ sessionId }) => sessionId)
  return (await Promise.all(ids.map((id) => world.eventsOf(id)))).flat().map(({ type }) => type)
}

test('a refresh token is used once and gives the next one, with what the person may do by then', async () => {
  const { browser, application, tokens, person } = await signedIn()
  await world.ask('PUT', `/v1/users/${person.userId}/membership`, { body: { roles: ['viewer'] } })
  const next = (await (await browser.refresh(application, tokens.refresh_token)).json()) as Tokens
  expect(next.refresh_token).not.toBe(tokens.refresh_token)
  expect(claimsIn(tokens.access_token).roles).toEqual(['analyst'])
  expect(claimsIn(next.access_token).roles).toEqual(['viewer'])
})

test('a refresh token that comes a second time ends the whole family, and an event says so', async () => {
  const { browser, application, tokens, person } = await signedIn()
  const next = (await (await browser.refresh(application, tokens.refresh_token)).json()) as Tokens
  const again = await browser.refresh(application, tokens.refresh_token)
  expect([again.status, ((await again.json()) as Tokens).error]).toEqual([400, 'invalid_grant'])
  expect((await browser.refresh(application, next.refresh_token)).status).toBe(400)
  expect(await sessionEvents(person.userId)).toEqual(['SessionStarted', 'SessionReuseDetected'])
})

test('of many that use a refresh token at once at most one gets another, and the family ends', async () => {
  const { browser, application, tokens, person } = await signedIn()
  const answers = await Promise.all(Array.from({ length: 6 }, () => browser.refresh(application, tokens.refresh_token)))
  expect(answers.filter(({ status }) => status === 200).length).toBeLessThanOrEqual(1)
  expect(answers.filter(({ status }) => status === 400).length).toBeGreaterThanOrEqual(5)
  const won = answers.find(({ status }) => status === 200)
  if (won !== undefined) {
    const { refresh_token } = (await won.json()) as Tokens
    expect((await browser.refresh(application, refresh_token)).status).toBe(400)
  }
  expect(await sessionEvents(person.userId)).toEqual(['SessionStarted', 'SessionReuseDetected'])
})

test('a code that comes a second time ends what the first one gave', async () => {
  const { browser, application, tokens, person, code, verifier } = await signedIn()
  expect((await browser.redeem(application, code, verifier)).status).toBe(400)
  expect((await browser.refresh(application, tokens.refresh_token)).status).toBe(400)
  expect(await sessionEvents(person.userId)).toEqual(['SessionStarted', 'SessionReuseDetected'])
})

test('a refresh token that is revoked ends the session', async () => {
  const { browser, application, tokens, person } = await signedIn()
  const body = new URLSearchParams({ token: tokens.refresh_token, client_id: application.clientId })
  const revoked = await fetch(`${world.url()}/oidc/token/revocation`, { method: 'POST', body })
  expect(revoked.status).toBe(200)
  expect((await browser.refresh(application, tokens.refresh_token)).status).toBe(400)
  expect(await sessionEvents(person.userId)).toEqual(['SessionStarted', 'SessionSignedOut'])
})

test('whoever is locked, or has no membership any more, gets no further token', async () => {
  for (const path of ['lock', 'membership/revoke']) {
    const { browser, application, tokens, person } = await signedIn()
    expect((await world.ask('POST', `/v1/users/${person.userId}/${path}`)).status).toBe(200)
    expect((await browser.refresh(application, tokens.refresh_token)).status).toBe(400)
  }
})

test('people see where they are signed in, sign one out, and everything', async () => {
  const { browser, application, tokens, person } = await signedIn()
  const other = await world.register({ title: 'Telephone' })
  const telephone = world.browser()
  const second = await telephone.signIn(other, person)
  const { refresh_token } = (await (await telephone.redeem(other, second.code, second.verifier)).json()) as Tokens
  const list = await browser.go('/oidc/sessions')
  const text = await list.clone().text()
  expect(text.match(/Test browser · (::ffff:)?127\.0\.0\.1/g)).toHaveLength(2)
  const [, ofTelephone = ''] = /Telephone<[\s\S]*?value="([0-9a-f-]{36})"/.exec(text) ?? []
  await browser.submit(list, { session: ofTelephone })
  expect((await telephone.refresh(other, refresh_token)).status).toBe(400)
  // Nor does that browser get new ones without the password.
  expect((await telephone.go('/oidc/sessions')).status).toBe(401)
  expect(await (await telephone.begin(other)).page.text()).toContain('type="password"')
  const next = (await (await browser.refresh(application, tokens.refresh_token)).json()) as Tokens
  expect(next.error).toBeUndefined()
  await browser.submit(await browser.go('/oidc/sessions'), { session: 'all' })
  expect((await browser.refresh(application, next.refresh_token)).status).toBe(400)
  expect((await browser.go('/oidc/sessions')).status).toBe(401)
  const events = await sessionEvents(person.userId)
  expect(events.sort()).toEqual(['SessionSignedOut', 'SessionSignedOut', 'SessionStarted', 'SessionStarted'])
})

test('a sign-in that waits for its last step is ended by signing out everywhere, too', async () => {
  const { browser, application, person } = await signedIn()
  const thief = world.browser()
  const { page } = await thief.begin(application)
  // As far as the password is right, and not where that leads on to.
  const fields = [...(await page.clone().text()).matchAll(/<input type="hidden" name="(\w+)" value="([^"]*)"/g)]
  const hidden = Object.fromEntries(fields.map(([, name = '', value = '']) => [name, value]))
  const body = new URLSearchParams({ ...hidden, email: person.email, password: person.password })
  const waiting = (await thief.send(page.url, { method: 'POST', body })).headers.get('location') ?? ''
  expect(waiting).toMatch(/\/oidc\/auth\//)
  await browser.submit(await browser.go('/oidc/sessions'), { session: 'all' })
  expect(await (await thief.go(waiting)).text()).not.toContain('act for you?')
})

test('an application acts for itself with the roles that it was given, until it has another secret or is retired', async () => {
  const clients = [world.clientId]
  const partner = await world.register({ hasSecret: true, redirectUris: [], roles: ['service'], clients })
  const browser = world.browser()
  const ask = (secret = partner.secret) => browser.token({ grant_type: 'client_credentials' }, { ...partner, secret })
  const { access_token } = (await (await ask()).json()) as Tokens
  expect(claimsIn(access_token)).toMatchObject({
    sub: partner.id,
    tenant: world.tenantId,
    roles: ['service'],
    clients,
    aud: 'api.test',
  })
  expect((await ask('wrong')).status).toBe(401)
  const { body: rotated } = await world.ask('POST', `/v1/applications/${partner.id}/rotate-secret`)
  expect((await ask()).status).toBe(401)
  expect((await ask(rotated.secret)).status).toBe(200)
  await world.ask('POST', `/v1/applications/${partner.id}/retire`)
  expect((await ask(rotated.secret)).status).toBe(401)
})

test('an application with a secret is told about tokens of its agency, others of none', async () => {
  const { tokens, application } = await signedIn()
  const service = await world.register({ hasSecret: true, redirectUris: [], roles: ['service'] })
  const told = async (clientId: string, secret: string | null) => {
    const headers = { authorization: basic(clientId, secret ?? '') }
    const body = new URLSearchParams({ token: tokens.refresh_token })
    const answer = await fetch(`${world.url()}/oidc/token/introspection`, { method: 'POST', headers, body })
    return answer.status === 200 ? ((await answer.json()) as { active: boolean }).active : answer.status
  }
  expect(await told(service.clientId, service.secret)).toBe(true)
  expect(await told(application.clientId, 'none')).toBe(401)
  const stranger = clientIdOf({ tenantId: world.tenantId, applicationId: world.clientId })
  expect(await told(stranger, service.secret)).toBe(401)
})

test('of an access token it is told who it is of, as long as they are there; of one that nobody here signed, nothing', async () => {
  const { tokens, person, application } = await signedIn()
  const service = await world.register({ hasSecret: true, redirectUris: [], roles: ['service'] })
  const told = async (token: string) => {
    const headers = { authorization: basic(service.clientId, service.secret ?? '') }
    const body = new URLSearchParams({ token })
    const answer = await fetch(`${world.url()}/oidc/token/introspection`, { method: 'POST', headers, body })
    return (await answer.json()) as Record<string, unknown>
  }
  const { access_token: own } = (await (
    await world.browser().token({ grant_type: 'client_credentials' }, service)
  ).json()) as Tokens
  expect(await told(own)).toMatchObject({ active: true, sub: service.id, roles: ['service'] })
  expect(await told(tokens.access_token)).toMatchObject({
    active: true,
    token_type: 'Bearer',
    sub: person.userId,
    client_id: application.clientId,
    tenant: world.tenantId,
    exp: expect.any(Number),
  })
  const [header, payload, signature = ''] = tokens.access_token.split('.')
  const forged = `${header}.${payload}.${signature.startsWith('A') ? 'B' : 'A'}${signature.slice(1)}`
  for (const token of [forged, tokens.id_token, 'x']) expect(await told(token)).toEqual({ active: false })
  expect((await world.ask('POST', `/v1/users/${person.userId}/deactivate`, { body: {} })).status).toBe(200)
  expect(await told(tokens.access_token)).toEqual({ active: false })
})

test('what is remembered is found by hashes only, and nothing of it can be read in the database', async () => {
  const { tokens, person, code } = await signedIn()
  const rows = await world.remembered()
  expect(rows.length).toBeGreaterThan(0)
  const all = rows.map((row) => Buffer.concat([row.key, row.content]).toString('latin1')).join('\n')
  for (const secret of [tokens.refresh_token, code, person.email, person.userId, 'accountId'])
    expect(all).not.toContain(secret)
})
