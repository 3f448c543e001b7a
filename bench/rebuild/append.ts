/** Appends a part of a history to the event store, as a process of its own: making events takes a core. */
import { connectEventStore } from '@bizosaas/event-store'
import { appendHistory, type Shape } from '../lib/history.ts'
import { serveTasks } from '../lib/worker.ts'

serveTasks<{ readonly url: string; readonly shape: Shape }, void>(async ({ url, shape }) => {
  const store = connectEventStore(url)
  await appendHistory(store, shape)
  await store.close()
})
