import { randomUUID } from 'node:crypto'
import { createServer, type Socket } from 'node:net'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { claimsIn, type Tokens } from '../testing/browser.ts'
import { unwilling } from '../testing/outside-provider.ts'
import { askOutside, link, signInBy, useOutsideServers } from '../testing/outside-sign-in.ts'
import { redirectUri, usePeopleService } from '../testing/people-service.ts'
import { until } from '../testing/until.ts'
import { codeOf, stepAt } from '../totp.ts'

const away = { id: 'away', kind: 'oidc', title: 'Away', issuer: 'http://127.0.0.1:1', clientId: 'x', clientSecret: 'x' }
let silentPort = 0
const sockets = new Set<Socket>()
const silence = createServer((socket) => sockets.add(socket))
beforeAll(async () => {
  await new Promise<void>((listening) => silence.listen(0, '127.0.0.1', listening))
  silentPort = Object(silence.address()).port
})
afterAll(() => {
  for (const socket of sockets) socket.destroy()
  silence.close()
})
const servers = useOutsideServers('one')
const world = usePeopleService(() => [
  servers.one.entry,
  away,
  { ...away, id: 'silent', issuer: `http://127.0.0.1:${silentPort}` },
])
const { ask } = world

/** Somebody who signed in by password, and linked an account that only they have. */
async function linked() {
  const [person, application, account] = [await world.join(), await world.register(), `acc-${randomUUID()}`]
  const browser = world.browser()
  await browser.signIn(application, person)
  const page = await link(browser, person.password, servers.one, account)
  return { person, application, account, browser, page }
}
type Linked = Awaited<ReturnType<typeof linked>>

const comeBy = ({ application, account }: Pick<Linked, 'application' | 'account'>, browser = world.browser()) =>
  signInBy(browser, application, servers.one, account)
/** By what each sign-in of the person was, as its event says. */
const methodsOf = async (userId: string) =>
  (await world.eventsOf(''))
    .filter(({ type }) => type === 'SessionStarted')
    .map(({ bytes }) => JSON.parse(Buffer.from(bytes).toString()))
    .filter((data) => data.userId === userId)
    .map(({ methods }) => methods)
const isLetIn = async (page: Response) => (await page.clone().text()).includes('act for you?')

