/**
 * Watches for what must never happen in the only source of truth: a domain stream deleted, tombstoned, or given a retention
 * ($maxAge, $maxCount, $tb). What the relay has published stays in Kafka; but a new generation, an audit and the aggregate
 * itself would miss those events. So it raises an alarm: in the log, as a metric, and in the unit's health until it is
 * restarted. It never stops the relay, which would only make matters worse.
 */
import type { StoredEvent } from '@bizosaas/event-store'
import type { Log } from '@bizosaas/runtime'
import { forbiddenChanges } from './metrics.ts'

export type ForbiddenChange = {
  readonly stream: string
  readonly change: 'deleted' | 'tombstoned' | '$maxAge' | '$maxCount' | '$tb'
  readonly position: number
}

/** What an event does to a domain stream that it must not do; null for nearly all. */
export const forbiddenChangeOf = ({ stream, type, bytes, position }: StoredEvent): ForbiddenChange | null => {
  if (type === '$streamDeleted' && !stream.startsWith('$')) return { stream, change: 'tombstoned', position }
  if (type !== '$metadata' || !stream.startsWith('$$')) return null
  const target = stream.slice(2)
  if (target.startsWith('$')) return null
  const metadata = parsed(bytes)
  for (const change of ['$tb', '$maxAge', '$maxCount'] as const) {
    if (metadata[change] === undefined || metadata[change] === null) continue
    // A deleted stream is one that begins at the greatest revision there can be; JSON rounds it.
    const deleted = change === '$tb' && Number(metadata[change]) >= Number.MAX_SAFE_INTEGER
    return { stream: target, change: deleted ? 'deleted' : change, position }
  }
  return null
}

export type Guard = {
  readonly watch: (events: readonly StoredEvent[]) => void
  /** For the unit's health. @throws when something forbidden was seen since the start */
  readonly check: () => void
}

export const guard = (log: Log): Guard => {
  let seen = 0
  let latest: ForbiddenChange | null = null
  return {
    watch(events) {
      for (const event of events) {
        if (!event.type.startsWith('$')) continue
        const forbidden = forbiddenChangeOf(event)
        if (forbidden === null) continue
        seen++
        latest = forbidden
        forbiddenChanges.inc({ change: forbidden.change })
        log.error(
          forbidden,
          'a domain stream was deleted or given a retention: find out who did it and restore its events',
        )
      }
    },
    check() {
      if (latest === null) return
      throw new Error(`${seen} forbidden changes of domain streams, latest: ${latest.stream} ${latest.change}`)
    },
  }
}

const parsed = (bytes: Uint8Array): Record<string, unknown> => {
  try {
    const value: unknown = JSON.parse(Buffer.from(bytes).toString())
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {}
  } catch {
    return {}
  }
}
