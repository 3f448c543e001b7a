/**
 * What subscriptions share. A subscription never holds events back in memory: it remembers how far it is, reads on from
 * the file, and sleeps until a commit when there is nothing more. So a slow client is simply behind, whatever it misses is
 * in the file, and live and catching up are the same code.
 */
import { randomUUID } from 'node:crypto'
import type { Store } from '../store/store.ts'
import type { Outbox } from './outbox.ts'

export type Live = {
  /** Resolves at the first commit since the last call, or when the client hangs up. */
  readonly nextCommit: () => Promise<void>
  readonly stop: () => void
}

/** Listens for commits from now on. */
export const listen = (store: Store, outbox: Outbox): Live => {
  let rung = false
  let wake: (() => void) | null = null
  const ring = (): void => {
    rung = true
    wake?.()
  }
  const stopListening = store.onCommit(ring)
  outbox.onGone(ring)
  return {
    nextCommit: async () => {
      if (!rung && !outbox.isGone())
        await new Promise<void>((resolve) => {
          wake = resolve
        })
      rung = false
      wake = null
    },
    stop: stopListening,
  }
}

/** The first message of every subscription. */
export const confirmation = (): object => ({ confirmation: { subscriptionId: randomUUID() } })

/** The message that says when something was true. */
export const timestamp = (): object => {
  const now = Date.now()
  return { seconds: Math.trunc(now / 1000), nanos: (now % 1000) * 1_000_000 }
}
