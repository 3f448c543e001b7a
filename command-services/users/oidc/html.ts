/** Pages as plain HTML, without scripts: a template that escapes, one layout, one style sheet. */

/** Markup that is safe to put into a page. */
class Html {
  readonly text: string
  constructor(text: string) {
    this.text = text
  }
}

type Part = string | number | null | Html | readonly Html[]

const signs: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' }
const escaped = (text: string) => text.replace(/[&<>"']/g, (sign) => signs[sign] ?? sign)

/** Everything put into it is escaped, but what was made by it. */
export const html = (texts: TemplateStringsArray, ...parts: readonly Part[]): Html =>
  new Html(texts.map((text, n) => text + (n < parts.length ? written(parts[n] ?? null) : '')).join(''))

function written(part: Part): string {
  if (part === null) return ''
  if (part instanceof Html) return part.text
  if (typeof part === 'object') return part.map(({ text }) => text).join('')
  return escaped(String(part))
}

export type { Html }

/** What others made and vouch for, such as the form of oidc-provider. */
export const trusted = (text: string): Html => new Html(text)

export interface Page {
  readonly html: string
  readonly headers: Readonly<Record<string, string>>
}

/** @param formTarget where a form may lead on to, after it was sent to ourselves */
export function page(title: string, body: Html, formTarget: string | null = null): Page {
  const text = html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title} · BizOSaaS</title>
<link rel="stylesheet" href="${stylePath}">
</head>
<body>
<main>
<p class="brand">BizOSaaS</p>
<h1>${title}</h1>
${body}
</main>
</body>
</html>
`
  return { html: text.text, headers: headersOf(formTarget) }
}

const headersOf = (formTarget: string | null) => ({
  'Content-Type': 'text/html; charset=utf-8',
  'Cache-Control': 'no-store',
  'Content-Security-Policy': `default-src 'none'; style-src 'self'; base-uri 'none'; frame-ancestors 'none'; form-action 'self'${formTarget === null ? '' : ` ${formTarget}`}`,
  'X-Content-Type-Options': 'nosniff',
  'X-Frame-Options': 'DENY',
  'Referrer-Policy': 'no-referrer',
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Resource-Policy': 'same-origin',
})

/** One page asks once; what is said there is its note, and a mistake its alarm. */
export const alarm = (text: string | null): Html | null =>
  text === null ? null : html`<p class="alarm" role="alert">${text}</p>`

export const stylePath = '/oidc/style.css'

export const style = `:root { color-scheme: light dark; --ink: #1c2330; --soft: #5b6577; --line: #d5dae3; --paper: #fff; --ground: #f3f5f9; --main: #2456d6; --alarm: #b3261e }
@media (prefers-color-scheme: dark) { :root { --ink: #e8ebf2; --soft: #a3adbf; --line: #3a4354; --paper: #1a202c; --ground: #11151d; --main: #7ea2ff; --alarm: #ff8a80 } }
* { box-sizing: border-box }
body { margin: 0; min-height: 100vh; display: grid; place-items: center; background: var(--ground); color: var(--ink); font: 16px/1.5 system-ui, sans-serif }
main { width: min(26rem, 100% - 2rem); margin: 2rem 0; padding: 2rem; background: var(--paper); border: 1px solid var(--line); border-radius: 12px }
h1 { margin: 0 0 1rem; font-size: 1.4rem; line-height: 1.25 }
.brand { margin: 0 0 .25rem; color: var(--soft); font-weight: 600; letter-spacing: .02em }
.detail, .hint, small { color: var(--soft); font-size: .9rem }
.alarm { margin: 0 0 1rem; padding: .6rem .8rem; border-left: 3px solid var(--alarm); color: var(--alarm) }
label { display: block; margin: 0 0 1rem; font-weight: 600 }
input { display: block; width: 100%; margin-top: .3rem; padding: .6rem .7rem; font: inherit; color: inherit; background: transparent; border: 1px solid var(--line); border-radius: 8px }
input:focus-visible, button:focus-visible { outline: 3px solid var(--main); outline-offset: 1px }
button { width: 100%; margin-top: .5rem; padding: .65rem; font: inherit; font-weight: 600; color: var(--ink); background: transparent; border: 1px solid var(--line); border-radius: 8px; cursor: pointer }
a.button { display: block; margin-top: .5rem; padding: .65rem; font-weight: 600; text-align: center; text-decoration: none; color: var(--ink); border: 1px solid var(--line); border-radius: 8px }
a.button:focus-visible { outline: 3px solid var(--main); outline-offset: 1px }
h2 { margin: 2rem 0 .5rem; font-size: 1.1rem }
button.main { color: #fff; background: var(--main); border-color: var(--main) }
@media (prefers-color-scheme: dark) { button.main { color: #0d1220 } }
ul { margin: 0 0 1rem; padding: 0; list-style: none }
li { padding: .8rem 0; border-top: 1px solid var(--line); overflow-wrap: anywhere }
li button { width: auto; padding: .3rem .8rem }
`
