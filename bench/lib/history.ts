/**
 * A history like an agency's: campaigns of many tenants that live side by side, and days of ad accounts with their figures.
 * Concurrent writers append it through the event store's own API, so streams interleave as they do in life: what follows an
 * event in $all is hardly ever its own stream's next one. Contiguous streams would flatter every reader that folds.
 */
import { randomInt, randomUUID } from 'node:crypto'
import {
  connectEventStore,
  type EventStore,
  type NewEvent,
  type StoredEvent,
  StoreUnavailable,
  type Write,
} from '@bizosaas/event-store'
import {
  ClientId,
  canonical,
  type EventData,
  type EventType,
  Instant,
  metadataToStored,
  streamName,
  TenantId,
} from '@bizosaas/schemas'

/** What a history is like. */
export type Shape = {
  readonly events: number
  /** A day of an account comes in every so many events, with so many rows. */
  readonly eventsForOneDay: number
  readonly rowsOfDay: number
  readonly accounts: number
  /** How many campaigns live at one time. */
  readonly campaignsAtOnce: number
  /** Appended at once, each to another stream: faster than one at a time, and no stream has two neighbours. */
  readonly streamsAtOnce: number
  readonly writers: number
}

const events = Number(process.env.BENCH_EVENTS ?? 300_000)
export const rowsOfDay = 20
const usual: Shape = {
  events,
  eventsForOneDay: 10,
  rowsOfDay,
  accounts: 400,
  campaignsAtOnce: Math.ceil(events / 6),
  streamsAtOnce: 20,
  writers: 8,
}
const tenants = 200

/** What was found in the event store. */
export type History = {
  /** Without the store's own. */
  readonly events: number
  readonly lastPosition: number
  readonly campaigns: number
  readonly campaignEvents: number
  readonly metricsEvents: number
  readonly metricRows: number
}

/** Appends a history, and counts what then is in the event store. */
export const makeHistory = async (url: string, print: (line: string) => void): Promise<History> => {
  const store = connectEventStore(url)
  try {
    print(`Appending ${usual.events} events …`)
    const start = performance.now()
    await appendHistory(store, usual)
    print(`Appended, ${Math.round(usual.events / ((performance.now() - start) / 1_000))} events/s.`)
    return await survey(store)
  } finally {
    await store.close()
  }
}

export const appendHistory = async (store: EventStore, shape: Shape): Promise<void> => {
  const owners = Array.from({ length: tenants }, () => ({
    tenantId: TenantId.parse(randomUUID()),
    clientId: ClientId.parse(randomUUID()),
  }))
  const days = accountDays(owners, shape)
  let left = shape.events
  const writer = async (): Promise<void> => {
    const lives = Array.from({ length: Math.ceil(shape.campaignsAtOnce / shape.writers) }, () =>
      campaignLife(any(owners)),
    )
    while (left > 0) {
      const writes = new Map<string, Write>()
      for (; writes.size < shape.streamsAtOnce && left > 0; left--) {
        const write = left % shape.eventsForOneDay === 0 ? days.next().value : nextOf(lives, writes)
        writes.set(write.stream, write)
      }
      await appended(store, [...writes.values()])
    }
  }
  await Promise.all(Array.from({ length: shape.writers }, writer))
}

/** On a busy machine an answer may come too late; what was appended already is not appended twice, by the ids of its events. */
const appended = async (store: EventStore, writes: readonly Write[]): Promise<void> => {
  for (let tries = 1; ; tries++) {
    try {
      await store.append(writes)
      return
    } catch (error) {
      if (!(error instanceof StoreUnavailable) || tries === 20) throw error
    }
  }
}

/** Counts what is in the event store. */
export const survey = async (store: EventStore): Promise<History> => {
  const pageSize = 1_000
  let history: History = {
    events: 0,
    lastPosition: -1,
    campaigns: 0,
    campaignEvents: 0,
    metricsEvents: 0,
    metricRows: 0,
  }
  for (let last = -1; ; ) {
    const page = await store.readAll({ from: last < 0 ? 'start' : last, maxCount: pageSize })
    const fresh = page.filter(({ stream, position }) => position > last && !stream.startsWith('$'))
    history = fresh.reduce(counted, history)
    last = page.at(-1)?.position ?? last
    if (page.length < pageSize) return history
  }
}

const counted = (before: History, { stream, type, position, bytes }: StoredEvent): History => {
  const isDay = stream.startsWith('adAccountDay-')
  return {
    events: before.events + 1,
    lastPosition: position,
    campaigns: before.campaigns + Number(type === 'CampaignCreated'),
    campaignEvents: before.campaignEvents + Number(stream.startsWith('campaign-')),
    metricsEvents: before.metricsEvents + Number(isDay),
    metricRows: before.metricRows + (isDay ? JSON.parse(Buffer.from(bytes).toString()).rows.length : 0),
  }
}

