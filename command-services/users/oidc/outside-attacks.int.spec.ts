/** What people try on a sign-in through an outside provider, and on the linking of an account there. */
import { createHmac, generateKeyPairSync, type KeyObject, randomUUID, sign } from 'node:crypto'
import { describe, expect, test } from '@jest/globals'
import { claimsIn } from '../testing/browser.ts'
import { askOutside, askToLink, link, signInBy, useOutsideServers } from '../testing/outside-sign-in.ts'
import { usePeopleService } from '../testing/people-service.ts'

const servers = useOutsideServers('one', 'two')
const world = usePeopleService(() => [servers.one.entry, servers.two.entry])
type Browser = ReturnType<typeof world.browser>

/** Somebody who signed in by password, and linked an account at each provider. */
async function linked() {
  const [person, application, account] = [await world.join(), await world.register(), `acc-${randomUUID()}`]
  const browser = world.browser()
  await browser.signIn(application, person)
  for (const server of [servers.one, servers.two]) await link(browser, person.password, server, account)
  return { person, application, account, browser }
}
type Linked = Awaited<ReturnType<typeof linked>>

const isLetIn = async (page: Response) => (await page.clone().text()).includes('act for you?')
const isSignedIn = async (browser: Browser, { application }: Pick<Linked, 'application'>) =>
  !(await (await browser.begin(application)).page.text()).includes('type="password"')

/** A sign-in that somebody else's browser began, to where it is sent back. */
async function begun({ application, account }: Linked, server = servers.one) {
  const browser = world.browser()
  const { page } = await browser.begin(application)
  return { browser, back: await server.answer(await askOutside(browser, page, server), account) }
}
const changed = (url: URL, changes: Readonly<Record<string, string | null>>) => {
  const copy = new URL(url)
  for (const [name, value] of Object.entries(changes))
    if (value === null) copy.searchParams.delete(name)
    else copy.searchParams.set(name, value)
  return copy.href
}

describe('an answer', () => {
  test('of one provider passes for none of another, and neither does one that does not say whose it is', async () => {
    const ann = await linked()
    const { one, two } = servers
    const elsewhere = await begun(ann)
    const { browser, back } = await begun(ann, two)
    // The answer of the second where the first one answers, with the state of either.
    for (const state of [back.searchParams.get('state'), elsewhere.back.searchParams.get('state')]) {
      const mixed = changed(new URL(`${one.redirectUri}${back.search}`), { state, iss: one.issuer })
      expect((await browser.go(mixed)).status).toBe(400)
    }
    expect((await browser.go(back.href)).status).toBe(400)
    for (const iss of [two.issuer, `${one.issuer}/`, null]) {
      const next = await begun(ann)
      expect([iss, (await next.browser.go(changed(next.back, { iss }))).status]).toEqual([iss, 403])
      expect(await isSignedIn(next.browser, ann)).toBe(false)
      // A question that was answered wrongly is over.
      expect((await next.browser.go(next.back.href)).status).toBe(400)
    }
  })

  test('counts once, in the browser that it was begun in, and not without its state', async () => {
    const ann = await linked()
    for (const state of [null, '', randomUUID()]) {
      const { browser, back } = await begun(ann)
      expect((await browser.go(changed(back, { state }))).status).toBe(400)
      // The right one was not used up by that.
      expect(await isLetIn(await browser.go(back.href))).toBe(true)
      expect((await browser.go(back.href)).status).toBe(400)
    }
    const { browser, back } = await begun(ann)
    const both = await Promise.all([browser.send(back.href), browser.send(back.href)])
    expect(both.filter(({ status }) => status === 303)).toHaveLength(1)
  })

  test('of a code that was given for another question is none', async () => {
    const ann = await linked()
    const [mine, stolen] = [await begun(ann), await begun(ann)]
    const code = stolen.back.searchParams.get('code')
    const page = await mine.browser.go(changed(mine.back, { code }))
    expect([page.status, await page.text()]).toEqual([403, expect.stringContaining('did not sign you in')])
    // Nor does whoever has the code, and the secret too, get anything for it without the verifier.
    const { issuer, clientId, clientSecret, redirectUri } = servers.one
    const given = new URLSearchParams({ grant_type: 'authorization_code', redirect_uri: redirectUri, code: code ?? '' })
    const headers = { authorization: `Basic ${Buffer.from(`${clientId}:${clientSecret}`).toString('base64')}` }
    for (const verifier of ['', 'x'.repeat(43)]) {
      if (verifier !== '') given.set('code_verifier', verifier)
      expect((await fetch(`${issuer}/token`, { method: 'POST', headers, body: given })).status).toBe(400)
    }
  })

  test('brought into another’s browser signs nobody in there', async () => {
    const [mallory, ann] = [await linked(), await linked()]
    const strangers = world.browser()
    expect((await strangers.go((await begun(mallory)).back.href)).status).toBe(400)
    const underWay = world.browser()
    const { page } = await underWay.begin(ann.application)
    expect((await underWay.go((await begun(mallory)).back.href)).status).toBe(400)
    // Their own sign-in goes on as if nothing had been.
    const { email, password } = ann.person
    expect(await isLetIn(await underWay.submit(page, { email, password }))).toBe(true)
    expect(await isSignedIn(strangers, ann)).toBe(false)
    // And a visit begins only in the browser of the sign-in.
    const { page: theirs } = await world.browser().begin(ann.application)
    expect((await world.browser().send(`${theirs.url}/one`)).status).toBe(400)
  })
})

