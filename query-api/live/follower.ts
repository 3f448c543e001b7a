/** Streams that look again and again, for what nobody tells. */
import { setTimeout as pause } from 'node:timers/promises'
import { StoreUnavailable } from '@bizosaas/databases'
import { type EventStream, type Principal, Problem } from '@bizosaas/http'
import { log } from '@bizosaas/runtime'

const longestMs = 60 * 60 * 1000

export interface Look {
  readonly event: string
  readonly data: object
  /** Nothing will come after it. */
  readonly isLast: boolean
}

/**
 * Sends what is seen whenever it differs from what was seen before.
 *
 * @param most streams at once in this process
 */
export function follower(most: number) {
  let open = 0
  return (principal: Principal, stream: EventStream, everyMs: number, look: () => Promise<Look>): (() => void) => {
    const refuse = (detail: string) => {
      stream.send('refused', { detail })
      stream.end()
      return () => {}
    }
    if (open >= most) return refuse(`There are ${most} such streams already: close some, or ask now and then.`)
    open += 1
    const limit = setTimeout(stream.end, Math.min(principal.expiresAt - Date.now(), longestMs))
    const stopping = new AbortController()
    void (async () => {
      let before = ''
      for (; !stopping.signal.aborted; await pause(everyMs, null, { signal: stopping.signal }).catch(() => {})) {
        const seen = await lookOnce(look)
        if (seen === null) continue
        if (seen instanceof Problem) return refuse(seen.message)
        const text = JSON.stringify(seen.data)
        if (text !== before) stream.send(seen.event, seen.data)
        before = text
        if (seen.isLast) return stream.end()
      }
    })().finally(() => {
      open -= 1
    })
    return () => {
      clearTimeout(limit)
      stopping.abort()
    }
  }
}

/** Null when nothing can be seen for the moment. */
async function lookOnce(look: () => Promise<Look>): Promise<Look | Problem | null> {
  try {
    return await look()
  } catch (error) {
    if (error instanceof StoreUnavailable) return null
    if (error instanceof Problem) return error.status === 503 ? null : error
    log.error({ unit: 'query-api', err: error }, 'a stream cannot go on')
    return new Problem('internal', 'Something went wrong on our side.')
  }
}
