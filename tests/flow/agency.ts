/** A tenant of its own for each test, and its staff: what a flow test does, it does through the public API. */
import { randomUUID } from 'node:crypto'
import { setTimeout as pause } from 'node:timers/promises'
import { type Role, readSigningKeys, signAccessToken } from '@bizosaas/http'

export type Answer<Body> = { status: number; body: Body; headers: Headers; token: string }

export type Ask = <Body = Record<string, unknown>>(
  method: 'GET' | 'POST' | 'PUT',
  path: string,
  options?: {
    body?: unknown
    headers?: Record<string, string>
    after?: string
    roles?: Role[]
    clientId?: string
    /** Takes the first answer to a question, also when it is to come again. */
    once?: boolean
  },
) => Promise<Answer<Body>>

export type Agency = { tenantId: string; clientId: string; ask: Ask; tokenFor: (roles: Role[]) => string }

export type Addresses = { users: string; campaigns: string; analytics: string; integrations: string; query: string }

/** The running system's services, and the keys that its tokens are signed with. */
export const runningSystem = (env: Record<string, string | undefined> = process.env) => ({
  addresses: {
    users: `http://127.0.0.1:${env.USERS_PORT}`,
    campaigns: `http://127.0.0.1:${env.CAMPAIGNS_PORT}`,
    analytics: `http://127.0.0.1:${env.ANALYTICS_PORT}`,
    integrations: `http://127.0.0.1:${env.INTEGRATIONS_PORT}`,
    query: `http://127.0.0.1:${env.QUERY_PORT}`,
  },
  issuer: env.JWT_ISSUER ?? '',
  signingKeysFolder: env.SIGNING_KEYS_DIR ?? '',
})

export const newAgency = (system = runningSystem(), tenantId: string = randomUUID()): Agency => {
  const clientId = randomUUID()
  const privateKey = readSigningKeys(system.signingKeysFolder)[0].privateKey
  const tokenFor = (roles: Role[], client?: string) =>
    signAccessToken({
      privateKey,
      issuer: system.issuer,
      audience: 'bizosaas-api',
      subject: 'flow-test',
      tenantId,
      ...(client ? { clientIds: [client] } : {}),
      roles,
      expiresInSeconds: 3600,
    })
  const ask: Ask = async (
    method,
    path,
    { body, headers = {}, after, roles = ['owner' as Role], clientId: client, once = false } = {},
  ) => {
    const base = method === 'GET' ? system.addresses.query : commandSide(system.addresses, path)
    const send = () =>
      fetch(`${base}${path}`, {
        method,
        headers: {
          authorization: `Bearer ${tokenFor(roles, client)}`,
          ...(body === undefined ? {} : { 'content-type': 'application/json' }),
          ...(after ? { 'x-consistency-token': after } : {}),
          ...headers,
        },
        ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
      })
    const response = method === 'GET' && !once ? await comingAgain(send) : await send()
    const text = await response.text()
    return {
      status: response.status,
      body: text ? JSON.parse(text) : null,
      headers: response.headers,
      token: response.headers.get('x-consistency-token') ?? '',
    }
  }
  return { tenantId, clientId, ask, tokenFor }
}

const comesAgainForMs = 20_000

/** One reads one's own write, or is told when to come again: so this client does, as long as a busy machine may take. */
const comingAgain = async (send: () => Promise<Response>): Promise<Response> => {
  const deadline = Date.now() + comesAgainForMs
  for (;;) {
    const response = await send()
    const seconds = Number(response.headers.get('retry-after') ?? Number.NaN)
    if (response.status !== 503 || !(seconds >= 0) || Date.now() + seconds * 1_000 > deadline) return response
    await response.body?.cancel()
    await pause(seconds * 1_000)
  }
}

const commandSide = (addresses: Addresses, path: string) => {
  const [, , thing = ''] = path.split('/')
  if (thing === 'ad-accounts') return addresses.integrations
  if (thing === 'parked' || thing === 'projections') return addresses.analytics
  const ofPeople = ['agencies', 'applications', 'clients', 'invitations', 'me', 'roles', 'sign-in', 'users']
  return ofPeople.includes(thing) ? addresses.users : addresses.campaigns
}
