/**
 * As little of an HTTP client as there can be, because it shares the machine's cores with what it measures: one connection
 * that is kept alive, one request under way, answers that say their length.
 */
import { connect, type Socket } from 'node:net'

export type Connection = {
  /** Sends a whole request as text and answers its status. @throws when the connection ends before the answer did */
  readonly send: (request: string) => Promise<number>
  readonly close: () => void
}

export const openConnection = async (url: URL): Promise<Connection> => {
  const socket = await connected(url)
  let received = ''
  let answered: (status: number) => void = () => {}
  let failed: (error: Error) => void = () => {}
  socket.setEncoding('latin1')
  socket.on('data', (chunk: string) => {
    received += chunk
    const status = statusIfWhole(received)
    if (status === null) return
    received = ''
    answered(status)
  })
  socket.on('error', (error) => failed(error))
  socket.on('close', () => failed(new Error(`${url.host} closed the connection after ${JSON.stringify(received)}`)))
  return {
    send: (request) =>
      new Promise((resolve, reject) => {
        answered = resolve
        failed = reject
        socket.write(request)
      }),
    close: () => socket.destroy(),
  }
}

const connected = (url: URL): Promise<Socket> =>
  new Promise((resolve, reject) => {
    const socket = connect({ host: url.hostname, port: Number(url.port), noDelay: true })
    socket.once('error', reject)
    socket.once('connect', () => {
      socket.off('error', reject)
      resolve(socket)
    })
  })

const endOfHead = '\r\n\r\n'

/** In latin1 a letter is a byte. */
const statusIfWhole = (received: string): number | null => {
  const head = received.indexOf(endOfHead)
  if (head < 0) return null
  const status = Number(received.slice(9, 12))
  if (status === 204) return status
  const length = /\r\ncontent-length: (\d+)/i.exec(received.slice(0, head))?.[1]
  if (length === undefined) throw new Error(`An answer without a length: ${received.slice(0, head)}`)
  return received.length < head + endOfHead.length + Number(length) ? null : status
}
