import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { type SpawnedNode, spawnNode } from '@bizosaas/embedded/kurrentdb-node/spawn.ts'
import { afterAll, beforeAll } from '@jest/globals'
import { StoreUnavailable } from '../errors.ts'
import { connectEventStore } from '../kurrentdb.ts'
import type { EventStore } from '../store.ts'

/**
 * The event store that CONTRACT_KURRENTDB_URL names, or a node of this test file's own: what these tests append is nothing that
 * a service would, so a running system must not meet it.
 */
export function useEventStore(): { readonly store: EventStore; readonly url: string } {
  const used = { store: null as unknown as EventStore, url: '' }
  const given = process.env.CONTRACT_KURRENTDB_URL
  const own = given ? null : useNode()
  beforeAll(async () => {
    used.url = given ?? (await own?.start()) ?? ''
    used.store = connectEventStore(used.url)
  })
  afterAll(() => used.store.close())
  return used
}

export interface OwnNode {
  /** Starts it, at the same port as before, and answers its URL. */
  readonly start: () => Promise<string>
  readonly kill: () => Promise<void>
  /** Lets it hang, or go on. */
  readonly pause: () => void
  readonly resume: () => void
}

/** A node that a test may stop and start as it likes; its data are removed in the end. */
export function useNode(): OwnNode {
  let folder: string
  let port = 0
  let node: SpawnedNode | null = null
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'event-store-'))
  })
  afterAll(async () => {
    await node?.stop('SIGKILL')
    await rm(folder, { recursive: true, force: true })
  })
  return {
    start: async () => {
      node = await spawnNode(folder, port)
      port = Number(/:(\d+)/.exec(node.url.replace('://', ''))?.[1])
      return node.url
    },
    kill: async () => {
      await node?.stop('SIGKILL')
    },
    pause: () => node?.process.kill('SIGSTOP'),
    resume: () => node?.process.kill('SIGCONT'),
  }
}

const storeIsBackWithinMs = 10_000

/** Does it until the store is there. */
export async function untilAvailable<Result>(work: () => Promise<Result>): Promise<Result> {
  const deadline = Date.now() + storeIsBackWithinMs
  for (;;) {
    try {
      return await work()
    } catch (error) {
      if (!(error instanceof StoreUnavailable) || Date.now() > deadline) throw error
      await setTimeout(10)
    }
  }
}

export async function all<Item>(items: AsyncIterable<Item>): Promise<Item[]> {
  const list: Item[] = []
  for await (const item of items) list.push(item)
  return list
}

/** The same store, and what was asked of it. */
export function watched(store: EventStore) {
  const asked: string[] = []
  const watching: EventStore = {
    ...store,
    readStream: (stream, options) => {
      asked.push('read')
      return store.readStream(stream, options)
    },
    append: (writes) => {
      asked.push('append')
      return store.append(writes)
    },
  }
  return { store: watching, asked }
}
