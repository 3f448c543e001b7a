import type { EventStore } from '@bizosaas/event-store'

const pageSize = 1_000

/** Counts, by stream, the domain events that came since it was asked last. */
export const newEventsOf = (store: EventStore): (() => Promise<Map<string, number>>) => {
  let last = -1
  return async () => {
    const counts = new Map<string, number>()
    for (;;) {
      const page = await store.readAll({ from: last < 0 ? 'start' : last, maxCount: pageSize })
      for (const { stream, position } of page) {
        if (position > last && !stream.startsWith('$')) counts.set(stream, (counts.get(stream) ?? 0) + 1)
      }
      last = page.at(-1)?.position ?? last
      if (page.length < pageSize) return counts
    }
  }
}
