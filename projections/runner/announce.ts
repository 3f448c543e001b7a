import type { Redis } from '@bizosaas/databases'
import type { TopicPartition } from '@bizosaas/kafka'
import type { Recorded } from './projection.ts'

/**
 * Tells whoever listens on Redis which read models moved for which client of which tenant. It is news, not truth: a reader that misses it
 * is late, never wrong, so nothing waits for it and nothing fails with it.
 */
export const movedChannel = 'moved'

/** A message on that channel, as JSON. */
export type Moved = TopicPartition & {
  readonly tenantId: string
  /** The client whose event it was; null for one of the tenant itself. */
  readonly clientId: string | null
  readonly model: string
  /** Of the client's last event that the rows now hold. */
  readonly position: number
}

export type Announcer = {
  /** After the events are written. */
  readonly moved: (model: string, place: TopicPartition, events: readonly Recorded[]) => void
  readonly stop: () => void
}

/** At most one message in this time for a client, model and partition; the first goes out at once. */
const quietMs = 50

export function announcer(redis: Redis): Announcer {
  const pending = new Map<string, Moved>()
  let quiet: NodeJS.Timeout | null = null

  const flush = (): void => {
    quiet = null
    if (pending.size === 0) return
    for (const message of pending.values()) redis.publish(movedChannel, JSON.stringify(message))
    pending.clear()
    quiet = setTimeout(flush, quietMs)
  }

  return {
    moved: (model, { topic, partition }, events) => {
      for (const { tenantId, clientId, position } of lastOfEachClient(events)) {
        const message = { tenantId, clientId, model, topic, partition, position }
        pending.set(`${tenantId} ${clientId} ${model} ${topic} ${partition}`, message)
      }
      if (quiet === null) flush()
    },
    stop: () => clearTimeout(quiet ?? undefined),
  }
}

/** Events are many and clients few, so that for each event it only looks up. */
function* lastOfEachClient(events: readonly Recorded[]): Iterable<Recorded> {
  const last = new Map<string, Map<string | null, Recorded>>()
  for (const event of events) {
    const ofTenant = last.get(event.tenantId)
    if (ofTenant === undefined) last.set(event.tenantId, new Map([[event.clientId, event]]))
    else ofTenant.set(event.clientId, event)
  }
  for (const ofTenant of last.values()) yield* ofTenant.values()
}
