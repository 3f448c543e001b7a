/** What moved just now? News for a page that is open; whoever misses some asks again, and is late, never wrong. */
import type { Redis } from '@bizosaas/databases'
import { type EventStream, events, type Principal, type Route } from '@bizosaas/http'
import { printToken } from '@bizosaas/kafka'
import { type Moved, movedChannel } from '@bizosaas/projections/runner/announce.ts'

/** Streams of one tenant that this process serves at once. */
const mostStreams = 200
/** A stream ends with its access token, and after so long at the latest: who may follow is looked at again. Browsers reconnect by themselves. */
const longestStreamMs = 60 * 60 * 1000

type Tenancy = Pick<Principal, 'tenantId' | 'clientIds'>

export interface LiveNews {
  /**
   * Sends news of what the principal may see to the stream until the returned function is called; null when the tenant has too many
   * streams.
   */
  readonly follow: (principal: Tenancy, stream: EventStream) => (() => void) | null
  readonly stop: () => void
}

/** @param onMoved is told of everything that moved, whosever it is */
export function liveNews(redis: Redis, onMoved: () => void): LiveNews {
  const streams = new Map<string, Map<EventStream, Tenancy>>()
  const stop = redis.subscribe(movedChannel, (message) => {
    onMoved()
    const moved = JSON.parse(message) as Moved
    const { tenantId, clientId, model, position } = moved
    for (const [stream, principal] of streams.get(tenantId) ?? []) {
      // As the rows of a read model: who is restricted to clients sees what is theirs alone.
      if (principal.clientIds !== null && !principal.clientIds.some((id) => id === clientId)) continue
      stream.send('moved', { model, position, after: printToken(moved) })
    }
  })
  return {
    follow(principal, stream) {
      const { tenantId } = principal
      const ofTenant = streams.get(tenantId) ?? new Map<EventStream, Tenancy>()
      if (ofTenant.size >= mostStreams) return null
      streams.set(tenantId, ofTenant.set(stream, principal))
      return () => {
        ofTenant.delete(stream)
        if (ofTenant.size === 0) streams.delete(tenantId)
      }
    },
    stop,
  }
}

export const streamRoutes = (news: LiveNews): Route[] => [
  events('/v1/stream', {
    may: 'stream:read',
    summary: 'Follow which read models move',
    description:
      'Server-sent events. `moved` has `model`, the `position` that it has now, and `after`, a consistency token with which a question is ' +
      'answered from there on. `refused` says why the stream ends at once. The stream ends with the access token, after an hour at the latest. Messages may be lost with a connection: ask again after a reconnect.',
    run: ({ principal }, stream) => {
      const unfollow = news.follow(principal, stream)
      if (unfollow === null) {
        stream.send('refused', { detail: `There are ${mostStreams} streams of this tenant already: close some.` })
        stream.end()
        return () => {}
      }
      const limit = setTimeout(stream.end, Math.min(principal.expiresAt - Date.now(), longestStreamMs))
      return () => {
        clearTimeout(limit)
        unfollow()
      }
    },
  }),
]
