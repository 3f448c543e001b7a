import { createHash } from 'node:crypto'
import { createServer } from 'node:net'

/**
 * One supervisor per data folder. The lock is a socket of Linux's abstract namespace: it belongs to the process and is gone with it,
 * however it ends, so it is never stale.
 *
 * @returns what releases it, or null when another process holds it
 */
export function lock(mark: string): Promise<(() => void) | null> {
  const name = `\0bizosaas-${createHash('sha256').update(mark).digest('hex').slice(0, 32)}`
  return new Promise((resolve, reject) => {
    const server = createServer((socket) => socket.destroy())
    server.once('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'EADDRINUSE') resolve(null)
      else reject(error)
    })
    server.listen({ path: name }, () => {
      server.unref()
      resolve(() => server.close())
    })
  })
}
