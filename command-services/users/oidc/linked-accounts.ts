/** The accounts at outside providers that sign a person in: shown to them, linked and unlinked. */
import { streamName } from '@bizosaas/schemas'
import { linkIdentity, unlinkIdentity } from '../identity-links.ts'
import { accepted, type People } from '../people.ts'
import { addressOf, redirect, sendPage } from './form.ts'
import { type Html, html, page } from './html.ts'
import { claimsOfPerson } from './identity.ts'
import { explain, type Outside } from './outside.ts'
import type { OutsideClient } from './outside-client.ts'
import type { Visit } from './outside-visits.ts'
import { contextFor } from './sessions.ts'
import type { Asked } from './sign-in-pages.ts'
import type { SignedInBrowser } from './signed-in.ts'

interface Means {
  readonly people: People
  readonly outside: Outside
}

/** Why it was not done. */
export interface Mistake {
  readonly text: string
  readonly status: number
  readonly more?: object
}

type From = Omit<Asked, 'uid'>

export function linkedAccounts({ people, outside }: Means) {
  const linksOf = async ({ tenantId, userId }: SignedInBrowser) =>
    (await people.identityLinks.refresh(streamName('identityLink', tenantId, userId))).state

  /** To link asks for the password: whoever finds a browser open must not make a way in of their own. */
  const list = async (browser: SignedInBrowser, hidden: Html): Promise<Html | null> => {
    const links = await linksOf(browser)
    if (links.length === 0 && outside.providers.length === 0) return null
    const titles = new Map(outside.providers.map(({ issuer, title }) => [issuer, title]))
    const rows = links.map(
      ({ issuer, identity }) => html`<li><strong>${titles.get(issuer) ?? issuer}</strong>
<form method="post" action="/oidc/sessions">${hidden}<button type="submit" name="unlink" value="${identity}">Unlink</button></form></li>`,
    )
    const buttons = outside.providers.map(
      ({ id, title }) => html`<button type="submit" name="link" value="${id}">Link an account at ${title}</button>\n`,
    )
    return html`<h2>Accounts that sign you in</h2>
<ul>${rows}</ul>
${
  buttons.length === 0
    ? null
    : html`<form method="post" action="/oidc/sessions">${hidden}
<label>Your password here<input type="password" name="password" autocomplete="current-password" required maxlength="200"></label>
${buttons}</form>`
}`
  }

  const goOutside = async ({ request, response }: From, browser: SignedInBrowser, form: URLSearchParams) => {
    const { uid, userId } = browser
    const to = outside.find(form.get('link') ?? '')
    if (to === null) return { text: 'There is no such provider.', status: 404 }
    const said = { subject: userId, account: userId, address: addressOf(request), password: form.get('password') ?? '' }
    const verdict = await people.passwords.check(said)
    if (verdict.type === 'throttled') {
      const text = `There were too many attempts. Wait ${verdict.retryAfterSeconds} s and try again.`
      return { text, status: 429, more: { 'Retry-After': String(verdict.retryAfterSeconds) } }
    }
    if (verdict.type === 'wrong') return { text: 'The password is not the right one.', status: 403 }
    try {
      const at = await outside.visits.begin(to, { type: 'link', browser: uid, userId })
      // The answer to a form must not lead elsewhere by itself, for the policy would have to name all places beyond.
      sendPage(response, 200, onwardPage(to.provider.title, at), { Refresh: `0;url=${at}` })
      return null
    } catch (error) {
      return explain(error, to)
    }
  }

  const unlink = async ({ response }: From, browser: SignedInBrowser, form: URLSearchParams) => {
    const { tenantId, userId } = browser
    const asked = form.get('unlink')
    const link = (await linksOf(browser)).find(({ identity }) => identity === asked)
    if (link !== undefined) accepted(await unlinkIdentity(people, contextFor(tenantId, userId), userId, link.identity))
    redirect(response, '/oidc/sessions')
    return null
  }

  /** Answers what a form asks; else says why not. */
  const change = (asked: From, browser: SignedInBrowser, form: URLSearchParams): Promise<Mistake | null> =>
    form.has('link') ? goOutside(asked, browser, form) : unlink(asked, browser, form)

  /** Only in the session, and for the person, that the visit began with. */
  const cameBack = async (
    { response }: From,
    browser: SignedInBrowser,
    from: OutsideClient,
    said: URLSearchParams,
    { errand, question }: Visit,
  ): Promise<Mistake | null> => {
    const { uid, userId, tenantId } = browser
    if (errand.type !== 'link' || errand.browser !== uid || errand.userId !== userId) return foreign
    let subject: string
    try {
      subject = await from.whoCame(said, question)
    } catch (error) {
      return explain(error, from)
    }
    const context = contextFor(tenantId, userId)
    const mayComeIn = async () => (await claimsOfPerson(people, tenantId, userId)) !== null
    if (!(await mayComeIn())) return foreign
    const outcome = await linkIdentity(people, context, userId, { issuer: from.provider.issuer, subject })
    if (outcome.type === 'refused') {
      const { refusal, detail } = outcome.refusal
      return { text: refusal === 'value-taken' ? 'That account signs in somebody else here.' : detail, status: 409 }
    }
    const { events } = accepted(outcome)
    // Of who was erased meanwhile all that they held was released, perhaps just before this: nobody would do it again.
    if (!(await mayComeIn()))
      for (const event of events)
        await unlinkIdentity(people, contextFor(tenantId, userId), userId, event.data.identity)
    redirect(response, '/oidc/sessions')
    return null
  }

  return { list, change, cameBack }
}

export type LinkedAccounts = ReturnType<typeof linkedAccounts>

const foreign: Mistake = { text: 'This was not begun here. Begin on this page once more.', status: 403 }

const onwardPage = (title: string, at: string) =>
  page(
    `On to ${title}`,
    html`<p>Your browser goes there by itself.</p>\n<a class="button" href="${at}">Go on to ${title}</a>`,
  )
