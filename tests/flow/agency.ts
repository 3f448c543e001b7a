/** A tenant of its own for each test, and its staff: what a flow test does, it does through the public API. */
import { createPrivateKey, randomUUID } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { type Role, signAccessToken } from '@bizosaas/http'

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

export type Addresses = { campaigns: string; analytics: string; integrations: string; query: string }

/** The running system's services, and the key that its tokens are signed with. */
export const runningSystem = (env: Record<string, string | undefined> = process.env) => ({
  addresses: {
    campaigns: `http://127.0.0.1:${env.CAMPAIGNS_PORT}`,
    analytics: `http://127.0.0.1:${env.ANALYTICS_PORT}`,
    integrations: `http://127.0.0.1:${env.INTEGRATIONS_PORT}`,
    query: `http://127.0.0.1:${env.QUERY_PORT}`,
  },
  privateKeyFile: join(env.JWT_PUBLIC_KEY_FILE ?? '', '..', 'jwt-private.pem'),
})

export const newAgency = (system = runningSystem()): Agency => {
  const tenantId = randomUUID()
  const clientId = randomUUID()
  const privateKey = createPrivateKey(readFileSync(system.privateKeyFile))
  const tokenFor = (roles: Role[], client?: string) =>
    signAccessToken({
      privateKey,
      issuer: 'https://bizosaas.local',
      audience: 'bizosaas-api',
      subject: 'flow-test',
      tenantId,
      ...(client ? { clientId: client } : {}),
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

const commandSide = (addresses: Addresses, path: string) =>
  path.startsWith('/v1/ad-accounts')
    ? addresses.integrations
    : path.startsWith('/v1/parked')
      ? addresses.analytics
      : addresses.campaigns
