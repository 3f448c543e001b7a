import { type IncomingMessage, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import { answerWithProblem, exchangeOf, observe, Problem, tryAgain } from '@bizosaas/http'
import { createProxyServer } from 'http-proxy-3'
import { noInstance } from './forward.ts'
import { admit, type Gateway, removeUntrusted } from './handler.ts'
import { targetOf } from './route-table.ts'

export type UpgradeListener = (request: IncomingMessage, socket: Duplex, head: Buffer) => void

/**
 * Passes WebSockets through (RFC 6455): admitted like any request, and from then on bytes in both directions until either side
 * ends.
 */
export function upgraderOf(gateway: Gateway, open: Set<Duplex>): UpgradeListener {
  const proxy = createProxyServer({ toProxy: true, connectTimeout: 2_000 })

  const pass = async (request: IncomingMessage, response: ServerResponse, socket: Duplex, head: Buffer) => {
    if (gateway.isStopping()) throw tryAgain('stopping', 'The gateway is stopping.')
    if (request.headers.upgrade?.toLowerCase() !== 'websocket' || request.method !== 'GET')
      throw new Problem('malformed-request', 'The only protocol to change to is WebSocket, by GET.')
    const { route, origin } = await admit(gateway, gateway.policy(), request, response)
    const instance = gateway.instances.choose(route.service, new Set())
    if (instance === null) throw noInstance(route.service)
    const { requestId, traceparent } = exchangeOf(response)
    removeUntrusted(request)
    Object.assign(request.headers, origin.headers, { 'x-request-id': requestId, traceparent })
    request.url = targetOf(route, request.url ?? '/')
    open.add(socket)
    socket.once('close', () => open.delete(socket))
    response.detachSocket(socket as Socket)
    proxy.ws(request, socket as Socket, head, { target: instance.url }, (error) => {
      if ((socket as Socket).bytesWritten > 0 || !socket.writable) return
      refuse(response, socket, new Problem('bad-gateway', `${route.service} could not be reached.`, { cause: error }))
    })
  }

  return (request, socket, head) => {
    const response = new ServerResponse(request)
    response.assignSocket(socket as Socket)
    observe('gateway', gateway.log, request, response)
    socket.on('error', () => socket.destroy())
    pass(request, response, socket, head).catch((error: unknown) => refuse(response, socket, error))
  }
}

function refuse(response: ServerResponse, socket: Duplex, error: unknown): void {
  if (response.socket === null) response.assignSocket(socket as Socket)
  response.setHeader('Connection', 'close')
  response.once('finish', () => socket.end())
  answerWithProblem(response, error)
}
