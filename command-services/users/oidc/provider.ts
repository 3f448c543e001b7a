/** The OpenID Connect server as it is configured here: what is not named is off. */
import { createHmac } from 'node:crypto'
import { log } from '@bizosaas/runtime'
import { errors, interactionPolicy, type KoaContextWithOIDC, Provider } from 'oidc-provider'
import type { People } from '../people.ts'
import { type Html, html, page, trusted } from './html.ts'
import { applicationOf, claimsOfApplication, claimsOfPerson, clientMetadata } from './identity.ts'
import { type Introspect, introspection } from './introspection.ts'
import type { Keys } from './key-ring.ts'
import type { Sessions } from './sessions.ts'
import { type State, sessionIdOf, UsedAgain } from './state.ts'

/** The API, as a resource of RFC 8707: what access tokens are for unless a client says otherwise. */
export const apiResource = 'urn:bizosaas:api'

const minutes = 60
const days = 24 * 60 * minutes
const ttl = {
  AccessToken: 10 * minutes,
  ClientCredentials: 10 * minutes,
  AuthorizationCode: 1 * minutes,
  IdToken: 10 * minutes,
  Interaction: 60 * minutes,
  RefreshToken: 14 * days,
  Session: 14 * days,
  Grant: 14 * days,
}

interface Means {
  readonly issuer: string
  readonly audience: string
  readonly people: People
  readonly state: State
  readonly sessions: Sessions
}

export function oidcProvider({ issuer, audience, people, state, sessions }: Means, keys: Keys): Provider {
  const tenantOf = (clientId: string | undefined) => applicationOf(clientId ?? '')?.tenantId ?? null
  const cookieKey = createHmac('sha256', people.key).update('oidc cookies').digest('base64url')
  const path = new URL(issuer).pathname
  const cookie = { httpOnly: true, sameSite: 'lax', signed: true, overwrite: true, path } as const

  const provider = new Provider(issuer, {
    adapter: (kind: string) =>
      kind === 'Client'
        ? { ...state.adapter(kind), find: (clientId: string) => clientMetadata(people, clientId) }
        : state.adapter(kind),
    jwks: {
      keys: keys.map(({ keyId, privateKey }) => ({
        ...privateKey.export({ format: 'jwk' }),
        kid: keyId,
        alg: 'ES256',
        use: 'sig',
      })),
    } as NonNullable<ConstructorParameters<typeof Provider>[1]>['jwks'] & object,
    clientDefaults: { id_token_signed_response_alg: 'ES256', grant_types: [], response_types: [] },
    clientAuthMethods: ['client_secret_basic', 'none'],
    responseTypes: ['code'],
    scopes: ['openid'],
    claims: { openid: ['sub'] },
    pkce: { required: () => true },
    enabledJWA: { idTokenSigningAlgValues: ['ES256'] },
    cookies: {
      keys: [cookieKey],
      short: cookie,
      long: cookie,
      names: { session: 'bizosaas_session', interaction: 'bizosaas_sign_in', resume: 'bizosaas_resume' },
    },
    ttl,
    features: {
      devInteractions: { enabled: false },
      userinfo: { enabled: false },
      pushedAuthorizationRequests: { enabled: false },
      clientCredentials: { enabled: true },
      introspection: {
        enabled: true,
        allowedPolicy: async (_, client, token) => {
          const tenantId = tenantOf(token.clientId)
          if (client.clientAuthMethod === 'none' || tenantId === null || tenantOf(client.clientId) !== tenantId)
            return false
          return !('accountId' in token) || (await claimsOfPerson(people, tenantId, String(token.accountId))) !== null
        },
      },
      revocation: {
        enabled: true,
        allowedPolicy: (_, client, token) => {
          if (token.clientId === client.clientId) return true
          throw new errors.InvalidRequest('the token is of another application')
        },
      },
      rpInitiatedLogout: {
        enabled: true,
        logoutSource: (ctx, form) => {
          answerPage(
            ctx,
            'Sign out',
            html`${trusted(form)}
<button class="main" type="submit" form="op.logoutForm" name="logout" value="yes">Sign out</button>
<button type="submit" form="op.logoutForm">Stay signed in</button>`,
          )
        },
        postLogoutSuccessSource: (ctx) => answerPage(ctx, 'Signed out', html`<p>You are signed out.</p>`),
      },
      resourceIndicators: {
        enabled: true,
        defaultResource: () => apiResource,
        useGrantedResource: () => true,
        getResourceServerInfo: (_, resource) => {
          if (resource !== apiResource) throw new errors.InvalidTarget()
          return {
            scope: '',
            audience,
            accessTokenFormat: 'jwt',
            accessTokenTTL: ttl.AccessToken,
            jwt: { sign: { alg: 'ES256' } },
          }
        },
      },
    },
    issueRefreshToken: async (_, client) => client.grantTypeAllowed('refresh_token'),
    // A sign-in ends by itself, not with a window.
    expiresWithSession: async () => false,
    rotateRefreshToken: true,
    findAccount: async (ctx, sub, token) => {
      const tenantId = tenantOf(ctx.oidc.client?.clientId ?? (token as { clientId?: string } | undefined)?.clientId)
      if (tenantId === null || (await claimsOfPerson(people, tenantId, sub)) === null) return undefined
      return { accountId: sub, claims: async () => ({ sub }) }
    },
    extraTokenClaims: async (_, token) => {
      const tenantId = tenantOf(token.clientId)
      const claims =
        token.kind === 'AccessToken' && tenantId !== null
          ? await claimsOfPerson(people, tenantId, token.accountId)
          : await claimsOfApplication(people, token.clientId ?? '')
      if (claims === null) throw new errors.InvalidGrant('nobody is there any more')
      return { ...claims }
    },
    formats: {
      customizers: {
        // A program goes by its own id, not by the longer one that it signs in with.
        jwt: async (_, token, { payload }) => {
          if ('accountId' in token) return
          Object.assign(payload, { sub: applicationOf(token.clientId ?? '')?.applicationId })
        },
      },
    },
    interactions: { policy: policy(), url: (_, { uid }) => `${path}/interaction/${uid}` },
    renderError: (ctx, { error, error_description: detail = error }) =>
      answerPage(ctx, 'This did not work', html`<p>${explain(error)}</p><p class="detail">${detail}</p>`),
  })
  provider.proxy = true
  endWhatIsRevoked(provider, sessions)
  tellOfAccessTokens(provider, introspection({ issuer, audience, people }, keys))
  return provider
}

