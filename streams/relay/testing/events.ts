/** Events for the relay to publish. */
import { randomInt, randomUUID } from 'node:crypto'
import type { EventStore, NewEvent, Write } from '@bizosaas/event-store'
import { canonical, type Instant, instantOf, metadataToStored, streamName, TenantId } from '@bizosaas/schemas'

const tenantIds = Array.from({ length: 30 }, () => TenantId.parse(randomUUID()))
const adAccountIds = Array.from({ length: 30 }, () => randomUUID())

const any = <Item>(items: readonly Item[]): Item => items[randomInt(items.length)] as Item

/** Some events of some campaigns and some days of some ad accounts, appended by several writers at once. */
export const appendSome = async (store: EventStore, streams: number): Promise<void> => {
  let left = streams
  const writer = async () => {
    while (left-- > 0)
      await store.append([randomInt(3) === 0 ? accountDay() : campaign(any(tenantIds), 1 + randomInt(8))])
  }
  await Promise.all(Array.from({ length: 16 }, writer))
}

/** A campaign that was renamed so many times; to be appended at no-stream. */
export const campaign = (tenantId: TenantId, events: number, recordedAt = instantOf(new Date())): Write => {
  const id = randomUUID()
  const names = Array.from({ length: events }, (_, n) => `Campaign ${n}`)
  return {
    stream: streamName('campaign', tenantId, id),
    expected: 'no-stream',
    events: names.map((name) => newEvent(tenantId, recordedAt, 'CampaignRenamed', { campaignId: id, name })),
  }
}

const accountDay = (): Write => {
  const [tenantId, adAccountId] = [any(tenantIds), any(adAccountIds)]
  const data = { adAccountId, clientId: randomUUID(), platform: 'meta', currency: 'USD', date: '2026-11-22', rows: [] }
  return {
    stream: streamName('adAccountDay', tenantId, `${adAccountId}:${randomUUID()}`),
    expected: 'no-stream',
    events: [newEvent(tenantId, instantOf(new Date()), 'MetricsObserved', data)],
  }
}

const newEvent = (tenantId: TenantId, recordedAt: Instant, type: string, data: object): NewEvent => ({
  id: randomUUID(),
  type,
  data: canonical(type as never, data as never),
  metadata: metadataOf(tenantId, recordedAt),
})

export const metadataOf = (tenantId: TenantId, recordedAt: Instant): Record<string, string> =>
  metadataToStored({
    tenantId,
    clientId: null,
    actor: 'user:test',
    commandId: randomUUID(),
    bodyHash: '',
    correlationId: randomUUID(),
    causationId: randomUUID(),
    recordedAt,
    schemaVersion: '1',
    traceparent: null,
    roles: null,
    origin: null,
  })
