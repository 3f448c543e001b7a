import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { CannotStart, InvalidSettings, nearest, readEnvironment, readSettings } from '@bizosaas/runtime'
import { ClientId, TenantId } from '@bizosaas/schemas'
import { signAccessToken } from './access-token.ts'
import { type Role, roles } from './permissions.ts'
import { readSigningKeys } from './signing-keys.ts'

const help = `Signs an access token with the key of the embedded data folder and prints it.

  npm run -s token -- --tenant <uuid> --role <role>[,<role>]

  --tenant   the agency whose data it opens
  --role     ${roles.join(', ')}
  --client   restricts it to clients of the agency: <uuid>[,<uuid>]
  --subject  who it is for; "developer" unless said
  --expires  30s, 15m, 1h, 7d; 1h unless said

  curl -H "Authorization: Bearer $(npm run -s token -- --tenant ... --role viewer)" http://127.0.0.1:8007/v1/campaigns
`

/**
 * The token that the arguments ask for, or the help.
 *
 * @throws CannotStart or InvalidSettings with a message for the person
 */
export function tokenFromArguments(args: readonly string[], env = readEnvironment()): string {
  const options = parse(args)
  if (options.help || args.length === 0) return help
  const asked = {
    subject: options.subject ?? 'developer',
    tenantId: uuid('--tenant', options.tenant, TenantId.parse),
    ...(options.client && { clientIds: options.client.split(',').map((id) => uuid('--client', id, ClientId.parse)) }),
    roles: parseRoles(options.role),
    expiresInSeconds: parseSeconds(options.expires ?? '1h'),
  }
  const { GATEWAY_PORT, BIZOSAAS_DATA_DIR } = readSettings(['GATEWAY_PORT', 'BIZOSAAS_DATA_DIR'], env)
  // Where nobody says another, the issuer of `npm start` is at its own gateway.
  const withIssuer = { ...env, JWT_ISSUER: env.JWT_ISSUER ?? `http://127.0.0.1:${GATEWAY_PORT}/oidc` }
  const { JWT_ISSUER: issuer, JWT_AUDIENCE: audience } = readSettings(['JWT_ISSUER', 'JWT_AUDIENCE'], withIssuer)
  const folder = join(BIZOSAAS_DATA_DIR, 'secrets', 'signing-keys')
  if (!existsSync(folder)) throw new CannotStart(`There is no key in ${folder}: run npm start once, it makes one.`)
  return signAccessToken({ ...asked, privateKey: readSigningKeys(folder)[0].privateKey, issuer, audience })
}

function parse(args: readonly string[]) {
  const text = { type: 'string' } as const
  try {
    return parseArgs({
      args: [...args],
      options: { tenant: text, role: text, client: text, subject: text, expires: text, help: { type: 'boolean' } },
    }).values
  } catch (error) {
    throw new CannotStart(`${error instanceof Error ? error.message : error}. See \`npm run token -- --help\`.`)
  }
}

function uuid(option: string, written: string | undefined, parse: (text: unknown) => string): string {
  try {
    return parse(written)
  } catch {
    throw new CannotStart(written === undefined ? `${option} is missing.` : `${option} must be a UUID, not ${written}.`)
  }
}

function parseRoles(written: string | undefined): Role[] {
  if (written === undefined) throw new CannotStart(`--role is missing: one or more of ${roles.join(', ')}.`)
  return written.split(',').map((name) => {
    const role = roles.find((known) => known === name.trim())
    if (role !== undefined) return role
    const near = nearest(name, roles)
    throw new CannotStart(`${name} is no role${near ? `; did you mean ${near}?` : `: use ${roles.join(', ')}.`}`)
  })
}

const secondsOf: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600, d: 86_400 }

function parseSeconds(written: string): number {
  const [, count, unit] = /^([1-9]\d{0,5})([smhd])$/.exec(written) ?? []
  if (count === undefined || unit === undefined)
    throw new CannotStart(`--expires must be like 30s, 15m, 1h or 7d, not ${written}.`)
  return Number(count) * (secondsOf[unit] ?? 1)
}

if (import.meta.main) {
  try {
    process.stdout.write(`${tokenFromArguments(process.argv.slice(2))}\n`)
  } catch (error) {
    if (!(error instanceof CannotStart || error instanceof InvalidSettings)) throw error
    process.stderr.write(`${error.message}\n`)
    process.exitCode = 1
  }
}
