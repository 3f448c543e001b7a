import { createHash } from 'node:crypto'
import { connect, createServer } from 'node:net'

/**
 * One supervisor per data folder. The lock is a socket of Linux's abstract namespace: it belongs to the process and is gone with it,
 * however it ends, so it is never stale.
 *
 * @returns what releases it, or null when another process holds it
 */
export function lock(mark: string): Promise<(() => void) | null> {
  return new Promise((resolve, reject) => {
    const server = createServer((socket) => socket.destroy())
    server.once('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'EADDRINUSE') resolve(null)
      else reject(error)
    })
    server.listen({ path: nameOf(mark) }, () => {
      server.unref()
      resolve(() => server.close())
    })
  })
}

/** Whether a process holds the lock; looks without taking it. */
export function isLocked(mark: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ path: nameOf(mark) })
    socket.on('error', () => resolve(false))
    socket.on('connect', () => {
      socket.destroy()
      resolve(true)
    })
  })
}

const nameOf = (mark: string) => `\0bizosaas-${createHash('sha256').update(mark).digest('hex').slice(0, 32)}`
