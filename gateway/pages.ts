import type { IncomingMessage, ServerResponse } from 'node:http'
import { BlockList } from 'node:net'
import { notFound, serviceRoutes } from '@bizosaas/http'
import type { Health } from '@bizosaas/runtime'
import express from 'express'
import { isTrusted } from './forwarded.ts'

const nearby = new BlockList()
for (const [network, bits] of [
  ['127.0.0.0', 8],
  ['10.0.0.0', 8],
  ['172.16.0.0', 12],
  ['192.168.0.0', 16],
] as const)
  nearby.addSubnet(network, bits, 'ipv4')
nearby.addSubnet('::1', 128, 'ipv6')
nearby.addSubnet('fc00::', 7, 'ipv6')

/** What the gateway answers itself: its health, its figures, and the documentation of everything that is published. */
export function ownPages(health: Health, description: () => Promise<string>) {
  const app = express()
  app.disable('x-powered-by')
  app.disable('etag')
  app.use('/metrics', (request, _, next) => {
    // This port may be open to the internet: how the system fares is for those who collect it from beside.
    const peer = request.socket.remoteAddress?.replace(/^::ffff:/, '') ?? ''
    if (request.headers['x-forwarded-for'] !== undefined || !isTrusted(nearby, peer)) throw notFound('Not from here.')
    next()
  })
  app.use(serviceRoutes({ title: 'BizOSaaS', health, description }))
  return (request: IncomingMessage, response: ServerResponse, next: (error?: unknown) => void) => {
    app(request as express.Request, response as express.Response, next)
  }
}
