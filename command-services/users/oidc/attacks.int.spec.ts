/** What people try on a sign-in, and on the tokens that it gives. Those on the verification of a token alone stand in packages/http. */
import { createHmac, generateKeyPairSync, type KeyObject, randomUUID, sign } from 'node:crypto'
import { keyIdOf } from '@bizosaas/http'
import { expect, test } from '@jest/globals'
import { type Application, claimsIn, type Tokens } from '../testing/browser.ts'
import { issuer, redirectUri, usePeopleService } from '../testing/people-service.ts'
import { rankDeviation } from '../testing/rank-test.ts'

const world = usePeopleService()

async function signedIn() {
  const [person, application] = [await world.join(), await world.register()]
  const browser = world.browser()
  const { code, verifier } = await browser.signIn(application, person)
  const tokens = (await (await browser.redeem(application, code, verifier)).json()) as Tokens
  return { person, application, browser, tokens }
}

const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url')
const headerIn = (token: string) => JSON.parse(Buffer.from(token.split('.')[0] ?? '', 'base64url').toString())
const signed = (header: object, claims: object, key: KeyObject) => {
  const content = `${part(header)}.${part(claims)}`
  const signature = sign('sha256', Buffer.from(content), { key, dsaEncoding: 'ieee-p1363' })
  return `${content}.${signature.toString('base64url')}`
}

/** Whether the API takes the token. */
const tried = async (token: string) => {
  const preferences = {
    locale: 'en',
    timeZone: 'UTC',
    notifications: { email: true, sms: true, push: true, webhook: true },
  }
  return (await world.ask('PUT', '/v1/me/preferences', { token, body: preferences })).status
}

test('no token passes that was not given out for this API by one of our keys, and none after its time', async () => {
  const { tokens } = await signedIn()
  const [header, claims] = [headerIn(tokens.access_token), claimsIn(tokens.access_token)]
  expect(await tried(tokens.access_token)).toBe(200)

  const published = (await (await fetch(`${world.url()}/oidc/jwks`)).json()) as { keys: object[] }
  const stranger = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const jku = 'https://evil.test/jwks'
  const hs256 = `${part({ ...header, alg: 'HS256' })}.${part(claims)}`
  const [first, , last] = tokens.access_token.split('.')
  const forged: Record<string, string> = {
    none: `${part({ ...header, alg: 'none' })}.${part(claims)}.AA`,
    'HS256 with the public key': `${hs256}.${createHmac('sha256', JSON.stringify(published.keys[0])).update(hs256).digest('base64url')}`,
    'a foreign kid': signed({ ...header, kid: keyIdOf(stranger.publicKey) }, claims, stranger.privateKey),
    'our kid on a foreign signature': signed(header, claims, stranger.privateKey),
    jku: signed({ ...header, kid: keyIdOf(stranger.publicKey), jku }, claims, stranger.privateKey),
    jwk: signed({ ...header, jwk: stranger.publicKey.export({ format: 'jwk' }) }, claims, stranger.privateKey),
    'claims that were changed': `${first}.${part({ ...claims, roles: ['owner'] })}.${last}`,
    'an ID token': tokens.id_token,
    'a refresh token': tokens.refresh_token,
    'one that has expired': world.sign({ expiresInSeconds: -60 }),
    'one for another audience': world.sign({ audience: 'other.test' }),
    'one of another issuer': world.sign({ issuer: 'https://evil.test/oidc' }),
  }
  for (const [name, token] of Object.entries(forged)) expect([name, await tried(token)]).toEqual([name, 401])
})

test('a stolen code is worth nothing without the verifier, or to another application', async () => {
  const [person, application, other] = [await world.join(), await world.register(), await world.register()]
  const browser = world.browser()
  const { code, verifier } = await browser.signIn(application, person)
  for (const stolen of ['', 'x'.repeat(43), `${verifier.slice(0, -1)}~`])
    expect((await browser.redeem(application, code, stolen)).status).toBe(400)
  expect((await browser.redeem(other, code, verifier)).status).toBe(400)
})

