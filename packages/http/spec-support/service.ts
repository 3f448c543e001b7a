import { generateKeyPairSync, type KeyObject } from 'node:crypto'
import { Writable } from 'node:stream'
import { createHealth, createLog, type Health } from '@bizosaas/runtime'
import { Type } from 'typebox'
import { signAccessToken, type TokenRequest } from '../access-token.ts'
import { authentication } from '../auth.ts'
import { fixedKeys } from '../key-source.ts'
import { tryAgain } from '../problem.ts'
import { events, get, post, put, type Route, reply } from '../route.ts'
import { type Serving, serve } from '../serve.ts'
import { Count, Money, Uuid } from '../shapes.ts'

/** A small service on a real socket, with keys of its own, for the tests of this package. */

export const issuer = 'https://issuer.test'
export const audience = 'api.test'
export const tenantId = '0198c0de-0000-4000-8000-000000000001'
export const keys = generateKeyPairSync('ec', { namedCurve: 'P-256' })

export const tokenFor = (changes: Partial<TokenRequest> = {}, privateKey: KeyObject = keys.privateKey): string =>
  signAccessToken({
    privateKey,
    issuer,
    audience,
    subject: 'ann',
    tenantId,
    roles: ['owner'],
    expiresInSeconds: 60,
    ...changes,
  })

export const Widget = Type.Object(
  {
    name: Type.String({ minLength: 1, maxLength: 20 }),
    count: Type.Optional(Count),
    budget: Type.Optional(Money),
    kind: Type.Optional(Type.Union([Type.Literal('round'), Type.Literal('flat')])),
  },
  { title: 'Widget', additionalProperties: false },
)

class StoreDown extends Error {
  readonly code = 'store-unavailable'
}

export const routes: readonly Route[] = [
  get('/v1/widgets', {
    may: 'campaign:read',
    summary: 'Find widgets',
    query: Type.Object({
      limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 100 })),
      state: Type.Optional(Type.Array(Type.Enum(['new', 'old']))),
      hidden: Type.Optional(Type.Boolean()),
      search: Type.Optional(Type.String({ maxLength: 100 })),
    }),
    answer: Type.Object({ query: Type.Unknown(), tenant: Uuid }),
    run: ({ query, principal }) => ({ query, tenant: principal.tenantId }),
  }),
  get('/v1/widgets/{id}', {
    may: 'campaign:read',
    summary: 'Read a widget',
    answer: Type.Object({ id: Uuid, token: Type.Union([Type.String(), Type.Null()]) }),
    run: ({ params, consistencyToken }) => {
      if (consistencyToken === 'far') throw tryAgain('not-yet-visible', 'Not there yet.')
      return reply({ id: params.id, token: consistencyToken }, null, { ETag: '"3"' })
    },
  }),
  post('/v1/widgets', {
    may: 'campaign:create',
    summary: 'Make a widget',
    status: 201,
    body: Widget,
    answer: Widget,
    run: ({ body }) => body,
  }),
  put('/v1/widgets/{id}/budget', {
    may: 'budget:revise',
    summary: 'Revise the budget',
    body: Money,
    limit: 200,
    answer: Type.Object({
      id: Uuid,
      ifMatch: Type.Unknown(),
      key: Type.Unknown(),
      hash: Type.String(),
      route: Type.String(),
    }),
    run: ({ params, ifMatch, idempotencyKey, bodyHash, route }) => {
      return { id: params.id, ifMatch, key: idempotencyKey, hash: bodyHash, route }
    },
  }),
  post('/v1/widgets/{id}/break', {
    may: 'campaign:pause',
    summary: 'Break it',
    body: Type.Object({ how: Type.Optional(Type.String()) }),
    answer: Type.Object({}),
    run: ({ params, body, becomes }) => {
      becomes(params.id)
      if (body.how === 'store') throw new StoreDown('connection to postgres://relay:hunter2@db failed')
      if (body.how === 'bug') throw new TypeError('secret detail of the inside')
      return {}
    },
  }),
  events('/v1/stream', {
    may: 'stream:read',
    summary: 'Watch widgets',
    run: (_, stream) => {
      stream.send('moved', { position: 1 }, '1')
      return () => {
        stopped.count++
      }
    },
  }),
]

/** How many event streams were told to stop. */
export const stopped = { count: 0 }

export type TestService = {
  readonly serving: Serving
  readonly health: Health
  readonly lines: Record<string, unknown>[]
}

/** Starts the service on any free port; `lines` collects what it logs. */
export async function startService(more: readonly Route[] = []): Promise<TestService> {
  const lines: Record<string, unknown>[] = []
  const sink = new Writable({
    write: (chunk, _, done) => {
      lines.push(JSON.parse(String(chunk)))
      done()
    },
  })
  const health = createHealth(() => {})
  const serving = await serve({
    name: 'widgets',
    title: 'Widgets',
    version: '1.2.3',
    host: '127.0.0.1',
    port: 0,
    portSetting: 'WIDGETS_PORT',
    routes: [...routes, ...more],
    auth: authentication({ issuer, audience, keyOf: fixedKeys(keys.publicKey) }),
    health,
    log: createLog(sink, 'debug'),
  })
  return { serving, health, lines }
}

export const bearer = (token = tokenFor()) => ({ Authorization: `Bearer ${token}` })

export const json = { 'Content-Type': 'application/json' }
