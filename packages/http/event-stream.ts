import type { ServerResponse } from 'node:http'

/** Server-sent events to one client (WHATWG HTML, section 9.2). */
export type EventStream = {
  /** Sends one event; `data` is written as JSON. Does nothing once the stream has ended. */
  readonly send: (event: string, data: unknown, id?: string) => void
  readonly end: () => void
  /** Aborted when the stream has ended, whoever ended it. */
  readonly signal: AbortSignal
}

const heartbeatMs = 15_000
/** A client that leaves this much unread is dropped; it reconnects and starts from the present. */
const unreadBytesLimit = 64 * 1024

/**
 * Turns a response into a stream of events, with a comment every 15 s that keeps proxies from closing it and shows when
 * the client has gone. Slow readers are dropped, because what they do not read would pile up here.
 */
export function eventStream(response: ServerResponse): EventStream {
  const ended = new AbortController()
  response.writeHead(200, {
    'Content-Type': 'text/event-stream; charset=utf-8',
    'Cache-Control': 'no-store',
    // Tells nginx and its like not to collect the stream.
    'X-Accel-Buffering': 'no',
  })

  const write = (text: string) => {
    if (ended.signal.aborted) return
    if (response.writableLength > unreadBytesLimit) response.destroy()
    else response.write(text)
  }
  const heartbeat = setInterval(() => write(': still here\n\n'), heartbeatMs)
  response.once('close', () => {
    clearInterval(heartbeat)
    ended.abort()
  })
  write(': open\n\n')

  return {
    send: (event, data, id) => {
      write(`${id === undefined ? '' : `id: ${id}\n`}event: ${event}\ndata: ${JSON.stringify(data)}\n\n`)
    },
    end: () => {
      response.end()
    },
    signal: ended.signal,
  }
}
