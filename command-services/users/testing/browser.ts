/** A browser as a person uses it at the OpenID Connect server: cookies, redirects, forms. For tests and measurements. */
import { createHash, randomBytes } from 'node:crypto'

export interface Application {
  readonly clientId: string
  readonly secret: string | null
  readonly redirectUri: string
}

export interface Tokens {
  readonly access_token: string
  readonly refresh_token: string
  readonly id_token: string
  readonly error?: string
}

export interface Begun {
  /** Where the browser stands: the page of the sign-in. */
  readonly page: Response
  readonly verifier: string
  readonly state: string
}

/** @param issuer what the server calls itself  @param at where it is in truth */
export function newBrowser(issuer: string, at = new URL(issuer).origin) {
  const jar = new Map<string, string>()
  const { origin, pathname } = new URL(issuer)

  const keep = (response: Response) => {
    for (const cookie of response.headers.getSetCookie()) {
      const [pair = ''] = cookie.split(';')
      const cut = pair.indexOf('=')
      if (/expires=Thu, 01 Jan 1970/i.test(cookie)) jar.delete(pair.slice(0, cut))
      else jar.set(pair.slice(0, cut), pair.slice(cut + 1))
    }
  }

  /** One request, at the server; redirects are not followed. */
  const send = async (url: string, init: RequestInit = {}): Promise<Response> => {
    const { pathname: path, search } = new URL(url, origin)
    const cookie = [...jar].map(([name, value]) => `${name}=${value}`).join('; ')
    const headers = { 'user-agent': 'Test browser', ...init.headers, ...(cookie ? { cookie } : {}) }
    const response = await fetch(`${at}${path}${search}`, { redirect: 'manual', ...init, headers })
    keep(response)
    return Object.defineProperty(response, 'url', { value: `${origin}${path}${search}` })
  }

  /** Follows redirects as long as they stay at the server. */
  const go = async (url: string, init: RequestInit = {}): Promise<Response> => {
    let response = await send(url, init)
    for (;;) {
      const location = response.headers.get('location')
      if (location === null || new URL(location, origin).origin !== origin) return response
      response = await send(location)
    }
  }

  const begin = async ({ clientId, redirectUri }: Application, more: Record<string, string> = {}): Promise<Begun> => {
    const [verifier, state] = [randomBytes(32).toString('base64url'), randomBytes(8).toString('hex')]
    const asked = new URLSearchParams({
      client_id: clientId,
      redirect_uri: redirectUri,
      response_type: 'code',
      scope: 'openid',
      state,
      code_challenge: createHash('sha256').update(verifier).digest('base64url'),
      code_challenge_method: 'S256',
      ...more,
    })
    return { page: await go(`${pathname}/auth?${asked}`), verifier, state }
  }

  /** Sends the first form that is on the page. */
  const submit = async (page: Response, fields: Record<string, string> = {}): Promise<Response> => {
    const text = await page.clone().text()
    const hidden = [...text.matchAll(/<input type="hidden" name="(\w+)" value="([^"]*)"/g)].map(
      ([, name = '', value = '']) => [name, value] as const,
    )
    const body = new URLSearchParams({ ...Object.fromEntries(hidden), ...fields })
    const [, action = page.url] = /<form method="post" action="([^"]*)"/.exec(text) ?? []
    return go(action, { method: 'POST', body })
  }

  const token = (fields: Record<string, string>, { clientId, secret }: Application) =>
    fetch(`${at}${pathname}/token`, {
      method: 'POST',
      headers: secret === null ? {} : { authorization: basic(clientId, secret) },
      body: new URLSearchParams({ ...fields, ...(secret === null ? { client_id: clientId } : {}) }),
    })

  return {
    jar,
    send,
    go,
    begin,
    submit,
    token,
    /** From the first page to where the application gets its code. */
    signIn: async (application: Application, person: { email: string; password: string }) => {
      const begun = await begin(application)
      let page = await submit(begun.page, person)
      if (page.headers.get('location') === null) page = await submit(page, { action: 'allow' })
      const back = new URL(page.headers.get('location') ?? 'about:blank')
      return { ...begun, back, code: back.searchParams.get('code') ?? '' }
    },
    redeem: (application: Application, code: string, verifier: string) =>
      token(
        { grant_type: 'authorization_code', code, code_verifier: verifier, redirect_uri: application.redirectUri },
        application,
      ),
    refresh: (application: Application, refreshToken: string) =>
      token({ grant_type: 'refresh_token', refresh_token: refreshToken }, application),
  }
}

export const basic = (clientId: string, secret: string): string =>
  `Basic ${Buffer.from(`${encodeURIComponent(clientId)}:${encodeURIComponent(secret)}`).toString('base64')}`

export const claimsIn = (token: string): Record<string, unknown> =>
  JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString())
