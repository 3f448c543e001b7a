import { createServer, type Server, STATUS_CODES } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Duplex } from 'node:stream'
import { CannotStart, exposeHealth, log as processLog, type Stop } from '@bizosaas/runtime'
import { application } from './application.ts'
import type { EventStream } from './event-stream.ts'
import { Problem } from './problem.ts'
import { type Capacity, room } from './room.ts'
import type { Service } from './service.ts'

/** A running server: stop it by calling it. */
export type Serving = Stop & { readonly url: string }

const finishWithinMs = 10_000

/** What a service takes on at most, and after how long a connection on which nothing moves is closed. */
export type Limits = Capacity & { readonly streams: number; readonly silentMs: number }

/**
 * As many requests as a healthy service answers in a fraction of a second: with more in hand each would wait for longer than
 * its client does, and the work would be for nobody. They are small but for pages of figures, hence a bound by bytes beside
 * that by number. A request waits for its store at most 30 s, and a stream beats every 15 s: so a minute of silence is a
 * client that does not read.
 */
const usualLimits: Limits = { requests: 500, bytes: 64 * 1024 * 1024, streams: 2_000, silentMs: 60_000 }

/**
 * Serves routes over HTTP until it is stopped. Stopping refuses new requests (503), ends event streams, lets requests in
 * flight finish for at most 10 s, and then closes what is left.
 *
 * @throws CannotStart when the port is taken or the host is not one of this machine
 */
export async function serve(service: Service, limits: Limits = usualLimits): Promise<Serving> {
  const log = (service.log ?? processLog).child({ unit: service.name })
  const streams = new Set<EventStream>()
  const state = { stopping: false }
  const app = application({ ...service, log }, { room: room(limits), streams, mostStreams: limits.streams }, state)
  const server = createServer({ requestTimeout: 30_000, headersTimeout: 10_000, requireHostHeader: false }, app)
  server.setTimeout(limits.silentMs)
  server.on('clientError', answerUnreadable)
  // An expectation that is not known may be ignored (RFC 9110, section 10.1.1).
  server.on('checkExpectation', app)
  await listen(server, service)
  const { port } = server.address() as AddressInfo
  const url = `http://${service.host.includes(':') ? `[${service.host}]` : service.host}:${port}`
  log.info({ url }, 'listening')
  const conceal = exposeHealth(service.name, service.health.report)

  const stop = async () => {
    state.stopping = true
    conceal()
    const closed = new Promise((resolve) => server.close(resolve))
    for (const stream of streams) stream.end()
    // Node closes what is idle when it stops listening; connections whose answer comes later are for us to close.
    const sweep = setInterval(() => server.closeIdleConnections(), 20)
    const limit = setTimeout(() => server.closeAllConnections(), finishWithinMs)
    await closed
    clearInterval(sweep)
    clearTimeout(limit)
  }
  return Object.assign(stop, { url })
}

function listen(server: Server, { name, host, port, portSetting }: Service): Promise<void> {
  const setting = portSetting ?? 'its port'
  return new Promise((resolve, reject) => {
    server.once('error', (cause: NodeJS.ErrnoException) => {
      const messages: Record<string, string> = {
        EADDRINUSE: `${name} cannot listen on ${host}:${port}, the port is taken: stop what uses it, or set ${setting} to a free one.`,
        EACCES: `${name} may not listen on ${host}:${port}: set ${setting} to a port above 1023.`,
      }
      const other = `${name} cannot listen on ${host}:${port} (${cause.code}): set HOST to an address of this machine.`
      reject(new CannotStart(messages[cause.code ?? ''] ?? other, { cause }))
    })
    server.listen(port, host, () => {
      server.removeAllListeners('error')
      resolve()
    })
  })
}

/** What Node could not read as HTTP never becomes a request; it is answered on the bare connection. */
function answerUnreadable(error: NodeJS.ErrnoException, socket: Duplex): void {
  if (!socket.writable || error.code === 'ECONNRESET') {
    socket.destroy()
    return
  }
  const problem = unreadable(error.code)
  const body = JSON.stringify(problem.document('none'))
  socket.end(
    `HTTP/1.1 ${problem.status} ${STATUS_CODES[problem.status]}\r\nContent-Type: application/problem+json\r\n` +
      `Content-Length: ${Buffer.byteLength(body)}\r\nConnection: close\r\n\r\n${body}`,
  )
}

function unreadable(code: string | undefined): Problem {
  if (code === 'HPE_HEADER_OVERFLOW') return new Problem('headers-too-large', 'The headers are larger than 16 KiB.')
  if (code === 'ERR_HTTP_REQUEST_TIMEOUT') return new Problem('request-timeout', 'The request did not arrive in time.')
  return new Problem('malformed-request', 'This is not an HTTP/1.1 request.')
}
