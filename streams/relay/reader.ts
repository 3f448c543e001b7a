/**
 * Reading the event store and laying out records takes more of a core than sending them. So that is done in a thread of its
 * own, ahead of what is being sent: the relay, of which there can be only one, then does twice as much.
 */
import { Worker } from 'node:worker_threads'
import type { SchemaIds } from '@bizosaas/kafka'
import type { Place } from './follow.ts'
import type { ForbiddenChange } from './guard.ts'
import { type PackedBatch, unpack } from './packed-batch.ts'
import type { Batch } from './publishing.ts'
import type { Tails } from './tails.ts'

export type ReaderTask = {
  /** Of the event store. */
  readonly url: string
  readonly generation: string
  readonly partitions: number
  /** What is in Kafka already. */
  readonly tails: Tails
  readonly after: Place | null
  readonly schemaIds: SchemaIds
}

/** What to publish next, and what was seen beside it. */
export type Page = { readonly batches: readonly Batch[]; readonly forbidden: readonly ForbiddenChange[] }

export type PackedPage = Omit<Page, 'batches'> & { readonly batches: readonly PackedBatch[] }
export type Wish = 'next' | 'stop'

export type Reader = {
  /** The next page, which may take for ever to come; null once the reader was stopped. Rejects when reading fails for good. */
  readonly next: () => Promise<Page | null>
  /** Resolves when the thread has ended. */
  readonly stop: () => Promise<void>
}

export const startReader = (task: ReaderTask): Reader => {
  const thread = new Worker(new URL('./reader-thread.ts', import.meta.url), { workerData: task })
  const waiting: PromiseWithResolvers<Page | null>[] = []
  let failure: Error | null = null
  const fail = (error: Error): void => {
    failure ??= error
    for (const { reject } of waiting.splice(0)) reject(failure)
  }
  let isOver = false
  thread.on('message', (page: PackedPage | null) => {
    isOver ||= page === null
    if (isOver) for (const { resolve } of waiting.splice(0)) resolve(null)
    else if (page !== null) waiting.shift()?.resolve({ ...page, batches: page.batches.map(unpack) })
  })
  thread.on('error', fail)
  const exited = new Promise<void>((resolve) => {
    thread.on('exit', (code) => {
      if (!isOver) fail(new Error(`The thread that reads the event store ended with ${code}`))
      resolve()
    })
  })

  return {
    next: () => {
      const asked = Promise.withResolvers<Page | null>()
      // It may fail before it is waited for.
      asked.promise.catch(() => {})
      if (failure !== null) asked.reject(failure)
      else if (isOver) asked.resolve(null)
      else {
        waiting.push(asked)
        thread.postMessage('next' satisfies Wish)
      }
      return asked.promise
    },
    stop: async () => {
      thread.postMessage('stop' satisfies Wish)
      await exited
    },
  }
}
