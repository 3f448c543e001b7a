import { type AddressInfo, connect, createServer, type Socket } from 'node:net'

/** A cable to a server, which can be pulled: connections break and new ones are refused until it is plugged in again. */
export async function cableTo(url: string) {
  const target = new URL(url)
  const open = new Set<Socket>()
  let plugged = true
  const server = createServer((near) => {
    if (!plugged) return near.destroy()
    const far = connect(Number(target.port), target.hostname)
    for (const [socket, other] of [
      [near, far],
      [far, near],
    ] as const) {
      open.add(socket)
      socket.on('error', () => {})
      socket.on('close', () => {
        open.delete(socket)
        other.destroy()
      })
      socket.pipe(other)
    }
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const through = new URL(url)
  through.host = `127.0.0.1:${(server.address() as AddressInfo).port}`

  const pull = (): void => {
    plugged = false
    for (const socket of open) socket.destroy()
  }
  return {
    url: through.href,
    pull,
    plugIn: () => {
      plugged = true
    },
    close: () => {
      pull()
      return new Promise<void>((resolve) => server.close(() => resolve()))
    },
  }
}