/** Who is signed in with this browser, but not among the people of the application, signs in as somebody else. */
function policy() {
  const prompts = interactionPolicy.base()
  const { Check } = interactionPolicy
  prompts
    .get('login')
    ?.checks.add(
      new Check('no_account', 'the person has no account here', ({ oidc }) =>
        oidc.session?.accountId !== undefined && oidc.account === undefined
          ? Check.REQUEST_PROMPT
          : Check.NO_NEED_TO_PROMPT,
      ),
    )
  return prompts
}

const explain = (error: string) =>
  error === 'invalid_client' || error === 'invalid_redirect_uri'
    ? 'The application that sent you here is not known, or its address is another one.'
    : 'Go back to the application that sent you here, and start again.'

function answerPage(ctx: KoaContextWithOIDC, title: string, body: Html): void {
  const { html: text, headers } = page(title, body)
  ctx.set({ ...headers })
  ctx.body = text
}

/** A family of tokens ends as a whole, and that is recorded before anybody is answered. */
function endWhatIsRevoked(provider: Provider, sessions: Sessions): void {
  const revoked = new WeakMap<object, Set<string>>()
  const failed = new WeakMap<object, unknown>()
  provider.on('grant.revoked', (ctx, grantId) => {
    revoked.set(ctx, (revoked.get(ctx) ?? new Set()).add(grantId))
  })
  provider.on('grant.error', (ctx, error) => {
    failed.set(ctx, error)
  })
  provider.on('server_error', (ctx, error) => {
    failed.set(ctx, error)
    if (!isAway(error)) log.error({ unit: 'users', err: error }, 'the sign-in server failed')
  })

  provider.use(async (ctx, next) => {
    await next()
    const { oidc } = ctx
    if (oidc === undefined) return
    const error = failed.get(ctx)
    const { RefreshToken: refresh, Client: client } = oidc.entities
    const application = applicationOf(client?.clientId ?? '')
    if (application !== null) {
      const actor = refresh?.accountId ?? oidc.session?.accountId ?? application.applicationId
      const ended = new Set([...(revoked.get(ctx) ?? [])].map(sessionIdOf))
      if (error instanceof UsedAgain && error.sessionId !== null) ended.add(error.sessionId)
      for (const sessionId of ended)
        await sessions.end(application.tenantId, actor, sessionId, isReuse(error) ? 'detectReuse' : 'signOut')
    }
    if (isAway(error)) sayAway(ctx)
  })
}

/** To an application with a secret, of access tokens of its agency: the library refuses to speak of them once it knows who asks. */
function tellOfAccessTokens(provider: Provider, introspect: Introspect): void {
  provider.use(async (ctx, next) => {
    await next()
    const { oidc } = ctx
    const isRefused = oidc?.route === 'introspection' && ctx.body?.error === 'unsupported_token_type'
    const asking = applicationOf(oidc?.client?.clientId ?? '')
    if (!isRefused || asking === null || oidc.client?.clientAuthMethod === 'none') return
    try {
      const told = await introspect(String(oidc.params?.token ?? ''), asking.tenantId)
      ctx.status = 200
      ctx.body = told ?? { active: false }
    } catch (error) {
      if (!isAway(error)) throw error
      ctx.body = { error: 'temporarily_unavailable' }
      sayAway(ctx)
    }
  })
}

const isReuse = (error: unknown) =>
  error instanceof UsedAgain ||
  (error instanceof errors.InvalidGrant && /already (used|consumed)$/.test(String(error.error_detail)))

const sayAway = (ctx: Pick<KoaContextWithOIDC, 'status' | 'set'>): void => {
  ctx.status = 503
  ctx.set('Retry-After', '1')
}

const isAway = (error: unknown) => error instanceof Error && 'code' in error && error.code === 'store-unavailable'
