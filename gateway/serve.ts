import { createServer as createHttpServer } from 'node:http'
import { createServer as createHttpsServer } from 'node:https'
import type { BlockList } from 'node:net'
import type { Duplex } from 'node:stream'
import { type Authenticate, answerUnreadable, closeSoon, listen, type Serving } from '@bizosaas/http'
import { createHealth, exposeHealth, type Log } from '@bizosaas/runtime'
import type { OriginDigest } from '@bizosaas/sealed'
import type { ActivePolicy } from './active-policy.ts'
import { sender } from './attempt.ts'
import { publishedDocument } from './docs/published.ts'
import { type Gateway, handlerOf } from './handler.ts'
import { watchInstances } from './instances.ts'
import { ownPages } from './pages.ts'
import { type CertificateFiles, followCertificate, readCertificate } from './tls.ts'
import { upgraderOf } from './upgrade.ts'

export type GatewayParts = {
  readonly host: string
  readonly port: number
  readonly upstreams: ReadonlyMap<string, readonly URL[]>
  readonly trusted: BlockList
  readonly originDigest: OriginDigest
  readonly authenticate: Authenticate
  /** @throws Problem while none is known */
  readonly policy: () => ActivePolicy
  /** Null for plain HTTP. */
  readonly certificate: CertificateFiles | null
  readonly log: Log
}

const name = 'gateway'
/** As the services have it. An event stream beats every 15 s, so a minute of silence is a client that does not read. */
const times = { requestTimeout: 30_000, headersTimeout: 10_000, keepAliveTimeout: 65_000, requireHostHeader: false }
const silentMs = 60_000

/**
 * Listens and forwards until it is stopped. Stopping refuses new requests (503), ends event streams and WebSockets, lets
 * requests in flight finish for at most 10 s, and then closes what is left.
 *
 * @throws CannotStart when its port is taken or its certificate is not usable
 */
export async function serveGateway(parts: GatewayParts): Promise<Serving> {
  const { host, port, upstreams, trusted, originDigest, authenticate, policy, certificate, log } = parts
  const tls = certificate === null ? null : readCertificate(certificate)
  const instances = watchInstances(upstreams, sender(), log)
  const health = createHealth((check, reason) => log.warn({ check, reason }, 'not ready'))
  health.add('instances', instances.check)
  health.add('policy', async () => policy())
  const state = { stopping: false }
  const gateway: Gateway = {
    log,
    policy,
    instances,
    identify: (request) =>
      request.headers.authorization === undefined ? Promise.resolve(null) : authenticate(request).catch(() => null),
    trusted,
    originDigest,
    own: ownPages(health, publishedDocument(upstreams, policy)),
    endStreams: new Set(),
    isStopping: () => state.stopping,
  }
  const sockets = new Set<Duplex>()
  const handler = handlerOf(gateway)
  const server = tls === null ? createHttpServer(times, handler) : createHttpsServer({ ...times, ...tls }, handler)
  server.setTimeout(silentMs)
  server.on('clientError', answerUnreadable)
  // An expectation that is not known may be ignored; one that is holds the body back until the request is admitted.
  server.on('checkExpectation', handler)
  server.on('checkContinue', handler)
  server.on('upgrade', upgraderOf(gateway, sockets))

  try {
    const url = await listen(server, { name, host, port, portSetting: 'GATEWAY_PORT' }, tls === null ? 'http' : 'https')
    log.info({ url }, 'listening')
    const unfollow =
      certificate === null || !('setSecureContext' in server) ? null : followCertificate(server, certificate, log)
    const conceal = exposeHealth(name, health.report)
    const stop = async () => {
      state.stopping = true
      conceal()
      const closed = closeSoon(server)
      for (const end of gateway.endStreams) end()
      for (const socket of sockets) socket.end()
      await closed
      for (const socket of sockets) socket.destroy()
      unfollow?.()
      instances.stop()
    }
    return Object.assign(stop, { url })
  } catch (error) {
    instances.stop()
    throw error
  }
}