test('without PKCE by S256 no sign-in begins', async () => {
  const application = await world.register()
  for (const more of [{ code_challenge_method: 'plain' }, { code_challenge: '' }, { code_challenge_method: '' }]) {
    const { page } = await world.browser().begin(application, more)
    expect(new URL(page.headers.get('location') ?? '').searchParams.get('error')).toBe('invalid_request')
  }
})

test('nobody is sent to an address that was not registered, to the letter', async () => {
  const application = await world.register()
  const elsewhere = [
    'https://evil.test/back',
    'https://app.test.evil.test/back',
    'https://app.test@evil.test/back',
    `${redirectUri}/../evil`,
    `${redirectUri}?next=https://evil.test`,
    `${redirectUri}#here`,
    `${redirectUri}/`,
    redirectUri.toUpperCase(),
    '//evil.test/back',
    'javascript:alert(1)',
  ]
  for (const uri of elsewhere) {
    const { page } = await world.browser().begin({ ...application, redirectUri: uri })
    expect([uri, page.status, page.headers.get('location')]).toEqual([uri, 400, null])
    const leaving = new URLSearchParams({ client_id: application.clientId, post_logout_redirect_uri: uri })
    const left = await world.browser().go(`/oidc/session/end?${leaving}`)
    expect([uri, left.status, left.headers.get('location')]).toEqual([uri, 400, null])
  }
})

test('an application cannot be registered for an address that is not its own', async () => {
  const uris = [
    'http://app.test/back',
    'javascript:alert(1)',
    'https://app.test/back#x',
    'data:text/html,x',
    '//app.test',
    'https:app.test',
  ]
  for (const uri of uris) {
    const body = { title: 'Evil', hasSecret: false, redirectUris: [uri] }
    expect([uri, (await world.ask('POST', '/v1/applications', { body })).status]).toEqual([uri, 422])
  }
})

test('the answer says who gives it, also when it is no, so that an application that knows two servers mixes nothing up', async () => {
  const { page, state } = await world.browser().begin(await world.register())
  expect(page.status).toBe(200)
  const browser = world.browser()
  const begun = await browser.begin(await world.register())
  const back = new URL((await browser.submit(begun.page, { action: 'cancel' })).headers.get('location') ?? '')
  const said = Object.fromEntries(back.searchParams)
  expect(said).toMatchObject({ error: 'access_denied', iss: issuer, state: begun.state })
  expect(said.state).not.toBe(state)
  const discovery = (await (await fetch(`${world.url()}/oidc/.well-known/openid-configuration`)).json()) as {
    grant_types_supported: string[]
  }
  expect(discovery).toMatchObject({
    issuer,
    authorization_response_iss_parameter_supported: true,
    response_types_supported: ['code'],
    code_challenge_methods_supported: ['S256'],
  })
  expect(discovery.grant_types_supported.toSorted()).toEqual([
    'authorization_code',
    'client_credentials',
    'refresh_token',
  ])
})

test('a sign-in goes on only in the browser that began it, from our own form', async () => {
  const [person, application] = [await world.join(), await world.register()]
  const { email, password } = person
  const browser = world.browser()
  const { page } = await browser.begin(application)
  for (const cookie of page.headers.getSetCookie()) expect(cookie).toMatch(/; httponly/i)
  const send = (fields: Record<string, string>, from = browser) =>
    from.send(page.url, { method: 'POST', body: new URLSearchParams(fields) })
  // From another site, which knows no token of ours; and by somebody else's browser, which has another cookie.
  expect((await send({ email, password })).status).toBe(403)
  expect((await send({ email, password, form_token: 'x'.repeat(43) })).status).toBe(403)
  const other = world.browser()
  expect((await other.submit(page, { email, password })).status).toBe(400)
  const begun = await other.begin(application)
  const token = /name="form_token" value="([^"]*)"/.exec(await begun.page.text())?.[1] ?? ''
  expect((await send({ email, password, form_token: token }, other)).status).toBe(400)
  expect((await send({ email, password, form_token: token })).status).toBe(403)
  expect((await browser.submit(page, { email, password })).status).toBe(200)
})