describe('an account at an outside provider', () => {
  test('signs in whoever linked it, and the application gets their token', async () => {
    const { person, application, account, page } = await linked()
    expect(page.url).toContain('/oidc/sessions')
    expect(await page.text()).toContain('<strong>Provider one</strong>')
    const browser = world.browser()
    const begun = await comeBy({ application, account }, browser)
    const done = await browser.submit(begun.page, { action: 'allow' })
    const code = new URL(done.headers.get('location') ?? '').searchParams.get('code') ?? ''
    const tokens = (await (await browser.redeem(application, code, begun.verifier)).json()) as Tokens
    expect(claimsIn(tokens.access_token)).toMatchObject({ sub: person.userId, tenant: world.tenantId })
    expect(await methodsOf(person.userId)).toEqual([['pwd'], ['fed', servers.one.issuer]])
    const events = (await world.eventsOf('')).filter(({ stream }) => /^(identityLink|claim)-/.test(stream))
    const stored = events.map(({ stream, bytes }) => stream + Buffer.from(bytes).toString()).join()
    expect(stored).toContain(servers.one.issuer)
    expect(stored).not.toContain(account)
  })

  test('signs nobody in whom it was not linked with, and in no other agency', async () => {
    const { application, account } = await linked()
    const { page } = await comeBy({ application, account: `acc-${randomUUID()}` })
    expect([page.status, await page.clone().text()]).toEqual([403, expect.stringContaining('No person of this agency')])
    expect(await page.text()).toContain('type="password"')
    const body = { title: 'Elsewhere', hasSecret: false, redirectUris: [redirectUri] }
    const { clientId } = (await ask('POST', '/v1/applications', { body, tenantId: randomUUID() })).body
    const elsewhere = await comeBy({ application: { ...application, clientId }, account })
    expect(elsewhere.page.status).toBe(403)
  })

  test('signs nobody in once it is unlinked, and is another’s to link', async () => {
    const { person, application, account, browser, page } = await linked()
    const [, identity = ''] = /name="unlink" value="([^"]+)"/.exec(await page.clone().text()) ?? []
    const after = await browser.submit(page, { unlink: identity })
    expect(await after.text()).not.toContain('name="unlink"')
    expect((await comeBy({ application, account })).page.status).toBe(403)
    const types = (await world.eventsOf(person.userId)).map(({ type }) => type)
    expect(types.filter((type) => type.startsWith('Identity'))).toEqual(['IdentityLinked', 'IdentityUnlinked'])
    const bob = await world.join()
    const other = world.browser()
    await other.signIn(application, bob)
    expect((await link(other, bob.password, servers.one, account)).status).toBe(200)
    expect(await isLetIn((await comeBy({ application, account })).page)).toBe(true)
  })

  test('does not stand in for the second factor', async () => {
    const { person, application, account } = await linked()
    const asSelf = { token: world.sign({ subject: person.userId, roles: ['viewer'] }) }
    const { secret } = (await ask('POST', '/v1/me/second-factor', asSelf)).body
    const [now, next] = [0, 1].map((off) => codeOf(secret, stepAt(Date.now()) + off))
    await ask('POST', '/v1/me/second-factor/confirm', { ...asSelf, body: { code: now } })
    const browser = world.browser()
    const { page } = await comeBy({ application, account }, browser)
    expect(await page.clone().text()).toContain('Enter your code')
    // It opens nothing by itself.
    expect(await (await browser.begin(application)).page.text()).toContain('type="password"')
    const again = await comeBy({ application, account }, browser)
    const wrong = await browser.submit(again.page, { code: 'ABCDEF' })
    expect(wrong.status).toBe(403)
    const shown = await browser.submit(wrong, { code: next ?? '' })
    expect(await isLetIn(shown)).toBe(true)
    await browser.submit(shown, { action: 'allow' })
    expect((await methodsOf(person.userId)).at(-1)).toEqual(['fed', servers.one.issuer, 'otp', 'mfa'])
  })

  test('lets nobody in who is locked, deactivated, without a membership or erased, and is free after the erasure', async () => {
    for (const path of ['lock', 'deactivate', 'membership/revoke']) {
      const { person, application, account } = await linked()
      expect((await ask('POST', `/v1/users/${person.userId}/${path}`)).status).toBe(200)
      expect([path, (await comeBy({ application, account })).page.status]).toEqual([path, 403])
    }
    const { person, application, account } = await linked()
    await ask('POST', `/v1/users/${person.userId}/erase`)
    expect((await comeBy({ application, account })).page.status).toBe(403)
    const certified = async () => (await world.eventsOf(person.userId)).some(({ type }) => type === 'UserErased')
    await until('the erasure is certified', 30_000, certified)
    const bob = await world.join()
    const browser = world.browser()
    await browser.signIn(application, bob)
    expect((await link(browser, bob.password, servers.one, account)).status).toBe(200)
  }, 60_000)

  test('that signs one person in is not linked by another', async () => {
    const { application, account } = await linked()
    const bob = await world.join()
    const browser = world.browser()
    await browser.signIn(application, bob)
    const page = await link(browser, bob.password, servers.one, account)
    expect([page.status, await page.text()]).toEqual([409, expect.stringContaining('signs in somebody else here')])
    expect((await world.eventsOf(bob.userId)).map(({ type }) => type)).not.toContain('IdentityLinked')
  })
})

test('a provider that is away, or does not answer in time, is a page that says so, with the password to sign in by', async () => {
  const person = await world.join()
  const application = await world.register()
  const browser = world.browser()
  for (const id of ['away', 'silent']) {
    const { page } = await browser.begin(application)
    const said = await browser.send(`${page.url}/${id}`)
    expect([id, said.status, said.headers.get('retry-after')]).toEqual([id, 503, '30'])
    expect(await said.clone().text()).toContain('Away does not answer now.')
    const { email, password } = person
    if (id === 'silent') expect(await isLetIn(await browser.submit(said, { email, password }))).toBe(true)
  }
}, 30_000)

test('whoever does not want to be signed in at the provider is back at the sign-in', async () => {
  const { page } = await comeBy({ application: await world.register(), account: unwilling })
  expect([page.status, await page.clone().text()]).toEqual([403, expect.stringContaining('did not sign you in')])
  expect(await page.text()).toContain('type="password"')
})

test('each visit is asked about by PKCE, with a state and a nonce of its own, at the one address of the provider', async () => {
  const application = await world.register()
  const asked = []
  for (const _ of [1, 2]) {
    const browser = world.browser()
    const { page } = await browser.begin(application)
    asked.push(new URL(await askOutside(browser, page, servers.one)).searchParams)
  }
  for (const one of asked)
    expect(Object.fromEntries(one)).toMatchObject({
      client_id: servers.one.clientId,
      redirect_uri: servers.one.redirectUri,
      response_type: 'code',
      scope: 'openid',
      code_challenge_method: 'S256',
    })
  for (const name of ['state', 'nonce', 'code_challenge']) {
    const values = asked.map((one) => one.get(name) ?? '')
    for (const value of values) expect(value).toHaveLength(43)
    expect(new Set(values).size).toBe(2)
  }
})
