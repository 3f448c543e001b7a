/** For tests and measurements of a service by itself: what the users service publishes, from a server of their own. */
import type { KeyObject } from 'node:crypto'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { keySetOf } from '../key-source.ts'

export type PublishedKeys = { readonly url: string; readonly stop: () => Promise<void> }

/** @param publicKeys asked at each request, so that they may change */
export async function publishKeys(publicKeys: () => readonly KeyObject[]): Promise<PublishedKeys> {
  const server = createServer((_, response) => {
    response.setHeader('Content-Type', 'application/json').end(JSON.stringify(keySetOf(publicKeys())))
  })
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening))
  const stop = () =>
    new Promise<void>((closed) => {
      server.close(() => closed())
      server.closeAllConnections()
    })
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/jwks`, stop }
}
