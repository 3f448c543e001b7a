import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { connectEventStore, type EventStore } from '@bizosaas/event-store'
import { metrics } from '@bizosaas/runtime'
import { instantOf, TenantId } from '@bizosaas/schemas'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { exposeLag } from './lag.ts'
import { publishedPosition } from './metrics.ts'
import { campaign } from './testing/events.ts'
import { startNode } from './testing/processes.ts'

const tenantId = TenantId.parse('0198c0de-0000-4000-8000-0000000000aa')
let folder: string
let node: Awaited<ReturnType<typeof startNode>>
let store: EventStore

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'relay-lag-'))
  node = await startNode(join(folder, 'store'), 0)
  store = connectEventStore(node.url)
})
afterAll(async () => {
  await store.close()
  await node.kill()
  await rm(folder, { recursive: true, force: true })
})

const told = async () => {
  const [, seconds] = /^relay_lag_seconds (\S+)$/m.exec(await metrics.metrics()) ?? []
  return seconds === undefined ? null : Math.floor(Number(seconds) / 60)
}
const minutesAgo = (minutes: number) => instantOf(new Date(Date.now() - minutes * 60_000))

test('the lag is the age of the oldest event that is not in Kafka, and unknown while the event store is away', async () => {
  expect(await told()).toBeNull()
  const conceal = exposeLag(store, null)
  expect(await told()).toBe(0)
  const first = await store.append([campaign(tenantId, 2, minutesAgo(7))])
  const second = await store.append([campaign(tenantId, 1, minutesAgo(3))])
  expect(await told()).toBe(7)
  publishedPosition.set(first.position)
  expect(await told()).toBe(3)
  publishedPosition.set(second.position)
  expect(await told()).toBe(0)
  await node.kill()
  expect(await told()).toBeNull()
  conceal()
})
