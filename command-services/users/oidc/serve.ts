/** Everything under /oidc: our pages, and what oidc-provider answers itself. */
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Mounted } from '@bizosaas/http'
import { log, type Stop } from '@bizosaas/runtime'
import type { Provider } from 'oidc-provider'
import type { People } from '../people.ts'
import { BadForm, sendPage } from './form.ts'
import { html, page, style } from './html.ts'
import { joinPage } from './join-page.ts'
import { followSigningKeys } from './key-ring.ts'
import { linkedAccounts } from './linked-accounts.ts'
import { oneLook } from './one-look.ts'
import { outsideProviders } from './outside.ts'
import type { OutsideProvider } from './outside-providers.ts'
import { oidcProvider } from './provider.ts'
import { sessionPages } from './session-pages.ts'
import type { Sessions } from './sessions.ts'
import { overPage } from './sign-in-html.ts'
import { signInPages } from './sign-in-pages.ts'
import type { State } from './state.ts'

interface Means {
  readonly issuer: string
  readonly audience: string
  readonly signingKeysFolder: string
  readonly outsideProviders: readonly OutsideProvider[]
  readonly people: People
  readonly state: State
  readonly sessions: Sessions
}

/** @throws CannotStart when there is no key to sign with */
export function serveOidc({ signingKeysFolder, ...means }: Means): Mounted & { readonly stop: Stop } {
  let current: Provider
  const { people, during } = oneLook(means.people)
  let answerItself: (request: IncomingMessage, response: ServerResponse) => Promise<void>
  // All that it remembers is in the database: so another one, with other keys, goes on where the last one was.
  const stop = followSigningKeys(signingKeysFolder, (keys) => {
    current = oidcProvider({ ...means, people }, keys)
    answerItself = current.callback()
  })
  const provider = () => current
  const outside = outsideProviders(means.outsideProviders, means.issuer, means.state)
  const signIn = signInPages({ ...means, people, provider, outside })
  const join = joinPage(means.people)
  const list = sessionPages({ ...means, provider, accounts: linkedAccounts({ ...means, outside }) })

  /** From an outside provider, as what it was asked: what it was not asked, or was answered before, is nobody's. */
  const comeBack = async (request: IncomingMessage, response: ServerResponse, id: string, said: URLSearchParams) => {
    const from = outside.find(id)
    const visit = from && (await outside.visits.end(from, said.get('state') ?? ''))
    if (from === null || visit === null) return sendPage(response, 400, overPage())
    const { errand } = visit
    return errand.type === 'signIn'
      ? signIn.cameBack({ request, response, uid: errand.interaction }, from, said, visit)
      : list.cameBack({ request, response }, from, said, visit)
  }

  const route = (request: IncomingMessage, response: ServerResponse) => {
    const [path = '', ...search] = (request.url ?? '').split('?')
    const [, place = '', ...more] = path.split('/')
    switch (place) {
      case 'style.css':
        response.writeHead(200, { 'Content-Type': 'text/css; charset=utf-8', 'Cache-Control': 'public, max-age=300' })
        return response.end(style)
      case 'interaction':
        return signIn.answer({ request, response, uid: more[0] ?? '' }, more[1])
      case 'from':
        return comeBack(request, response, more[0] ?? '', new URLSearchParams(search.join('?')))
      case 'join':
        return join({ request, response }, more)
      case 'sessions':
        return list.answer({ request, response })
      default:
        return answerItself(request, response)
    }
  }

  const { host, protocol } = new URL(means.issuer)
  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    // It goes by the address of its issuer, whatever a sender says that it is called.
    Object.assign(request.headers, { host, 'x-forwarded-host': host, 'x-forwarded-proto': protocol.slice(0, -1) })
    try {
      await during(async () => route(request, response))
    } catch (error) {
      if (response.headersSent) return void response.destroy()
      if (error instanceof BadForm)
        return sendPage(response, 400, page('This did not work', html`<p>${error.message}</p>`))
      const away = error instanceof Error && 'code' in error && error.code === 'store-unavailable'
      if (!away) log.error({ unit: 'users', err: error }, 'a page failed')
      const sorry = html`<p>Something went wrong on our side. Load the page again in a moment.</p>`
      sendPage(response, away ? 503 : 500, page('Try again in a moment', sorry), away ? { 'Retry-After': '1' } : {})
    }
  }
  return { path: '/oidc', answer, stop }
}
