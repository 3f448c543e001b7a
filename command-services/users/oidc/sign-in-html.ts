/** What the pages of a sign-in show. */
import { alarm, type Html, html, page } from './html.ts'
import type { OutsideProvider } from './outside-providers.ts'

/** The sign-in that a page belongs to. */
export interface Shown {
  readonly uid: string
  /** Where the browser is led on to after the form, which a policy for forms must allow. */
  readonly target: string | null
  readonly hidden: Html
}

export const interactionPath = (uid: string) => `/oidc/interaction/${uid}`

export function originOf(uri: string): string | null {
  if (!URL.canParse(uri)) return null
  const { origin, protocol } = new URL(uri)
  return origin === 'null' ? protocol : origin
}

/** Sent to the page of the sign-in, wherever it is shown. */
const form = ({ uid, hidden }: Shown, fields: Html) => html`<form method="post" action="${interactionPath(uid)}">
${hidden}
${fields}
<button type="submit" name="action" value="cancel" formnovalidate>Cancel</button>
</form>`

export const signInPage = (
  application: string,
  shown: Shown,
  outside: readonly OutsideProvider[],
  mistake: string | null,
) =>
  page(
    'Sign in',
    html`<p>to go on to ${application}</p>
${alarm(mistake)}
${form(
  shown,
  html`<label>E-mail address<input type="email" name="email" autocomplete="username" required maxlength="254" autofocus></label>
<label>Password<input type="password" name="password" autocomplete="current-password" required maxlength="200"></label>
<button class="main" type="submit">Sign in</button>`,
)}
${outside.map(
  // No form: where the provider leads on to, a policy for forms would have to name.
  ({ id, title }) => html`<a class="button" href="${interactionPath(shown.uid)}/${id}">Sign in with ${title}</a>\n`,
)}`,
    shown.target,
  )

export const codePage = (shown: Shown, mistake: string | null) =>
  page(
    'Enter your code',
    html`<p>Your authenticator app shows it. Without your device, use a recovery code.</p>
${alarm(mistake)}
${form(
  shown,
  html`<label>Code<input name="code" inputmode="numeric" autocomplete="one-time-code" required maxlength="40" autofocus></label>
<button class="main" type="submit">Go on</button>`,
)}`,
    shown.target,
  )

export const consentPage = (application: string, shown: Shown) =>
  page(
    `Let ${application} act for you?`,
    html`<p>${application} will be able to do what you may do here, until you sign it out.</p>
${form(shown, html`<button class="main" type="submit">Allow</button>`)}`,
    shown.target,
  )

export const overPage = () =>
  page('This sign-in is over', html`<p>Go back to the application that sent you here, and start again.</p>`)
