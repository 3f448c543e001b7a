import { type Server as HttpServer, STATUS_CODES } from 'node:http'
import type { Server as HttpsServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import type { Duplex } from 'node:stream'
import { CannotStart } from '@bizosaas/runtime'
import { Problem } from './problem.ts'

type Server = HttpServer | HttpsServer

type Listening = { readonly name: string; readonly host: string; readonly port: number; readonly portSetting?: string }

const finishWithinMs = 10_000

/**
 * @returns the address that it listens on
 * @throws CannotStart when the port is taken or the host is not one of this machine
 */
export function listen(
  server: Server,
  { name, host, port, portSetting = 'its port' }: Listening,
  scheme: 'http' | 'https' = 'http',
): Promise<string> {
  return new Promise((resolve, reject) => {
    server.once('error', (cause: NodeJS.ErrnoException) => {
      const messages: Record<string, string> = {
        EADDRINUSE: `${name} cannot listen on ${host}:${port}, the port is taken: stop what uses it, or set ${portSetting} to a free one.`,
        EACCES: `${name} may not listen on ${host}:${port}: set ${portSetting} to a port above 1023.`,
      }
      const other = `${name} cannot listen on ${host}:${port} (${cause.code}): set HOST to an address of this machine.`
      reject(new CannotStart(messages[cause.code ?? ''] ?? other, { cause }))
    })
    server.listen(port, host, () => {
      server.removeAllListeners('error')
      const { port: taken } = server.address() as AddressInfo
      resolve(`${scheme}://${host.includes(':') ? `[${host}]` : host}:${taken}`)
    })
  })
}

/** Takes no new connection, lets what is in hand finish for at most 10 s, and then closes what is left. */
export async function closeSoon(server: Server): Promise<void> {
  const closed = new Promise((resolve) => server.close(resolve))
  // Node closes what is idle when it stops listening; connections whose answer comes later are for us to close.
  const sweep = setInterval(() => server.closeIdleConnections(), 20)
  const limit = setTimeout(() => server.closeAllConnections(), finishWithinMs)
  await closed
  clearInterval(sweep)
  clearTimeout(limit)
}

/** What Node could not read as HTTP never becomes a request; it is answered on the bare connection. */
export function answerUnreadable(error: NodeJS.ErrnoException, socket: Duplex): void {
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
