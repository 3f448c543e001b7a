import { generateKeyPairSync } from 'node:crypto'
import { createServer, type IncomingMessage, type RequestListener, type Server, type ServerResponse } from 'node:http'
import { type AddressInfo, connect } from 'node:net'
import { text } from 'node:stream/consumers'
import { authentication, fixedKeys, type Serving, signAccessToken, type TokenRequest } from '@bizosaas/http'
import { createLog } from '@bizosaas/runtime'
import type { PolicyRoute, RoutePolicy } from '@bizosaas/schemas'
import { afterEach } from '@jest/globals'
import type { Redis } from 'ioredis'
import { activate } from '../active-policy.ts'
import { trustedProxies } from '../forwarded.ts'
import { connectCounters } from '../limits/counter-store.ts'
import { type GatewayParts, serveGateway } from '../serve.ts'

/** A gateway and services behind it, all on real sockets, for the tests of this part. */

export const tenantId = '0198c0de-0000-4000-8000-000000000001'
const keys = generateKeyPairSync('ec', { namedCurve: 'P-256' })
const trust = { issuer: 'https://issuer.test', audience: 'api.test' }

export const tokenFor = (changes: Partial<TokenRequest> = {}): string =>
  signAccessToken({
    ...trust,
    privateKey: keys.privateKey,
    subject: 'ann',
    tenantId,
    roles: ['owner'],
    expiresInSeconds: 60,
    ...changes,
  })

export const bearer = (changes: Partial<TokenRequest> = {}) => ({ Authorization: `Bearer ${tokenFor(changes)}` })

export const route = (changes: Partial<PolicyRoute> = {}): PolicyRoute => ({
  prefix: '/v1',
  methods: [],
  service: 'things',
  rewrite: null,
  maxBodyBytes: 1_000_000,
  timeoutMs: 5_000,
  limits: [],
  request: { headers: [], body: [] },
  answer: { headers: [], body: [] },
  ...changes,
})

export const policy = (changes: Partial<RoutePolicy> = {}): RoutePolicy => ({
  routes: [route()],
  limits: [],
  plans: [],
  corsOrigins: [],
  ...changes,
})

export const silent = createLog({ write: () => {} }, 'silent')

const closers: (() => unknown)[] = []
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close()
})
export const closeAfterwards = (close: () => unknown) => closers.push(close)

export type Backend = {
  readonly url: URL
  readonly server: Server
  readonly seen: IncomingMessage[]
  readonly close: () => Promise<void>
}

/** A service on a port of its own. Whether it is ready, it says unless `answer` does. */
export async function backend(answer: RequestListener, port = 0): Promise<Backend> {
  const seen: IncomingMessage[] = []
  const server = createServer((request, response) => {
    if (request.url === '/readyz') return void response.end('{}')
    seen.push(request)
    answer(request, response)
  })
  await new Promise<void>((listening) => server.listen(port, '127.0.0.1', listening))
  const url = new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}`)
  const close = () =>
    new Promise<void>((closed) => {
      server.close(() => closed())
      server.closeAllConnections()
    })
  closeAfterwards(close)
  return { url, server, seen, close }
}

/** Answers with what it was asked, as JSON. */
export const echo = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
  const { method, url, headers } = request
  const body = await text(request)
  response.writeHead(200, { 'Content-Type': 'application/json' })
  response.end(JSON.stringify({ method, url, headers, body }))
}

type Options = Partial<Pick<GatewayParts, 'certificate'>> & {
  readonly policy?: RoutePolicy
  readonly upstreams?: Readonly<Record<string, readonly URL[]>>
  readonly trusted?: readonly string[]
  readonly counters?: Redis
}

export type World = Serving & {
  readonly ask: (path: string, init?: RequestInit) => Promise<Response>
  /** Publishes another policy. */
  readonly publish: (next: RoutePolicy) => void
}

export async function gateway(options: Options): Promise<World> {
  const counters = options.counters ?? awayCounters()
  let active = activate(options.policy ?? policy(), counters, silent)
  const serving = await serveGateway({
    host: '127.0.0.1',
    port: 0,
    upstreams: new Map(Object.entries(options.upstreams ?? {})),
    trusted: trustedProxies(options.trusted ?? ['none']),
    originDigest: (address) => `digest-of-${address}`,
    authenticate: authentication({ ...trust, keyOf: fixedKeys(keys.publicKey) }),
    policy: () => active,
    certificate: options.certificate ?? null,
    log: silent,
  })
  let stopped: Promise<void> | null = null
  const stop = () => {
    stopped ??= serving()
    return stopped
  }
  closeAfterwards(stop)
  return Object.assign(stop, {
    url: serving.url,
    ask: (path: string, init?: RequestInit) => fetch(serving.url + path, init),
    publish: (next: RoutePolicy) => {
      active = activate(next, counters, silent)
    },
  })
}

/** A store for counters that nobody answers at. */
export function awayCounters(): Redis {
  const counters = connectCounters('redis://127.0.0.1:1')
  closeAfterwards(() => counters.disconnect())
  return counters
}

/** What a server answers to these bytes until it closes the connection, or until `isEnough`. */
export function raw(url: string, bytes: string, isEnough: (answer: string) => boolean = () => false): Promise<string> {
  const { hostname, port } = new URL(url)
  return new Promise((resolve, reject) => {
    let answer = ''
    const socket = connect(Number(port), hostname, () => socket.write(bytes))
    socket.setEncoding('latin1')
    socket.on('data', (chunk: string) => {
      answer += chunk
      if (isEnough(answer)) socket.destroy()
    })
    socket.on('error', reject)
    socket.on('close', () => resolve(answer))
  })
}

export async function until(isTrue: () => boolean | Promise<boolean>, withinMs = 10_000): Promise<void> {
  const end = Date.now() + withinMs
  while (!(await isTrue())) {
    if (Date.now() > end) throw new Error(`not so within ${withinMs} ms: ${isTrue}`)
    await new Promise((resolve) => setTimeout(resolve, 10))
  }
}
