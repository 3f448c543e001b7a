import { LRUCache } from 'lru-cache'

/** How often a key is counted by now, with what was just added, and when its counter begins anew. */
export type Add = (key: string, points: number, seconds: number) => Promise<{ counted: number; resetMs: number }>

/** More than the limit is used where there is nothing left. */
export type Use = (key: string, seconds: number) => Promise<{ readonly used: number; readonly resetMs: number }>

const largestShare = 32
/** Keys of one limit of which something is at hand. */
const rememberedKeys = 10_000

/** What was taken for one key. */
interface Share {
  left: number
  readonly used: number
  /** By performance.now(). */
  readonly endsAt: number
}

/**
 * Uses a limit up in shares, so that few requests wait for the store. What is left of one when the limit's time is over, or the gateway
 * ends, nobody used.
 *
 * @param fraction of the limit that is taken at a time; where that is not two, it is counted one by one
 * @throws what `add` throws
 */
export function inShares(most: number, fraction: number, add: Add): Use {
  const atOnce = Math.max(1, Math.min(largestShare, Math.floor(most * fraction)))
  const shares = new LRUCache<string, Promise<Share>>({ max: rememberedKeys })

  const take = async (key: string, seconds: number): Promise<Share> => {
    // Before the store is asked: however long its answer takes, nothing of a share is used after its time.
    const askedAt = performance.now()
    const { counted, resetMs } = await add(key, atOnce, seconds)
    // The last share may be a smaller one.
    const left = Math.max(0, Math.min(atOnce, most + atOnce - counted))
    return { left, used: left === 0 ? most + 1 : Math.min(counted, most), endsAt: askedAt + resetMs }
  }
  const current = (key: string, seconds: number): Promise<Share> => {
    const known = shares.get(key)
    if (known !== undefined) return known
    const taking = take(key, seconds)
    // Those that come meanwhile wait for the same.
    if (atOnce > 1) shares.set(key, taking)
    return taking
  }
  const forget = (key: string, share: Promise<Share>) => {
    if (shares.peek(key) === share) shares.delete(key)
  }

  return async (key, seconds) => {
    for (;;) {
      const taking = current(key, seconds)
      const share = await taking.catch((error) => {
        forget(key, taking)
        throw error
      })
      const resetMs = share.endsAt - performance.now()
      if (resetMs > 0 && share.used > most) {
        // Who is over the limit is refused from memory until it begins anew.
        shares.set(key, taking)
        return { used: share.used, resetMs }
      }
      if (resetMs > 0 && share.left > 0) return { used: share.used - --share.left, resetMs }
      forget(key, taking)
    }
  }
}
