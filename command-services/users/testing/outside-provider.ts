/** An outside OpenID Connect provider on this machine: a server of its own (oidc-provider), whose ID tokens a test may forge. */
import { generateKeyPairSync, type KeyObject, randomUUID } from 'node:crypto'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { type Adapter, type AdapterPayload, Provider } from 'oidc-provider'
import { newBrowser } from './browser.ts'

export interface OutsideServer {
  readonly issuer: string
  readonly key: KeyObject
  readonly clientId: string
  readonly clientSecret: string
  readonly redirectUri: string
  /** As the file of providers names it. */
  readonly entry: Readonly<Record<string, string>>
  /** Follows a browser that was sent there, where `account` signs in. @returns where it is sent back to */
  readonly answer: (at: string, account: string) => Promise<URL>
  /** What its ID tokens are from now on. */
  readonly forge: (forged: ((idToken: string) => string) | null) => void
  readonly stop: () => Promise<void>
}

/** The account that does not want to be signed in. */
export const unwilling = 'unwilling'

/** @param toward under which address people are sent back, each provider to its own */
export async function startOutsideServer(id: string, toward: string): Promise<OutsideServer> {
  const [clientId, clientSecret, redirectUri] = [`ours-at-${id}`, randomUUID(), `${toward}/from/${id}`]
  const { privateKey: key } = generateKeyPairSync('rsa', { modulusLength: 2048 })
  let provider: Provider
  let callback: (request: IncomingMessage, response: ServerResponse) => Promise<void>
  const server = createServer((request, response) => {
    void (request.url?.startsWith('/interaction/') ? signIn(provider, request, response) : callback(request, response))
  })
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening))
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('it does not listen on a port')
  const issuer = `http://127.0.0.1:${address.port}`

  provider = new Provider(issuer, {
    clients: [{ client_id: clientId, client_secret: clientSecret, redirect_uris: [redirectUri] }],
    jwks: { keys: [{ ...key.export({ format: 'jwk' }), kty: 'RSA', kid: id, use: 'sig', alg: 'RS256' }] },
    adapter: inMemory(),
    ttl: { Interaction: 600, Grant: 600, Session: 600, AccessToken: 600, IdToken: 600 },
    cookies: { keys: [randomUUID()] },
    pkce: { required: () => true },
    features: { devInteractions: { enabled: false } },
    interactions: { url: (_, { uid }) => `/interaction/${uid}` },
    findAccount: (_, sub) => ({ accountId: sub, claims: () => ({ sub }) }),
    loadExistingGrant: async ({ oidc: { client, session } }) => {
      const grant = new provider.Grant({ clientId: client?.clientId ?? '', accountId: session?.accountId ?? '' })
      grant.addOIDCScope('openid')
      await grant.save()
      return grant
    },
  })
  let forger: ((idToken: string) => string) | null = null
  provider.use(async (ctx, next) => {
    await next()
    if (forger !== null && ctx.path === '/token' && ctx.status === 200)
      ctx.body = { ...Object(ctx.body), id_token: forger(Object(ctx.body).id_token) }
  })
  callback = provider.callback()

  return {
    issuer,
    key,
    clientId,
    clientSecret,
    redirectUri,
    entry: { id, kind: 'oidc', title: `Provider ${id}`, issuer, clientId, clientSecret },
    answer: async (at, account) => {
      const browser = newBrowser(issuer)
      browser.jar.set('account', account)
      return new URL((await browser.go(at)).headers.get('location') ?? 'about:blank')
    },
    forge: (forged) => {
      forger = forged
    },
    stop: async () => {
      server.closeAllConnections()
      await new Promise((closed) => server.close(closed))
    },
  }
}

/** Whoever the browser says, without a page. */
async function signIn(provider: Provider, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const account = /\baccount=([^;]+)/.exec(request.headers.cookie ?? '')?.[1] ?? ''
  const result = account === unwilling ? { error: 'access_denied' } : { login: { accountId: account } }
  await provider.interactionFinished(request, response, result)
}

/** For as long as the test. */
function inMemory(): (kind: string) => Adapter {
  const kept = new Map<string, AdapterPayload>()
  return (kind) => ({
    upsert: async (id, payload) => void kept.set(`${kind} ${id}`, payload),
    find: async (id) => kept.get(`${kind} ${id}`),
    findByUid: async (uid) => [...kept.values()].find((payload) => payload.kind === kind && payload.uid === uid),
    findByUserCode: async () => undefined,
    consume: async (id) => void Object.assign(kept.get(`${kind} ${id}`) ?? {}, { consumed: true }),
    destroy: async (id) => void kept.delete(`${kind} ${id}`),
    revokeByGrantId: async (grantId) => {
      for (const [id, payload] of kept) if (payload.grantId === grantId) kept.delete(id)
    },
  })
}
