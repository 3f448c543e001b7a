import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createHealth, createLog } from '@bizosaas/runtime'
import { afterEach, describe, expect, test } from '@jest/globals'
import { Type } from 'typebox'
import { application } from './application.ts'
import { authentication } from './auth.ts'
import { fixedKeys } from './key-source.ts'
import { room } from './room.ts'
import { get } from './route.ts'
import { serve } from './serve.ts'
import type { Service } from './service.ts'
import { audience, bearer, issuer, keys, startService, stopped, type TestService } from './spec-support/service.ts'

let service: TestService | null = null
afterEach(() => service?.serving())

const second: Omit<Service, 'port'> = {
  name: 'second',
  title: 'Second',
  version: '1',
  host: '127.0.0.1',
  portSetting: 'SECOND_PORT',
  routes: [],
  auth: authentication({ issuer, audience, keyOf: fixedKeys(keys.publicKey) }),
  health: createHealth(() => {}),
}

/** A route that answers when it is told to. */
function slowRoute() {
  const begun = Promise.withResolvers<void>()
  const answer = Promise.withResolvers<null>()
  const route = get('/v1/slow', {
    may: 'campaign:read',
    summary: 'Wait',
    answer: Type.Null(),
    run: () => {
      begun.resolve()
      return answer.promise
    },
  })
  return { route, begun: begun.promise, answer: () => answer.resolve(null) }
}

const ask = (path: string) => fetch(service?.serving.url + path, { headers: bearer() })

describe('stopping', () => {
  test('lets a request in flight finish, and takes no new connection', async () => {
    const slow = slowRoute()
    service = await startService([slow.route])
    const inFlight = ask('/v1/slow')
    await slow.begun
    const done = service.serving()
    await expect(ask('/livez')).rejects.toThrow()
    slow.answer()
    expect((await inFlight).status).toBe(200)
    await done
  })

  test('answers what still arrives on an open connection with 503, and closes the connection', async () => {
    const log = createLog({ write: () => {} }, 'silent')
    const app = application(
      { ...second, port: 0, log },
      { room: room({ requests: 1, bytes: 0 }), streams: new Set(), mostStreams: 0 },
      { stopping: true },
    )
    const server = createServer(app)
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const { port } = server.address() as AddressInfo
    const response = await fetch(`http://127.0.0.1:${port}/v1/widgets`)
    expect(await response.json()).toMatchObject({ type: '/problems/stopping', status: 503 })
    expect(response.headers.get('connection')).toBe('close')
    expect(response.headers.get('retry-after')).toBe('1')
    await new Promise((resolve) => server.close(resolve))
  })

  test('ends event streams and tells their sources', async () => {
    service = await startService()
    const before = stopped.count
    const response = await ask('/v1/stream')
    const done = service.serving()
    expect(await response.text()).toBe(': open\n\nid: 1\nevent: moved\ndata: {"position":1}\n\n')
    await done
    expect(stopped.count).toBe(before + 1)
  })
})

test('a taken port is one sentence that names the setting', async () => {
  service = await startService()
  const port = Number(new URL(service.serving.url).port)
  const taken = serve({ ...second, port })
  await expect(taken).rejects.toThrow(
    `second cannot listen on 127.0.0.1:${port}, the port is taken: stop what uses it, or set SECOND_PORT to a free one.`,
  )
})
