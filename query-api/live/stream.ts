/** What moved just now? News for a page that is open; whoever misses some asks again, and is late, never wrong. */
import type { Redis } from '@bizosaas/databases'
import { type EventStream, events, type Route } from '@bizosaas/http'
import { printToken } from '@bizosaas/kafka'
import { type Moved, movedChannel } from '@bizosaas/projections/runner/announce.ts'
import type { TenantId } from '@bizosaas/schemas'

/** Streams of one tenant that this process serves at once. */
const mostStreams = 200
/** A stream ends after so long, so that the access token is looked at again. Browsers reconnect by themselves. */
const longestStreamMs = 60 * 60 * 1000

export interface LiveNews {
  /** Sends the tenant's news to the stream until the returned function is called; null when the tenant has too many streams. */
  readonly follow: (tenantId: TenantId, stream: EventStream) => (() => void) | null
  readonly stop: () => void
}

/** @param onMoved is told of everything that moved, whosever it is */
export function liveNews(redis: Redis, onMoved: () => void): LiveNews {
  const streams = new Map<string, Set<EventStream>>()
  const stop = redis.subscribe(movedChannel, (message) => {
    onMoved()
    const moved = JSON.parse(message) as Moved
    const { tenantId, model, position } = moved
    for (const stream of streams.get(tenantId) ?? [])
      stream.send('moved', { model, position, after: printToken(moved) })
  })
  return {
    follow(tenantId, stream) {
      const ofTenant = streams.get(tenantId) ?? new Set()
      if (ofTenant.size >= mostStreams) return null
      streams.set(tenantId, ofTenant.add(stream))
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
      'answered from there on. `refused` says why the stream ends at once. Messages may be lost with a connection: ask again after a reconnect.',
    run: ({ principal }, stream) => {
      const unfollow = news.follow(principal.tenantId, stream)
      if (unfollow === null) {
        stream.send('refused', { detail: `There are ${mostStreams} streams of this tenant already: close some.` })
        stream.end()
        return () => {}
      }
      const limit = setTimeout(stream.end, longestStreamMs)
      return () => {
        clearTimeout(limit)
        unfollow()
      }
    },
  }),
]
