/** A cable to a part that can be cut, pulled, slowed down, and made to lose the answers on their way back. */
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'

type Link = { readonly near: Socket; readonly far: Socket; swallowing: boolean }

export type Cable = {
  readonly port: number
  /** Breaks every connection; new ones are made at once. */
  readonly cut: () => void
  /** Breaks every connection and refuses new ones until it is plugged in. */
  readonly pull: () => void
  readonly plugIn: () => void
  /** Holds back every piece of data by so long, in both directions; 0 is as fast as it goes. */
  readonly slow: (delayMs: number) => void
  /** From now on lets requests pass and drops what comes back, on the connections that are open. */
  readonly swallow: () => void
  /** Breaks the connections whose answers were dropped. */
  readonly breakSwallowed: () => void
  readonly close: () => Promise<void>
}

/** @param port of the part, on this machine */
export const layCable = async (port: number): Promise<Cable> => {
  const links = new Set<Link>()
  let plugged = true
  let delayMs = 0

  const carry = (from: Socket, to: Socket, isLost: () => boolean): void => {
    from.on('data', (chunk) => {
      if (isLost()) return
      const forward = () => {
        if (to.destroyed) return
        if (to.write(chunk)) from.resume()
        else to.once('drain', () => from.resume())
      }
      // One piece at a time, so that none overtakes another.
      from.pause()
      if (delayMs > 0) setTimeout(forward, delayMs)
      else forward()
    })
    from.on('end', () => setTimeout(() => to.end(), delayMs))
  }

  const server = createServer({ allowHalfOpen: true, noDelay: true }, (near) => {
    near.on('error', () => {})
    if (!plugged) return near.resetAndDestroy()
    const far = connect({ port, host: '127.0.0.1', allowHalfOpen: true, noDelay: true })
    far.on('error', () => {})
    const link: Link = { near, far, swallowing: false }
    links.add(link)
    carry(near, far, () => false)
    carry(far, near, () => link.swallowing)
    near.on('close', () => far.destroy())
    far.on('close', (hadError) => {
      links.delete(link)
      if (hadError) near.resetAndDestroy()
      else near.destroySoon()
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))

  const breakThose = (which: (link: Link) => boolean): void => {
    for (const link of [...links].filter(which)) {
      link.far.destroy()
      link.near.resetAndDestroy()
    }
  }
  return {
    port: (server.address() as AddressInfo).port,
    cut: () => breakThose(() => true),
    pull: () => {
      plugged = false
      breakThose(() => true)
    },
    plugIn: () => {
      plugged = true
    },
    slow: (ms) => {
      delayMs = ms
    },
    swallow: () => {
      for (const link of links) link.swallowing = true
    },
    breakSwallowed: () => breakThose(({ swallowing }) => swallowing),
    close: () => {
      breakThose(() => true)
      return new Promise((resolve) => server.close(() => resolve()))
    },
  }
}
