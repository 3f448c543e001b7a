/** The limit that the relay is held against: what the event store gives through the same adapter, in pages of the same size. */
import { connectEventStore } from '@bizosaas/event-store'
import { serveTasks } from '../lib/worker.ts'

/** The relay's own size; its larger events would not fill the bytes at which it takes fewer. */
const pageSize = 1_000

/** Takes the event store's URL, answers how many events it read in how many seconds. */
serveTasks<string, { events: number; seconds: number }>(async (url) => {
  const store = connectEventStore(url)
  await store.head()
  const start = performance.now()
  let events = 0
  for (let last = -1; ; ) {
    const page = await store.readAll({ from: last < 0 ? 'start' : last, maxCount: pageSize })
    for (const { stream, position } of page) if (position > last && !stream.startsWith('$')) events++
    last = page.at(-1)?.position ?? last
    if (page.length < pageSize) break
  }
  const seconds = (performance.now() - start) / 1_000
  await store.close()
  return { events, seconds }
})
