import { randomUUID } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { spawnNode } from '@bizosaas/embedded/kurrentdb-node/spawn.ts'
import {
  type CommandContext,
  commandHandler,
  connectEventStore,
  type EventStore,
  foldedStreams,
  StoreUnavailable,
} from '@bizosaas/event-store'
import { AdAccountId, CalendarDate, ClientId, Instant, nextDay, streamName, TenantId } from '@bizosaas/schemas'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { adAccount } from './ad-account.ts'
import { adAccountDay } from './ad-account-day.ts'
import { type DatedReading, observer } from './observations.ts'

let folder: string
let store: EventStore
let node: Awaited<ReturnType<typeof spawnNode>>

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'observations-'))
  node = await spawnNode(folder)
  store = connectEventStore(node.url)
})
afterAll(async () => {
  await store.close()
  await node.stop('SIGKILL')
  await rm(folder, { recursive: true, force: true })
})

const tenantId = TenantId.parse(randomUUID())
const clientId = ClientId.parse(randomUUID())
const adAccountId = AdAccountId.parse(randomUUID())
const contextOf = (): CommandContext => {
  const commandId = randomUUID()
  const now = Instant.now()
  const ids = { commandId, correlationId: commandId, causationId: commandId }
  return { tenantId, clientId: null, actor: 'sync', bodyHash: 'a', traceparent: null, now, ...ids }
}
/** What a process has that has just been started. */
const process = (over: EventStore) => {
  const accounts = foldedStreams(over, adAccount)
  const days = foldedStreams(over, adAccountDay)
  const register = commandHandler({ store: over, decider: adAccount, streams: accounts })
  const handle = commandHandler({ store: over, decider: adAccountDay, streams: days })
  return { register, observe: observer({ accounts, days, handle }) }
}
const page = (days: number, clicks: number): DatedReading[] => {
  const readings: DatedReading[] = []
  let date = CalendarDate.parse('2026-01-01')
  for (let day = 0; day < days; day++, date = nextDay(date)) {
    for (const adId of ['a', 'b', 'c']) {
      const key = { platformCampaignId: '916', adSetId: null, adId, breakdown: {}, attributionWindow: 'default' }
      readings.push({ date, key, measures: { impressions: 9, clicks, spendMicros: 1, conversions: [] } })
    }
  }
  return readings
}

test('a page that a kill -9 of the store cut off is completed by sending it again, with the totals of the whole', async () => {
  const account = { adAccountId, clientId, platform: 'meta', externalId: '1', name: 'x', currency: 'USD' } as const
  const command = { type: 'register', ...account, timeZone: 'Europe/Berlin' } as const
  await process(store).register({ id: adAccountId, command, context: contextOf() })
  expect(await process(store).observe(contextOf(), adAccountId, page(10, 1))).toMatchObject({ observed: 30 })

  let appends = 0
  const dying: EventStore = {
    ...store,
    append: async (writes) => {
      const appended = await store.append(writes)
      if (++appends === 12) await node.stop('SIGKILL')
      return appended
    },
  }
  const context = contextOf()
  const restated = page(40, 2)
  await expect(process(dying).observe(context, adAccountId, restated)).rejects.toThrow(StoreUnavailable)
  node = await spawnNode(folder, Number(new URL(node.url.replace('kurrentdb', 'http')).port))

  const { observe } = process(store)
  const totals = { type: 'observed', observed: 90, restated: 30, unchanged: 0 }
  const completed = await observe(context, adAccountId, restated)
  expect(completed).toMatchObject(totals)
  expect(await observe(context, adAccountId, restated)).toEqual(completed)
  expect(await observe(contextOf(), adAccountId, restated)).toMatchObject({ observed: 0, restated: 0, unchanged: 120 })

  const revisions: number[] = []
  for (const date of new Set(restated.map((reading) => reading.date))) {
    for await (const { revision } of store.readStream(streamName('adAccountDay', tenantId, `${adAccountId}:${date}`))) {
      revisions.push(revision)
    }
  }
  expect(revisions).toHaveLength(50)
}, 30_000)
