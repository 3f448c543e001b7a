import type { Agent, IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http'
import type { Readable } from 'node:stream'
import { createProxyServer, type ProxyServer } from 'http-proxy-3'

/** One request on its way to one instance. */
export type Attempt = {
  readonly request: IncomingMessage
  readonly response: ServerResponse
  /** What is sent to the instance in place of the request's own body. */
  readonly body: Readable | null
  readonly path: string
  readonly timeoutMs: number
}

/** What became of an attempt that brought no answer. */
export class NoAnswer extends Error {
  /**
   * `refused`: the instance got nothing of it. `stale`: a connection that was kept open turned out to be closed just when it
   * was used. `broken`: it broke off after it was sent. `late`: nothing came in time. `left`: the client has gone.
   */
  readonly what: 'refused' | 'stale' | 'broken' | 'late' | 'left'

  constructor(what: NoAnswer['what'], cause?: unknown) {
    super(what, { cause })
    this.what = what
  }
}

/** Resolves with the head of the answer; its body is still to be read. @throws NoAnswer */
export type SendTo = (url: URL, agent: Agent, attempt: Attempt) => Promise<IncomingMessage>

const connectWithinMs = 2_000
const neverReached = new Set([
  'ECONNREFUSED',
  'ECONNECT_TIMEOUT',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
])

type Pending = {
  answered: (answer: IncomingMessage) => void
  upstream: { destroy: () => unknown; reusedSocket?: boolean } | null
}

/** Forwards over http-proxy-3. The answer is handed back instead of being written, so that its caller decides what is sent on. */
export function sender(): SendTo {
  const pending = new WeakMap<IncomingMessage, Pending>()
  const proxy = createProxyServer({ selfHandleResponse: true, toProxy: true, connectTimeout: connectWithinMs })
  proxy.on('proxyReq', (upstream, request) => {
    const one = pending.get(request)
    if (one !== undefined) one.upstream = upstream
  })
  proxy.on('proxyRes', (answer, request) => pending.get(request)?.answered(answer))
  return (url, agent, attempt) => send(proxy, pending, url, agent, attempt)
}

function send(
  proxy: ProxyServer,
  pending: WeakMap<IncomingMessage, Pending>,
  target: URL,
  agent: Agent,
  { request, response, body, path, timeoutMs }: Attempt,
): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    let timer: NodeJS.Timeout | undefined
    const settle = (outcome: () => void) => {
      clearTimeout(timer)
      request.off('end', startClock)
      response.off('close', left)
      outcome()
    }
    const giveUp = (reason: unknown) => {
      settle(() => reject(reason))
      one.upstream?.destroy()
    }
    const one: Pending = { answered: (answer) => settle(() => resolve(answer)), upstream: null }
    const left = () => giveUp(new NoAnswer('left'))
    const startClock = () => {
      timer = setTimeout(() => giveUp(new NoAnswer('late')), timeoutMs)
    }
    pending.set(request, one)
    response.once('close', left)
    body?.once('error', giveUp)
    if (hasNoBody(request) || request.readableEnded) startClock()
    else request.once('end', startClock)

    request.url = path
    proxy.web(request, response, { target, agent, ...(body === null ? {} : { buffer: body }) }, (error) => {
      settle(() => reject(new NoAnswer(kindOf(error, one), error)))
    })
  })
}

function kindOf(error: NodeJS.ErrnoException, { upstream }: Pending): NoAnswer['what'] {
  if (neverReached.has(error.code ?? '')) return 'refused'
  return error.code === 'ECONNRESET' && upstream?.reusedSocket === true ? 'stale' : 'broken'
}

export const hasNoBody = ({ headers }: { headers: IncomingHttpHeaders }): boolean =>
  headers['transfer-encoding'] === undefined && (headers['content-length'] ?? '0') === '0'
