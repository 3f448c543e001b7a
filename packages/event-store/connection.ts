import { within } from '@bizosaas/runtime'
import { KurrentDBClient } from '@kurrent/kurrentdb-client'
import { StoreUnavailable } from './errors.ts'

/** A call that takes longer than this is given up. */
export const answerWithinMs = 5_000

/**
 * Keeps one client that has reached the store, and replaces it by a new one after a failure. The client (1.3.1) reads
 * through a second connection of its own, made at the first read; if that one attempt fails, so does every later read of
 * that client. Hence nothing is read before the store has answered, and a client that failed is not used again.
 */
export interface Connection {
  /** @throws StoreUnavailable */
  readonly client: () => Promise<KurrentDBClient>
  /** Whether the client has not failed yet. */
  readonly isSound: (client: KurrentDBClient) => boolean
  readonly abandon: (client: KurrentDBClient) => void
  readonly close: () => Promise<void>
}

export function connectionTo(url: string): Connection {
  let current: Promise<KurrentDBClient> | null = null
  let sound: KurrentDBClient | null = null

  const open = async () => {
    const client = KurrentDBClient.connectionString(withDefaults(url))
    try {
      await answered(answerWithinMs, probe(client))
      sound = client
      return client
    } catch (error) {
      current = null
      discard(client)
      throw new StoreUnavailable(error instanceof Error ? error.message : String(error), error)
    }
  }

  return {
    client: () => {
      current ??= open()
      return current
    },
    isSound: (client) => client === sound,
    abandon: (client) => {
      if (client !== sound) return
      current = null
      sound = null
      discard(client)
    },
    close: async () => {
      const client = await current?.catch(() => null)
      current = null
      sound = null
      await client?.dispose()
    },
  }
}

/** A client that failed may fail at this, too; nobody uses it any more, so nobody needs to know. */
function discard(client: KurrentDBClient): void {
  client.dispose().catch(() => {})
}

/** @throws StoreUnavailable when the time is over; what was begun is left to itself */
export const answered = <Result>(limitMs: number, work: Promise<Result>): Promise<Result> =>
  within(limitMs, work, () => new StoreUnavailable(`no answer within ${limitMs} ms`))

/** Asks for something that does not go through the connection for reads: a subscription, which the store confirms. */
async function probe(client: KurrentDBClient): Promise<void> {
  const subscription = client.subscribeToAll({ fromPosition: 'end' })
  await new Promise<void>((resolve, reject) => {
    subscription.once('confirmation', resolve).on('error', reject)
  })
  await subscription.unsubscribe()
}

/** What the client is to do if the connection string says nothing else: by default its first read waits for 500 ms. */
function withDefaults(url: string): string {
  const defaults = { discoveryInterval: '5', defaultDeadline: String(answerWithinMs) }
  const missing = Object.entries(defaults).filter(([name]) => !url.includes(`${name}=`))
  const query = missing.map(([name, value]) => `${name}=${value}`).join('&')
  return query === '' ? url : `${url}${url.includes('?') ? '&' : '?'}${query}`
}
