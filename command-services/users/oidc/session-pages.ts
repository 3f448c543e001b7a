/** Where somebody sees what they are signed in with, and by what, and ends it: one, or all. */
import type { Provider } from 'oidc-provider'
import type { People } from '../people.ts'
import { isOurs, readForm, redirect, sendPage, tokenField } from './form.ts'
import { alarm, html, page } from './html.ts'
import { clientIdOf, findApplication } from './identity.ts'
import type { LinkedAccounts, Mistake } from './linked-accounts.ts'
import type { OutsideClient } from './outside-client.ts'
import type { Visit } from './outside-visits.ts'
import type { Sessions } from './sessions.ts'
import type { Asked } from './sign-in-pages.ts'
import { type SignedInBrowser, signedInWith } from './signed-in.ts'

interface Means {
  readonly people: People
  readonly provider: () => Provider
  readonly sessions: Sessions
  readonly accounts: LinkedAccounts
}

type From = Omit<Asked, 'uid'>

export function sessionPages({ people, provider, sessions, accounts }: Means) {
  const answer = async (asked: From) => {
    const browser = await signedInWith(provider(), asked.request, asked.response)
    if (browser === null) return sendPage(asked.response, 401, signInFirst())
    if (asked.request.method !== 'POST') return show(asked, browser)
    const form = await readForm(asked.request)
    if (!isOurs(people.key, browser.uid, form))
      return sendPage(asked.response, 403, page('Try again', html`<p>This page is too old: load it again.</p>`))
    if (form.has('session')) return end(asked, browser, form.get('session') ?? '')
    const mistake = await accounts.change(asked, browser, form)
    if (mistake !== null) await show(asked, browser, mistake)
  }

  const end = async ({ response }: From, { tenantId, userId }: SignedInBrowser, which: string) => {
    if (which === 'all') await sessions.endAll(tenantId, userId)
    else if ((await sessions.of(tenantId, userId)).some(({ sessionId }) => sessionId === which))
      await sessions.end(tenantId, userId, which, 'signOut')
    return redirect(response, '/oidc/sessions')
  }

  /** Back from an outside provider, with an account to be linked. */
  const cameBack = async (asked: From, from: OutsideClient, said: URLSearchParams, visit: Visit) => {
    const browser = await signedInWith(provider(), asked.request, asked.response)
    if (browser === null) return sendPage(asked.response, 401, signInFirst())
    const mistake = await accounts.cameBack(asked, browser, from, said, visit)
    if (mistake !== null) await show(asked, browser, mistake)
  }

  const show = async ({ response }: From, browser: SignedInBrowser, mistake: Mistake | null = null) => {
    const { tenantId, userId } = browser
    const hidden = tokenField(people.key, browser.uid)
    const known = await sessions.of(tenantId, userId)
    const titles = await Promise.all(
      known.map(({ applicationId }) => findApplication(people, clientIdOf({ tenantId, applicationId }))),
    )
    const rows = known.map(
      (
        { sessionId, device, address },
        n,
      ) => html`<li><strong>${titles[n]?.title ?? 'An application that is retired'}</strong><br>
<small>${device} · ${address}</small>
<form method="post" action="/oidc/sessions">${hidden}<button type="submit" name="session" value="${sessionId}">Sign out</button></form></li>`,
    )
    const list = html`${alarm(mistake?.text ?? null)}
<ul>${rows}</ul>
<form method="post" action="/oidc/sessions">${hidden}<button class="main" type="submit" name="session" value="all">Sign out everywhere</button></form>
<p class="hint">An access token that was given out already stays valid for at most ten minutes.</p>
${await accounts.list(browser, hidden)}`
    return sendPage(response, mistake?.status ?? 200, page('Where you are signed in', list), mistake?.more)
  }

  return { answer, cameBack }
}

const signInFirst = () => page('Sign in first', html`<p>You are not signed in with this browser.</p>`)