test('a browser’s session has another name after each sign-in, and the one before is worth nothing', async () => {
  const [person, application] = [await world.join(), await world.register()]
  const browser = world.browser()
  browser.jar.set('bizosaas_session', 'chosen-by-somebody-else')
  await browser.signIn(application, person)
  const first = new Map(browser.jar)
  expect(first.get('bizosaas_session')).not.toBe('chosen-by-somebody-else')
  const { page } = await browser.begin(application, { prompt: 'login' })
  const { email, password } = person
  await browser.submit(page, { email, password })
  expect(browser.jar.get('bizosaas_session')).not.toBe(first.get('bizosaas_session'))
  const thief = world.browser()
  for (const [name, value] of first) thief.jar.set(name, value)
  const asked = await thief.begin(application)
  expect(await asked.page.text()).toContain('type="password"')
})

test('pages run no script, are shown in no frame, and say again what was sent only escaped', async () => {
  const title = '<img src=x onerror=alert(1)>"\''
  const { page } = await world.browser().begin(await world.register({ title }))
  const text = await page.text()
  expect(text).not.toContain('<img')
  expect(text).toContain('&lt;img src=x onerror=alert(1)&gt;&quot;&#39;')
  expect(page.headers.get('content-security-policy')).toBe(
    "default-src 'none'; style-src 'self'; base-uri 'none'; frame-ancestors 'none'; form-action 'self' https://app.test",
  )
  const wrong = await world.browser().go('/oidc/auth?client_id=%3Cscript%3Ealert(1)%3C/script%3E')
  expect(wrong.status).toBe(400)
  expect(await wrong.text()).not.toContain('<script>')
})

test('how long an answer takes does not say whether there is such a person', async () => {
  const application = await world.register()
  const known = await Promise.all(Array.from({ length: 8 }, () => world.join()))
  const browser = world.browser()
  const { page } = await browser.begin(application)
  const time = async (email: string) => {
    const address = `10.${[...Buffer.from(randomUUID().replaceAll('-', ''), 'hex').subarray(0, 3)].join('.')}`
    const hidden = /name="form_token" value="([^"]*)"/.exec(await page.clone().text())?.[1] ?? ''
    const body = new URLSearchParams({ form_token: hidden, email, password: 'not the right one' })
    const began = performance.now()
    const answer = await browser.send(page.url, { method: 'POST', body, headers: { 'x-forwarded-for': address } })
    const took = performance.now() - began
    expect(answer.status).toBe(403)
    return { took, text: (await answer.text()).replace(/value="[^"]*"/g, '') }
  }
  // Four attempts at each are free. A busy machine may deceive one round; a leak shows in all.
  const deviations: number[] = []
  for (const _ of [1, 2]) {
    const [there, missing]: [number[], number[]] = [[], []]
    for (const { email } of [...known, ...known]) {
      const [one, other] = [await time(email), await time(`nobody.${randomUUID()}@example.org`)]
      there.push(one.took)
      missing.push(other.took)
      expect(one.text).toBe(other.text)
    }
    deviations.push(Math.abs(rankDeviation(there, missing)))
    if ((deviations.at(-1) ?? 0) < 3) break
  }
  expect(Math.min(...deviations)).toBeLessThan(3.5)
}, 60_000)

test('a person of one agency does not get into the application of another', async () => {
  const person = await world.join()
  const body = { title: 'Elsewhere', hasSecret: false, redirectUris: [redirectUri] }
  const foreign = await world.ask('POST', '/v1/applications', { body, tenantId: randomUUID() })
  const application: Application = { clientId: foreign.body.clientId, secret: null, redirectUri }
  const browser = world.browser()
  // Signed in here already, which counts for nothing there.
  await browser.signIn(await world.register(), person)
  const { page } = await browser.begin(application)
  expect(await page.clone().text()).toContain('type="password"')
  expect((await browser.submit(page, { email: person.email, password: person.password })).status).toBe(403)
})
