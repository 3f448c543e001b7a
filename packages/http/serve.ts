import { createServer } from 'node:http'
import { exposeHealth, log as processLog, type Stop } from '@bizosaas/runtime'
import { application } from './application.ts'
import type { EventStream } from './event-stream.ts'
import { answerUnreadable, closeSoon, listen } from './listen.ts'
import { type Capacity, room } from './room.ts'
import type { Service } from './service.ts'

/** A running server: stop it by calling it. */
export type Serving = Stop & { readonly url: string }

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
  const url = await listen(server, service)
  log.info({ url }, 'listening')
  const conceal = exposeHealth(service.name, service.health.report)

  const stop = async () => {
    state.stopping = true
    conceal()
    const closed = closeSoon(server)
    for (const stream of streams) stream.end()
    await closed
  }
  return Object.assign(stop, { url })
}
