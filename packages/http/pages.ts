import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { type ProblemKind, problemKind, problems } from './problems.ts'

/** The pages for people, which need neither a token nor the internet: `/docs` and `/problems`. */

export type Page = { readonly type: string; readonly body: string | Buffer }

/** Scripts and styles from this server only, none inline. Swagger UI draws its icons from `data:`. */
export const pagePolicy =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; " +
  "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

export const docsPage = (title: string): Page =>
  page(
    `${title} · API`,
    title,
    '<div id="swagger-ui"></div>\n<script src="/docs/swagger-ui-bundle.js"></script>\n<script src="/docs/docs.js"></script>',
    '<link rel="stylesheet" href="/docs/swagger-ui.css">',
  )

export function problemListPage(title: string): Page {
  const rows = Object.entries<ProblemKind>(problems).map(
    ([code, kind]) =>
      `<tr><td class="status">${kind.status}</td><td><a href="/problems/${code}"><code>${code}</code></a></td><td>${words(kind.title)}</td></tr>`,
  )
  const head = '<tr><th>Status</th><th>Code</th><th>What is wrong</th></tr>'
  return page(
    `Problems · ${title}`,
    title,
    `<main class="page"><h1>Problems</h1><p>What this API answers when something is wrong, as <code>application/problem+json</code> (RFC 9457). The <code>type</code> of a problem is the address of its page here.</p><table class="problems">${head}${rows.join('')}</table></main>`,
  )
}

/** The page of one problem; a refusal that is not in the table is described as the conflict that it is. */
export function problemPage(title: string, code: string): Page {
  const kind = problemKind(code)
  return page(
    `${kind.title} · ${title}`,
    title,
    `<main class="page"><p class="status">${kind.status} <code>${words(code)}</code></p><h1>${words(kind.title)}</h1><p>${words(kind.remedy)}</p><p><a href="/problems">All problems</a></p></main>`,
  )
}

function page(heading: string, title: string, body: string, head = ''): Page {
  return {
    type: 'text/html; charset=utf-8',
    body: `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${words(heading)}</title>
<link rel="icon" href="data:,">
${head}
<link rel="stylesheet" href="/docs/page.css">
</head>
<body>
<header class="bar"><strong>${words(title)}</strong><a href="/docs">API</a><a href="/problems">Problems</a><a href="/openapi.json">openapi.json</a></header>
${body}
</body>
</html>
`,
  }
}

/** Text for HTML; what stands between backticks is code. */
const words = (text: string) =>
  text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('"', '&quot;')
    .replaceAll(/`([^`]*)`/g, '<code>$1</code>')

const own = new URL('./pages/', import.meta.url).pathname
const swaggerUi = dirname(createRequire(import.meta.url).resolve('swagger-ui-dist/package.json'))

const assets: Readonly<Record<string, { readonly folder: string; readonly type: string }>> = {
  'page.css': { folder: own, type: 'text/css; charset=utf-8' },
  'docs.js': { folder: own, type: 'text/javascript; charset=utf-8' },
  'swagger-ui.css': { folder: swaggerUi, type: 'text/css; charset=utf-8' },
  'swagger-ui-bundle.js': { folder: swaggerUi, type: 'text/javascript; charset=utf-8' },
}

/** One of the few files that the pages need, or null. */
export async function asset(name: string): Promise<Page | null> {
  const file = Object.hasOwn(assets, name) ? assets[name] : undefined
  return file === undefined ? null : { type: file.type, body: await readFile(join(file.folder, name)) }
}