describe('an ID token', () => {
  const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url')
  const headerIn = (token: string) => JSON.parse(Buffer.from(token.split('.')[0] ?? '', 'base64url').toString())
  const signed = (token: string, claims: object, key: KeyObject, header: object = {}) => {
    const content = `${part({ ...headerIn(token), ...header })}.${part({ ...claimsIn(token), ...claims })}`
    return `${content}.${sign('sha256', Buffer.from(content), key).toString('base64url')}`
  }
  const stranger = generateKeyPairSync('rsa', { modulusLength: 2048 })
  const jwk = stranger.publicKey.export({ format: 'jwk' })
  const forgeries: Readonly<Record<string, (token: string) => string>> = {
    'signed by a foreign key': (token) => signed(token, {}, stranger.privateKey),
    'signed by a key that it brings along': (token) => signed(token, {}, stranger.privateKey, { jwk, kid: 'new' }),
    'signed by nobody': (token) => `${part({ alg: 'none' })}.${part(claimsIn(token))}.`,
    'signed by the secret': (token) => {
      const content = `${part({ alg: 'HS256' })}.${part(claimsIn(token))}`
      return `${content}.${createHmac('sha256', servers.one.clientSecret).update(content).digest('base64url')}`
    },
    'changed after it was signed': (token) =>
      token.replace(/\.[^.]+\./, `.${part({ ...claimsIn(token), sub: 'somebody-else' })}.`),
    'for another audience': (token) => signed(token, { aud: 'somebody-else' }, servers.one.key),
    'for others too, and given to one of them': (token) =>
      signed(token, { aud: [servers.one.clientId, 'other'], azp: 'other' }, servers.one.key),
    'of another issuer': (token) => signed(token, { iss: servers.two.issuer }, servers.one.key),
    'with another nonce': (token) => signed(token, { nonce: 'x'.repeat(43) }, servers.one.key),
    'without a nonce': (token) => signed(token, { nonce: undefined }, servers.one.key),
    'that has expired': (token) => signed(token, { exp: Math.floor(Date.now() / 1000) - 60 }, servers.one.key),
    'that names nobody': (token) => signed(token, { sub: undefined }, servers.one.key),
  }

  test('signs nobody in unless this provider signed it, now, for us and this question', async () => {
    const ann = await linked()
    for (const [name, forge] of Object.entries(forgeries)) {
      const { browser, back } = await begun(ann)
      servers.one.forge(forge)
      const page = await browser.go(back.href)
      servers.one.forge(null)
      expect([name, page.status, await isLetIn(page)]).toEqual([name, 403, false])
      expect([name, await isSignedIn(browser, ann)]).toEqual([name, false])
    }
    // What the forgeries change is what keeps them out.
    const { browser, back } = await begun(ann)
    servers.one.forge((token) => signed(token, {}, servers.one.key))
    expect(await isLetIn(await browser.go(back.href))).toBe(true)
    servers.one.forge(null)
  })
})

