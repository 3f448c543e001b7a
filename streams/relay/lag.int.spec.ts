import { metrics } from '@bizosaas/runtime'
import { instantOf, TenantId } from '@bizosaas/schemas'
import { expect, test } from '@jest/globals'
import { exposeLag } from './lag.ts'
import { publishedPosition } from './metrics.ts'
import { campaign } from './testing/events.ts'
import { useOwnStore } from './testing/own-store.ts'

const tenantId = TenantId.parse('0198c0de-0000-4000-8000-0000000000aa')
const used = useOwnStore()

const told = async () => {
  const [, seconds] = /^relay_lag_seconds (\S+)$/m.exec(await metrics.metrics()) ?? []
  return seconds === undefined ? null : Math.floor(Number(seconds) / 60)
}
const minutesAgo = (minutes: number) => instantOf(new Date(Date.now() - minutes * 60_000))

test('the lag is the age of the oldest event that is not in Kafka, and unknown while the event store is away', async () => {
  expect(await told()).toBeNull()
  const conceal = exposeLag(used.store, null)
  expect(await told()).toBe(0)
  const first = await used.store.append([campaign(tenantId, 2, minutesAgo(7))])
  const second = await used.store.append([campaign(tenantId, 1, minutesAgo(3))])
  expect(await told()).toBe(7)
  publishedPosition.set(first.position)
  expect(await told()).toBe(3)
  publishedPosition.set(second.position)
  expect(await told()).toBe(0)
  await used.node.kill()
  expect(await told()).toBeNull()
  conceal()
})
