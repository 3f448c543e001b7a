/** The outside OpenID Connect providers that people of this installation may sign in through: what its file says of them. */
import { readFileSync } from 'node:fs'
import { compile } from '@bizosaas/http'
import { CannotStart } from '@bizosaas/runtime'
import { type Static, Type } from 'typebox'
import { Value } from 'typebox/value'

export interface OutsideProvider {
  /** Part of the address that the provider sends people back to. */
  readonly id: string
  /** As people know it. */
  readonly title: string
  /** As it stands in its tokens, to the letter. */
  readonly issuer: string
  readonly clientId: string
  readonly clientSecret: string
}

const words = (description: string, pattern: string) => Type.String({ description, pattern })
const common = {
  id: words('a short name in lower case, such as google', '^[a-z][a-z0-9-]{0,30}$'),
  title: words('what its button says, 1 to 40 characters', '^.{1,40}$'),
  clientId: words('what the provider calls this installation', '^\\S{1,300}$'),
  clientSecret: words('the secret that the provider gave', '^\\S{1,1000}$'),
}
// A directory has one issuer. Those for everybody have none, and whoever runs a directory says who is in it.
const directory = words('the id of one directory, a UUID', '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$')
const issuer = words('an address, such as https://sign-in.example', '^https?://\\S+$')
const closed = { additionalProperties: false } as const

const kinds = {
  google: Type.Object({ kind: Type.Literal('google'), ...common }, closed),
  microsoft: Type.Object({ kind: Type.Literal('microsoft'), ...common, directory }, closed),
  oidc: Type.Object({ kind: Type.Literal('oidc'), ...common, issuer }, closed),
}
const Kind = Type.Object({ kind: Type.Enum(['google', 'microsoft', 'oidc']) })
const Entry = Type.Union([kinds.google, kinds.microsoft, kinds.oidc])
type Entry = Static<typeof Entry>

/** How the file is read: plain HTTP may be spoken with this machine, by an installation that is itself reached so. */
interface Allowed {
  readonly plainHttp: boolean
}

/** @throws CannotStart that names what is wrong, and never what a field holds */
export function readOutsideProviders(file: string, allowed: Allowed): readonly OutsideProvider[] {
  if (file === 'none') return []
  let text: string
  try {
    text = readFileSync(file, 'utf8')
  } catch (cause) {
    throw new CannotStart(`IDENTITY_PROVIDERS_FILE: ${file} cannot be read.`, { cause })
  }
  const found = parseOutsideProviders(text, allowed)
  if ('complaints' in found)
    throw new CannotStart(`IDENTITY_PROVIDERS_FILE: ${file} is wrong:\n  ${found.complaints.join('\n  ')}`)
  return found.providers
}

type Parsed = { readonly providers: readonly OutsideProvider[] } | { readonly complaints: readonly string[] }

export function parseOutsideProviders(text: string, allowed: Allowed): Parsed {
  const entries = listIn(text)
  if (entries === null) return { complaints: ['it is no JSON list'] }
  const found = entries.map((entry, n) => readEntry(entry, `/${n}`, allowed))
  const providers = found.flatMap((each) => ('complaints' in each ? [] : [each]))
  const complaints = [
    ...found.flatMap((each) => ('complaints' in each ? each.complaints : [])),
    ...twice('id', providers),
    // What a provider calls a person means the same person by one client id alone.
    ...twice('issuer', providers),
  ]
  return complaints.length > 0 ? { complaints } : { providers }
}

function readEntry(entry: unknown, at: string, allowed: Allowed): OutsideProvider | { readonly complaints: string[] } {
  if (!Value.Check(Kind, entry)) return { complaints: [`${at}/kind must be google, microsoft or oidc`] }
  const misfits = compile(kinds[entry.kind], 'body')(entry)
  if (misfits.length > 0 || !Value.Check(Entry, entry))
    return { complaints: misfits.map(({ pointer, detail }) => `${at}${pointer} ${detail}`) }
  const { id, title, clientId, clientSecret } = entry
  const issuer = issuerOf(entry)
  return isAllowed(issuer, allowed)
    ? { id, title, issuer, clientId, clientSecret }
    : { complaints: [`${at}/issuer must be an https address without a query, a fragment or a user`] }
}

function issuerOf(entry: Entry): string {
  switch (entry.kind) {
    case 'google':
      return 'https://accounts.google.com'
    case 'microsoft':
      return `https://login.microsoftonline.com/${entry.directory}/v2.0`
    case 'oidc':
      return entry.issuer
  }
}

function isAllowed(issuer: string, { plainHttp }: Allowed): boolean {
  if (!URL.canParse(issuer)) return false
  const { protocol, hostname, search, hash, username, password } = new URL(issuer)
  if (issuer.includes('?') || `${search}${hash}${username}${password}` !== '') return false
  return protocol === 'https:' || (plainHttp && isLoopback(hostname))
}

const isLoopback = (hostname: string) =>
  hostname === 'localhost' || hostname === '[::1]' || /^127(\.\d+){3}$/.test(hostname)

function listIn(text: string): readonly unknown[] | null {
  try {
    const parsed: unknown = JSON.parse(text)
    return Array.isArray(parsed) ? parsed : null
  } catch {
    // What the parser says would show a piece of the file.
    return null
  }
}

function twice(field: 'id' | 'issuer', providers: readonly OutsideProvider[]): readonly string[] {
  const values = providers.map((provider) => provider[field])
  return [...new Set(values.filter((value, n) => values.indexOf(value) !== n))].map(
    (value) => `two have the ${field} ${value}`,
  )
}