describe('an account', () => {
  const linksOf = async (userId: string) =>
    (await world.eventsOf(userId)).filter(({ type }) => type === 'IdentityLinked').length
  const signedIn = async () => {
    const [person, application] = [await world.join(), await world.register()]
    const browser = world.browser()
    await browser.signIn(application, person)
    return { person, application, browser }
  }

  test('is linked, or unlinked, by nobody’s form but ours, and not without the password', async () => {
    const { person, browser, application } = await linked()
    const other = await signedIn()
    const theirs = await (await other.browser.go('/oidc/sessions')).text()
    const [, token = ''] = /name="form_token" value="([^"]+)"/.exec(theirs) ?? []
    const list = await (await browser.go('/oidc/sessions')).text()
    const [, unlink = ''] = /name="unlink" value="([^"]+)"/.exec(list) ?? []
    const send = (fields: Record<string, string>) =>
      browser.send('/oidc/sessions', { method: 'POST', body: new URLSearchParams(fields) })
    for (const form of [{ link: 'one', password: person.password }, { unlink }])
      for (const forged of [{}, { form_token: token }]) expect((await send({ ...form, ...forged })).status).toBe(403)
    for (const password of ['', 'not the right one']) expect(await askToLink(browser, password, servers.one)).toBe('')
    const strangers = await other.browser.submit(await other.browser.go('/oidc/sessions'), { unlink })
    expect(strangers.status).toBe(200)
    expect((await world.eventsOf(person.userId)).map(({ type }) => type)).not.toContain('IdentityUnlinked')
    expect(await isSignedIn(browser, { application })).toBe(true)
  })

  test('of an attacker is linked with nobody in whose browser the answer is brought', async () => {
    const [mallory, ann] = [await signedIn(), await signedIn()]
    const account = `acc-${randomUUID()}`
    const back = await servers.one.answer(
      await askToLink(mallory.browser, mallory.person.password, servers.one),
      account,
    )
    expect((await ann.browser.go(back.href)).status).toBe(403)
    expect((await mallory.browser.go(back.href)).status).toBe(400)
    expect(await Promise.all([ann, mallory].map(({ person }) => linksOf(person.userId)))).toEqual([0, 0])
  })

  test('is not linked by the answer to a sign-in, and signs nobody in by the answer to a linking', async () => {
    const ann = await linked()
    const bob = await signedIn()
    const { page } = await bob.browser.begin(bob.application, { prompt: 'login' })
    const account = `acc-${randomUUID()}`
    const back = await servers.one.answer(await askOutside(bob.browser, page, servers.one), account)
    expect((await bob.browser.go(back.href)).status).toBe(403)
    expect(await linksOf(bob.person.userId)).toBe(0)
    const asked = await askToLink(ann.browser, ann.person.password, servers.one)
    const linking = await servers.one.answer(asked, ann.account)
    expect((await world.browser().go(linking.href)).status).toBe(401)
  })

  test('that is asked for again by whoever signed out meanwhile is not linked', async () => {
    const { person, browser } = await signedIn()
    const back = await servers.one.answer(await askToLink(browser, person.password, servers.one), randomUUID())
    await browser.submit(await browser.go('/oidc/sessions'), { session: 'all' })
    expect((await browser.go(back.href)).status).toBe(401)
    expect(await linksOf(person.userId)).toBe(0)
  })
})

test('nobody is sent anywhere but to the provider and the application, whatever the address says', async () => {
  const ann = await linked()
  const evil = 'https://evil.test/'
  const more = new URLSearchParams({
    redirect_uri: evil,
    next: evil,
    return_to: evil,
    target_link_uri: evil,
    iss: evil,
  })
  const browser = world.browser()
  const { page } = await browser.begin(ann.application)
  const onward = await browser.send(`${page.url}/one?${more}`)
  expect(new URL(onward.headers.get('location') ?? '').origin).toBe(servers.one.issuer)
  expect(onward.headers.get('location')).not.toContain('evil')
  for (const path of ['three', '..%2f..', encodeURIComponent(evil), `/${evil}`, '__proto__'])
    for (const from of [`${page.url}/${path}`, `/oidc/from/${path}?${more}`]) {
      const { status, headers } = await browser.send(from)
      expect([from, status, headers.get('location')]).toEqual([from, 400, null])
    }
  const { browser: other, back } = await begun(ann)
  more.delete('iss')
  const { headers } = await other.send(`${back.href}&${more}`)
  expect(headers.get('location')).toMatch(/^http:\/\/issuer\.test\/oidc\/auth\/[\w-]+$/)
})

test('what is remembered of a visit can be read by nobody who reads the database', async () => {
  const { application } = await linked()
  const browser = world.browser()
  const { page } = await browser.begin(application)
  const asked = new URL(await askOutside(browser, page, servers.one)).searchParams
  const rows = await world.remembered()
  const all = rows.map((row) => Buffer.concat([row.key, row.content]).toString('latin1')).join('\n')
  for (const name of ['state', 'nonce', 'code_challenge']) expect(all).not.toContain(asked.get(name))
  expect(all).not.toContain('verifier')
  const done = await signInBy(world.browser(), application, servers.one, randomUUID())
  expect(done.page.status).toBe(403)
})
