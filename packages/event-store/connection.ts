import { KurrentDBClient } from '@kurrent/kurrentdb-client'
import { StoreUnavailable } from './errors.ts'

const answerWithinMs = 5_000

/**
 * Keeps one client that has reached the store, and replaces it by a new one after a failure. The client (1.3.1) reads
 * through a second connection of its own, made at the first read; if that one attempt fails, so does every later read of
 * that client. Hence nothing is read before the store has answered, and a client that failed is not used again.
 */
export interface Connection {
  /** @throws StoreUnavailable */
  readonly client: () => Promise<KurrentDBClient>
  readonly abandon: (client: KurrentDBClient) => void
  readonly close: () => Promise<void>
}

export function connectionTo(url: string): Connection {
  let current: Promise<KurrentDBClient> | null = null
  let opened: KurrentDBClient | null = null

  const open = async () => {
    const client = KurrentDBClient.connectionString(withDiscoveryInterval(url))
    try {
      await within(answerWithinMs, probe(client))
    } catch (error) {
      current = null
      await client.dispose()
      throw new StoreUnavailable(error instanceof Error ? error.message : String(error), error)
    }
    opened = client
    return client
  }

  const abandon = (client: KurrentDBClient) => {
    if (opened !== client) return
    current = null
    opened = null
    void client.dispose()
  }

  return {
    client: () => {
      current ??= open()
      return current
    },
    abandon,
    close: async () => {
      const client = await current?.catch(() => null)
      current = null
      await client?.dispose()
    },
  }
}

/** @throws StoreUnavailable when the time is over; what was begun is left to itself */
export async function within<Result>(limitMs: number, work: Promise<Result>): Promise<Result> {
  let timer: NodeJS.Timeout | undefined
  const limit = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new StoreUnavailable(`no answer within ${limitMs} ms`)), limitMs)
  })
  try {
    return await Promise.race([work, limit])
  } finally {
    clearTimeout(timer)
  }
}

/** Asks for something that goes through the client's first connection: a subscription, which the store confirms. */
function probe(client: KurrentDBClient): Promise<void> {
  const subscription = client.subscribeToAll({ fromPosition: 'end' })
  return new Promise<void>((resolve, reject) => {
    subscription.once('confirmation', resolve).on('error', reject)
  }).finally(() => subscription.unsubscribe())
}

/** The client's first read waits for this long, 500 ms if nothing is said. */
function withDiscoveryInterval(url: string): string {
  if (/[?&]discoveryInterval=/i.test(url)) return url
  return `${url}${url.includes('?') ? '&' : '?'}discoveryInterval=5`
}
