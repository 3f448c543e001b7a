import { tryAgain } from '@bizosaas/http'
import { type Log, metrics } from '@bizosaas/runtime'
import { Redis } from 'ioredis'
import { Counter } from 'prom-client'
import { RateLimiterRedis, RateLimiterRes } from 'rate-limiter-flexible'
import { inShares } from './shares.ts'

type Counters = {
  readonly name: string
  readonly most: number
  /** Of it, how much a gateway takes at a time: see shares.ts. */
  readonly share: number
  readonly refuseOnOutage: boolean
}

/** Counts one more. Null if the store is away and nothing is refused because of that. */
export type Count = (
  key: string,
  seconds: number,
) => Promise<{ readonly used: number; readonly resetMs: number } | null>

export type CounterStore = (counters: Counters) => Count

/** A store that hangs holds a request up for no longer than this. */
const usualAnswerWithinMs = 250

const uncounted = new Counter({
  name: 'gateway_uncounted_total',
  help: 'Requests that a limit could not count because its store was away',
  labelNames: ['limit'] as const,
  registers: [metrics],
})

/** Connects in the background; while it is away nothing waits for it. */
export const connectCounters = (url: string, answerWithinMs = usualAnswerWithinMs): Redis =>
  new Redis(url, {
    enableOfflineQueue: false,
    maxRetriesPerRequest: 0,
    commandTimeout: answerWithinMs,
    connectTimeout: 3_000,
    retryStrategy: (attempt) => Math.min(attempt * 100, 2_000),
  }).on('error', () => {})

/** Counters that all gateways share: each is a number that begins anew when its time is over. */
export function counterStore(store: Redis, log: Log): CounterStore {
  let away = false
  const note = (isAway: boolean, error?: unknown) => {
    if (isAway && !away) log.error({ err: error }, 'the counters of the limits are away')
    if (!isAway && away) log.info('the counters of the limits are back')
    away = isAway
  }
  return ({ name, most, share, refuseOnOutage }) => {
    const limiter = new RateLimiterRedis({
      storeClient: store,
      keyPrefix: name,
      points: most,
      duration: 1,
      rejectIfRedisNotReady: true,
    })
    const use = inShares(most, share, async (key, points, seconds) => {
      const added = await limiter.consume(key, points, { customDuration: seconds }).catch((refusal) => {
        if (refusal instanceof RateLimiterRes) return refusal
        throw refusal
      })
      note(false)
      return { counted: added.consumedPoints, resetMs: added.msBeforeNext }
    })
    return async (key, seconds) => {
      try {
        return await use(key, seconds)
      } catch (error) {
        note(true, error)
        uncounted.inc({ limit: name })
        if (refuseOnOutage) throw tryAgain('store-unavailable', `${name} cannot be counted at the moment.`, error)
        return null
      }
    }
  }
}
