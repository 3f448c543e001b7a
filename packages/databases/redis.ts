import { log } from '@bizosaas/runtime'
import { Redis as Client } from 'ioredis'

/**
 * News for whoever listens just now. Nothing that matters is kept here: when the server is away messages are lost, nobody
 * fails, and it reconnects by itself.
 */
export type Redis = {
  /** Returns at once. */
  readonly publish: (channel: string, message: string) => void
  /** Calls `onMessage` for each message until the returned function is called. */
  readonly subscribe: (channel: string, onMessage: (message: string) => void) => () => void
  readonly close: () => void
}

/** A server that takes connections and answers nothing would have messages pile up here: what comes on top is lost. */
const mostUnanswered = 1_000

/** Connects in the background. */
export const connectRedis = (url: string): Redis => {
  const publisher = client(url, { enableOfflineQueue: false, maxRetriesPerRequest: 0 })
  let unanswered = 0
  // Its own connection, as the protocol wants it; resubscribes by itself after a reconnection.
  let subscriber: Client | null = null
  const listeners = new Map<string, Set<(message: string) => void>>()

  const subscriberOf = (): Client => {
    subscriber ??= client(url, { maxRetriesPerRequest: null }).on('message', (channel: string, message: string) => {
      for (const listener of listeners.get(channel) ?? []) listener(message)
    })
    return subscriber
  }

  return {
    publish(channel, message) {
      if (unanswered >= mostUnanswered) return
      unanswered++
      const answered = () => {
        unanswered--
      }
      publisher.publish(channel, message).then(answered, answered)
    },
    subscribe(channel, onMessage) {
      const known = listeners.get(channel)
      if (known === undefined) {
        listeners.set(channel, new Set([onMessage]))
        subscriberOf()
          .subscribe(channel)
          .catch(() => {})
      } else known.add(onMessage)
      return () => {
        const left = listeners.get(channel)
        left?.delete(onMessage)
        if (left?.size !== 0) return
        listeners.delete(channel)
        subscriber?.unsubscribe(channel).catch(() => {})
      }
    },
    close() {
      publisher.disconnect()
      subscriber?.disconnect()
    },
  }
}

const longestPauseMs = 2_000

/** Says once that the server is away, and once that it is back. */
const client = (
  url: string,
  options: { enableOfflineQueue?: boolean; maxRetriesPerRequest: number | null },
): Client => {
  let away = false
  return new Client(url, {
    ...options,
    connectTimeout: 3_000,
    retryStrategy: (attempt) => Math.min(attempt * 100, longestPauseMs),
  })
    .on('error', (error: Error) => {
      if (!away)
        log.warn({ part: 'redis', reason: error.message || String(error) }, 'not available, live updates pause')
      away = true
    })
    .on('ready', () => {
      if (away) log.info({ part: 'redis' }, 'available again')
      away = false
    })
}
