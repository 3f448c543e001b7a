import { connect } from 'node:net'

/**
 * Writes bytes to a server as they are, and reads until it closes the connection or one whole answer is there. For what
 * no HTTP client would send.
 *
 * @returns status, head and body of the first answer; status 0 when the connection was closed without one
 */
export function sendRaw(url: string, bytes: Buffer | string): Promise<{ status: number; head: string; body: string }> {
  const { hostname, port } = new URL(url)
  return new Promise((resolve, reject) => {
    const socket = connect(Number(port), hostname)
    let received = ''
    const finish = () => {
      socket.destroy()
      const [head = '', body = ''] = received.split('\r\n\r\n', 2)
      resolve({ status: Number(/^HTTP\/1\.1 (\d{3})/.exec(head)?.[1] ?? 0), head, body })
    }
    socket.setTimeout(5_000, () => reject(new Error(`no answer to ${bytes.toString('latin1').slice(0, 100)}`)))
    // A server that refuses early resets the connection while the rest is still being written.
    socket.on('error', finish)
    socket.on('close', finish)
    socket.on('data', (chunk) => {
      received += chunk.toString('latin1')
      if (isWhole(received)) finish()
    })
    socket.end(bytes)
  })
}

function isWhole(received: string): boolean {
  const end = received.indexOf('\r\n\r\n')
  const length = /^content-length: (\d+)/im.exec(received)?.[1]
  return end >= 0 && length !== undefined && received.length >= end + 4 + Number(length)
}
