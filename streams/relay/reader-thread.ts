/** The other side of reader.ts: reads the event store, and lays out the batches that are asked for. */
import { parentPort, workerData } from 'node:worker_threads'
import { connectEventStore } from '@bizosaas/event-store'
import { log } from '@bizosaas/runtime'
import { follow } from './follow.ts'
import { forbiddenChangesIn } from './guard.ts'
import { ownedBy, pack } from './packed-batch.ts'
import { publishing } from './publishing.ts'
import type { PackedPage, ReaderTask, Wish } from './reader.ts'

if (parentPort === null) throw new Error('This is a thread of the relay, not a program')
const port = parentPort
const { url, generation, partitions, tails, after, schemaIds } = workerData as ReaderTask

const store = connectEventStore(url)
const stopping = new AbortController()
const pages = follow(store, { after, signal: stopping.signal, log: log.child({ unit: 'relay', generation }) })
const { batchesOf } = publishing({ generation, partitions, schemaIds, tails })

/** The next page is on its way while this one is laid out. */
const readAhead = () => {
  const page = pages.next()
  page.catch(() => {}) // awaited below
  return page
}
let reading = readAhead()

const answer = async (): Promise<void> => {
  const events = await reading
  if (events === null) return // being stopped
  reading = readAhead()
  const batches = batchesOf(events).map(pack)
  const page: PackedPage = { batches, forbidden: forbiddenChangesIn(events) }
  port.postMessage(page, batches.flatMap(ownedBy))
}

const end = async (): Promise<void> => {
  port.postMessage(null)
  port.close()
  await store.close()
}

// One after the other. What goes wrong is caught nowhere: it ends the thread, and reader.ts hands it on.
let answered = Promise.resolve()
port.on('message', (wish: Wish) => {
  if (wish === 'stop') stopping.abort()
  answered = answered.then(wish === 'stop' ? end : answer)
})
