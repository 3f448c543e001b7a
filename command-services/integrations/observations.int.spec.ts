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
  return { tenantId, clientIds: null, actor: 'sync', bodyHash: 'a', traceparent: null, now, ...ids }
}
/** What a process has that has just been started. */
const process = (over: EventStore) => {
  const accounts = foldedStreams(over, adAccount)
  const register = commandHandler({ store: over, decider: adAccount, streams: accounts })
  const handle = commandHandler({ store: over, decider: adAccountDay })
  const takeIn = observer({ store: over, accounts, handle })
  const observe = (context: CommandContext, readings: readonly DatedReading[]) =>
    takeIn(context, adAccountId, readings, { hasKey: true })
  return { register, observe }
}
const page = (days: number, clicks: number, from = '2026-01-01'): DatedReading[] => {
  const readings: DatedReading[] = []
  let date = CalendarDate.parse(from)
  for (let day = 0; day < days; day++, date = nextDay(date)) {
    for (const adId of ['a', 'b', 'c']) {
      const key = { platformCampaignId: '916', adSetId: null, adId, breakdown: {}, attributionWindow: 'default' }
      readings.push({ date, key, measures: { impressions: 9, clicks, spendMicros: 1, conversions: [] } })
    }
  }
  return readings
}

beforeAll(async () => {
  const account = { adAccountId, clientId, platform: 'meta', externalId: '1', name: 'x', currency: 'USD' } as const
  const command = { type: 'register', ...account, timeZone: 'Europe/Berlin' } as const
  await process(store).register({ id: adAccountId, command, context: contextOf() })
})

test('a page that a kill -9 of the store cut off is completed by sending it again, with the totals of the whole', async () => {
  expect(await process(store).observe(contextOf(), page(10, 1))).toMatchObject({ observed: 30 })

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
  await expect(process(dying).observe(context, restated)).rejects.toThrow(StoreUnavailable)
  node = await spawnNode(folder, Number(new URL(node.url.replace('kurrentdb', 'http')).port))

  const { observe } = process(store)
  const totals = { type: 'observed', observed: 90, restated: 30, unchanged: 0 }
  const completed = await observe(context, restated)
  expect(completed).toMatchObject(totals)
  expect(await observe(context, restated)).toEqual(completed)
  expect(await observe(contextOf(), restated)).toMatchObject({ observed: 0, restated: 0, unchanged: 120 })

  const revisions: number[] = []
  for (const date of new Set(restated.map((reading) => reading.date))) {
    for await (const { revision } of store.readStream(streamName('adAccountDay', tenantId, `${adAccountId}:${date}`))) {
      revisions.push(revision)
    }
  }
  expect(revisions).toHaveLength(50)
}, 30_000)

test.each([
  ['recorded something', page(3, 1, '2025-01-01'), { observed: 9 }],
  ['said nothing new', page(3, 1, '2025-01-01'), { unchanged: 9 }],
])(
  'the key of a page that %s is refused for one about other days, by every process, and nothing is appended',
  async (_, first, counts) => {
    const context = contextOf()
    const [here, there] = [process(store), process(store)]
    const answer = await here.observe(context, first)
    expect(answer).toMatchObject(counts)
    const end = await store.head()
    for (const { observe } of [here, there]) {
      expect(await observe({ ...context, bodyHash: 'b' }, page(3, 1, '2024-01-01'))).toEqual({ type: 'key-reused' })
    }
    expect(await there.observe(context, first)).toEqual(answer)
    expect(await store.head()).toBe(end)
  },
)

test('of two pages that are sent at once with one key, one is taken in and the other leaves nothing', async () => {
  const context = contextOf()
  const pages = [page(9, 1, '2023-01-01'), page(9, 1, '2022-01-01')]
  const answers = await Promise.all(
    pages.map((readings, n) => process(store).observe({ ...context, bodyHash: `${n}` }, readings)),
  )
  expect(answers.map(({ type }) => type).toSorted()).toEqual(['key-reused', 'observed'])
  const refused = pages[answers.findIndex(({ type }) => type === 'key-reused')] ?? []
  expect(await process(store).observe(contextOf(), refused)).toMatchObject({ observed: refused.length })
})
