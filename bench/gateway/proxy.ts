/** The limit that the gateway is held against: http-proxy-3 alone, with connections that are kept open. */
import { Agent, createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createProxyServer } from 'http-proxy-3'
import { serveTasks } from '../lib/worker.ts'

/** Forwards to the address it is given, and answers where it listens. */
serveTasks<string, string>(
  (target) =>
    new Promise((resolve) => {
      const proxy = createProxyServer({ target, agent: new Agent({ keepAlive: true }) })
      const server = createServer((request, response) => {
        proxy.web(request, response)
      }).listen(0, '127.0.0.1', () => resolve(`http://127.0.0.1:${(server.address() as AddressInfo).port}`))
    }),
)
