import { once } from 'node:events'
import { expect, test } from '@jest/globals'
import { WebSocket, WebSocketServer } from 'ws'
import { backend, echo, gateway, policy, route } from './spec-support/world.ts'

const world = async () => {
  const service = await backend(echo)
  const sockets = new WebSocketServer({ server: service.server })
  sockets.on('connection', (socket, { url, headers }) => {
    socket.send(JSON.stringify({ url, from: headers['x-forwarded-for'] }))
    socket.on('message', (data, isBinary) => socket.send(data, { binary: isBinary }))
  })
  const there = await gateway({
    upstreams: { things: [service.url], away: [new URL('http://127.0.0.1:1')] },
    policy: policy({ routes: [route(), route({ prefix: '/away', service: 'away' })] }),
  })
  const open = (path: string) => new WebSocket(there.url.replace('http', 'ws') + path)
  return { there, sockets, open }
}
const refusalOf = async (socket: WebSocket) => {
  const [, answer] = await once(socket, 'unexpected-response')
  return [answer.statusCode, answer.headers['content-type']]
}

test('a WebSocket carries messages both ways until either side ends it', async () => {
  const { open, sockets } = await world()
  const client = open('/v1/live?a=1')
  const next = async () => String((await once(client, 'message'))[0])
  expect(JSON.parse(await next())).toEqual({ url: '/v1/live?a=1', from: '127.0.0.1' })
  for (const word of ['one', 'x'.repeat(200_000)]) {
    client.send(word)
    expect(await next()).toBe(word)
  }
  const [server] = sockets.clients
  client.close(4001, 'enough')
  expect((await once(server as WebSocket, 'close'))[0]).toBe(4001)
})

test('a WebSocket without a route, or without an instance, is refused by a problem', async () => {
  const { open } = await world()
  expect(await refusalOf(open('/v3'))).toEqual([404, 'application/problem+json'])
  expect(await refusalOf(open('/away'))).toEqual([expect.any(Number), 'application/problem+json'])
})

test('a stop ends the WebSockets that are open', async () => {
  const { there, open } = await world()
  const client = open('/v1')
  await once(client, 'message')
  const closed = once(client, 'close')
  await there()
  await closed
})
