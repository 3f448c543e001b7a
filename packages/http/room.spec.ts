import { connect, type Socket } from 'node:net'
import { createHealth, createLog } from '@bizosaas/runtime'
import { afterEach, beforeEach, expect, test } from '@jest/globals'
import { Type } from 'typebox'
import { authentication } from './auth.ts'
import { fixedKeys } from './key-source.ts'
import { events, get, post } from './route.ts'
import { type Serving, serve } from './serve.ts'
import { audience, bearer, issuer, keys } from './spec-support/service.ts'

const mebibyte = 1024 * 1024
const limits = { requests: 4, bytes: 2 * mebibyte, streams: 3, silentMs: 30_000 }

let serving: Serving
let serveWith: (silentMs: number) => Promise<Serving>
/** Routes that hold their requests until they are let go, as a slow store does. */
let begun: number
let letGo: () => void

beforeEach(async () => {
  begun = 0
  const { promise, resolve } = Promise.withResolvers<null>()
  letGo = () => resolve(null)
  const may = 'campaign:read'
  const run = () => {
    begun++
    return promise
  }
  const held = { may, summary: 'Wait', answer: Type.Null(), run } as const
  const routes = [
    get('/v1/slow', held),
    post('/v1/slow', { ...held, body: Type.Object({ text: Type.String() }), limit: 3 * mebibyte }),
    get('/v1/large', { may, summary: 'Read much', answer: Type.String(), run: () => 'x'.repeat(32 * mebibyte) }),
    events('/v1/stream', { may, summary: 'Follow', run: () => () => {} }),
  ]
  const service = {
    name: 'small',
    title: 'Small',
    version: '1',
    host: '127.0.0.1',
    port: 0,
    routes,
    auth: authentication({ issuer, audience, keyOf: fixedKeys(keys.publicKey) }),
    health: createHealth(() => {}),
    log: createLog({ write: () => {} }, 'silent'),
  }
  serveWith = (silentMs) => serve(service, { ...limits, silentMs })
  serving = await serveWith(limits.silentMs)
})
afterEach(async () => {
  letGo()
  await serving()
})

const ask = (path: string, init: RequestInit = {}) =>
  fetch(serving.url + path, { ...init, headers: { ...bearer(), ...init.headers } })
const send = (bytes: number, headers = {}) =>
  ask('/v1/slow', {
    method: 'POST',
    body: JSON.stringify({ text: 'x'.repeat(bytes) }),
    headers: { 'content-type': 'application/json', ...headers },
  })
const refused = (answers: readonly Response[]) => answers.filter(({ status }) => status === 503)
const untilBegun = async (count: number) => {
  while (begun < count) await new Promise((resolve) => setTimeout(resolve, 5))
}

test('while a store is slow no more requests are taken in than there is room for, and the others are told to come again', async () => {
  const first = Array.from({ length: limits.requests }, () => ask('/v1/slow'))
  await untilBegun(limits.requests)
  const more = await Promise.all(Array.from({ length: 200 }, () => ask('/v1/slow')))
  expect(refused(more)).toHaveLength(200)
  const [answer] = more
  expect(answer?.headers.get('retry-after')).toBe('1')
  expect(await answer?.json()).toMatchObject({ type: '/problems/busy', status: 503 })
  expect(begun).toBe(limits.requests)
  letGo()
  for (const each of await Promise.all(first)) expect(each.status).toBe(200)
  expect((await ask('/v1/slow')).status).toBe(200)
})

test('large bodies are bounded by their bytes together, also when their length is not said', async () => {
  const first = send(1.5 * mebibyte)
  await untilBegun(1)
  expect((await send(mebibyte)).status).toBe(503)
  const chunked = await ask('/v1/slow', {
    method: 'POST',
    body: new Blob([JSON.stringify({ text: 'x' })]).stream(),
    headers: { 'content-type': 'application/json' },
    duplex: 'half',
  } as RequestInit)
  expect(chunked.status).toBe(503)
  const small = send(1_000)
  await untilBegun(2)
  letGo()
  for (const each of await Promise.all([first, small])) expect(each.status).toBe(200)
})

test('a request whose client has gone is still in hand, until its store has answered', async () => {
  const leave = new AbortController()
  const gone = Array.from({ length: limits.requests }, () => ask('/v1/slow', { signal: leave.signal }))
  await untilBegun(limits.requests)
  leave.abort()
  await Promise.allSettled(gone)
  expect((await ask('/v1/slow')).status).toBe(503)
  letGo()
  while ((await ask('/v1/slow')).status !== 200) await new Promise((resolve) => setTimeout(resolve, 5))
})

test('refused requests give their room back', async () => {
  for (let n = 0; n < 3 * limits.requests; n++)
    expect((await send(10, { 'content-type': 'text/plain' })).status).toBe(415)
  letGo()
  expect((await send(10)).status).toBe(200)
})

test('no more streams are opened than there is room for', async () => {
  const leave = new AbortController()
  for (let n = 0; n < limits.streams; n++) {
    expect((await ask('/v1/stream', { signal: leave.signal })).status).toBe(200)
  }
  expect((await ask('/v1/stream')).status).toBe(503)
  leave.abort()
  for (;;) {
    const answer = await ask('/v1/stream')
    await answer.body?.cancel()
    if (answer.status === 200) break
  }
})

test('a client that never reads its answer loses its connection, and the answer is not kept', async () => {
  await serving()
  serving = await serveWith(500)
  const { hostname, port } = new URL(serving.url)
  const silent = Array.from({ length: limits.requests }, () => {
    const socket = connect(Number(port), hostname)
    socket.write(`GET /v1/large HTTP/1.1\r\nHost: x\r\nAuthorization: ${bearer().Authorization}\r\n\r\n`)
    return socket.pause()
  })
  await Promise.all(silent.map(untilReset))
  letGo()
  expect((await ask('/v1/slow')).status).toBe(200)
})

/** Who does not read learns that the connection is gone only by writing. */
const untilReset = async (socket: Socket): Promise<void> => {
  const reset = Promise.withResolvers<void>()
  socket.on('error', () => reset.resolve())
  const knock = setInterval(() => socket.write('GET'), 50)
  await reset.promise
  clearInterval(knock)
}