type Owner = { readonly tenantId: TenantId; readonly clientId: ClientId }
type Life = { readonly owner: Owner; readonly id: string; readonly length: number; revision: number }

const any = <Item>(items: readonly Item[]): Item => items[randomInt(items.length)] as Item

/** Campaigns have 4 to 12 events. */
const campaignLife = (owner: Owner): Life => ({ owner, id: randomUUID(), length: randomInt(4, 13), revision: -1 })

/** The next event of some campaign; a campaign that has lived makes room for a new one. */
const nextOf = (lives: Life[], taken: ReadonlyMap<string, Write>): Write => {
  const index = randomInt(lives.length)
  const life = lives[index] as Life
  const stream = streamName('campaign', life.owner.tenantId, life.id)
  if (taken.has(stream)) return nextOf(lives, taken)
  const expected = life.revision < 0 ? 'no-stream' : life.revision
  life.revision++
  if (life.revision === life.length - 1) lives[index] = campaignLife(life.owner)
  return { stream, expected, events: [campaignEvent(life)] }
}

const campaignEvent = ({ owner, id, revision }: Life): NewEvent => {
  const [type, data] = steps[revision] ?? ['CampaignPaused', { reason: null }]
  const { clientId } = owner
  const created = { clientId, name: `Spring sale ${randomInt(1_000_000)}`, objective: 'Bring people back' }
  return newEvent(owner, type, { campaignId: id, ...(type === 'CampaignCreated' ? created : data) })
}

const usd = (amountMicros: number) => ({ amountMicros, currency: 'USD' })

const steps: readonly (readonly [EventType, object])[] = [
  ['CampaignCreated', {}],
  ['BudgetAllocated', { budget: usd(25_000_000_000) }],
  ['CampaignRenamed', { name: 'Spring sale, second try' }],
  ['CampaignSubmitted', {}],
  ['CampaignApproved', { comment: 'Go ahead' }],
  ['CampaignScheduled', { startsOn: '2026-03-01', endsOn: '2026-04-30' }],
  ['CampaignLinked', { adAccountId: '019ab000-0000-4000-8000-00000000000a', platformCampaignId: '120210000000000' }],
  ['CampaignActivated', {}],
  ['BudgetRevised', { budget: usd(30_000_000_000), previous: usd(25_000_000_000) }],
  ['CampaignPaused', { reason: 'Out of stock' }],
  ['CampaignResumed', {}],
  ['CampaignCompleted', {}],
]

/** Day after day, account after account; each is a stream of its own. */
function* accountDays(owners: readonly Owner[], { accounts, rowsOfDay }: Shape): Generator<Write, never> {
  const all = Array.from({ length: accounts }, () => ({ id: randomUUID(), owner: any(owners) }))
  for (let day = 0; ; day++) {
    const date = new Date(Date.UTC(2024, 0, 1 + day)).toISOString().slice(0, 10)
    for (const { id, owner } of all) {
      const about = { adAccountId: id, clientId: owner.clientId, platform: 'meta', currency: 'USD', date }
      const data = { ...about, rows: Array.from({ length: rowsOfDay }, (_, n) => reading(n)) }
      yield {
        stream: streamName('adAccountDay', owner.tenantId, `${id}:${date}`),
        expected: 'no-stream',
        events: [newEvent(owner, 'MetricsObserved', data)],
      }
    }
  }
}

const ages = ['30-34', '35-39', '40-44', '45-49']

/** A row as the sample data have them: an ad's figures by age and gender, with two types of conversions. */
const reading = (n: number) => ({
  key: {
    platformCampaignId: String(900 + (n % 3)),
    adSetId: String(103_000 + (n % 7)),
    adId: String(708_000 + n),
    breakdown: { age: ages[n % 4] ?? '', gender: n % 2 ? 'F' : 'M' },
    attributionWindow: 'default',
  },
  measures: {
    impressions: randomInt(1_000_000),
    clicks: randomInt(500),
    spendMicros: randomInt(600_000_000),
    conversions: [
      { type: 'approved', countMicros: randomInt(20) * 1_000_000, valueMicros: 0 },
      { type: 'total', countMicros: randomInt(60) * 1_000_000, valueMicros: 0 },
    ],
  },
})

const newEvent = ({ tenantId, clientId }: Owner, type: EventType, data: object): NewEvent => {
  const commandId = randomUUID()
  return {
    id: randomUUID(),
    type,
    data: canonical(type, data as EventData[typeof type]),
    metadata: metadataToStored({
      tenantId,
      clientId,
      actor: 'user:7f3c2a9e',
      commandId,
      bodyHash: '2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824',
      correlationId: randomUUID(),
      causationId: commandId,
      recordedAt: Instant.now(),
      schemaVersion: '1',
      traceparent: '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01',
      roles: 'campaignManager',
      origin: null,
    }),
  }
}
