import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { connectEventStore, type EventStore } from '@bizosaas/event-store'
import { afterAll, beforeAll } from '@jest/globals'
import { startNode } from './processes.ts'

export type OwnStore = { readonly store: EventStore; readonly node: Awaited<ReturnType<typeof startNode>> }

/** An event store of this test file alone, from before its tests until after them; its data are removed in the end. */
export const useOwnStore = (): OwnStore => {
  const used = {} as { -readonly [Name in keyof OwnStore]: OwnStore[Name] }
  let folder: string
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'relay-store-'))
    used.node = await startNode(join(folder, 'store'), 0)
    used.store = connectEventStore(used.node.url)
  })
  afterAll(async () => {
    await used.store.close()
    await used.node.kill()
    await rm(folder, { recursive: true, force: true })
  })
  return used
}
