import { randomUUID } from 'node:crypto'
import { cableTo } from '@bizosaas/databases/testing/cable.ts'
import { TenantId } from '@bizosaas/schemas'
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import { type RelayConfig, type RunningRelay, startRelay } from './start.ts'
import { appendSome, campaign } from './testing/events.ts'
import { until } from './testing/processes.ts'
import { expectedReading, readByHighWater } from './testing/reading.ts'
import { openWorld, type World } from './testing/world.ts'

let world: World
const relays: RunningRelay[] = []

beforeEach(async () => {
  world = await openWorld()
}, 30_000)

afterEach(async () => {
  await Promise.all(relays.splice(0).map((relay) => relay.stop()))
  await world.close()
}, 30_000)

const start = async (config: RelayConfig = world.config) => {
  const relay = await startRelay(config)
  relay.ended.catch(() => {})
  relays.push(relay)
  return relay
}

/** Waits until the ledger says that everything stored is published. */
const published = async () => {
  const last = (await world.stored()).at(-1)?.position
  await until(async () => (await world.lastPosition()) === last)
}

const expectFaithful = async () => {
  const records = await world.records()
  expect(readByHighWater(records)).toEqual(expectedReading(await world.stored(), world.generation))
  return records
}

describe('The relay', () => {
  test('publishes every event once, in the order of its partition, each naming the one before', async () => {
    await appendSome(world.store, 400)
    await start()
    await published()
    const records = await expectFaithful()
    expect(records.length).toBe((await world.stored()).length)
    expect(new Set(records.map(({ topic, partition }) => `${topic} ${partition}`)).size).toBeGreaterThan(18)
  }, 40_000)

  test('publishes what is appended while it waits', async () => {
    await start()
    await appendSome(world.store, 3)
    await published()
    await appendSome(world.store, 1)
    await published()
    await expectFaithful()
  }, 40_000)

  test('stops after what it has in hand, and its successor goes on without sending anything again', async () => {
    for (let round = 0; round < 3; round++) {
      await appendSome(world.store, 100)
      const relay = await start()
      await published()
      await relay.stop()
    }
    const records = await expectFaithful()
    expect(records.length).toBe((await world.stored()).length)
  }, 60_000)

  test('waits for an event store that is away, and goes on when it is back', async () => {
    await start()
    await appendSome(world.store, 20)
    await published()
    await world.restartStore()
    await appendSome(world.store, 20)
    await published()
    await expectFaithful()
  }, 40_000)

  test('waits for a ledger that is away, publishes nothing again, and goes on when it is back', async () => {
    const cable = await cableTo(world.config.POSTGRES_RELAY_URL)
    try {
      await start({ ...world.config, POSTGRES_RELAY_URL: cable.url })
      await appendSome(world.store, 20)
      await published()
      cable.pull()
      await appendSome(world.store, 20)
      await until(async () => (await world.records()).length > 20)
      cable.plugIn()
      await published()
      const records = await expectFaithful()
      expect(records.length).toBe((await world.stored()).length)
    } finally {
      await cable.close()
    }
  }, 60_000)

  test('notes with each batch the latest instant so far, so that an instant leads to a position', async () => {
    const tenantId = TenantId.parse(randomUUID())
    const instants = ['2026-01-02', '2026-01-05', '2026-01-03'].map((day) => new Date(`${day}T00:00:00Z`))
    await start()
    for (const instant of instants) {
      await world.store.append([campaign(tenantId, 1, world.instant(instant))])
      await published()
    }
    const rows = await world.ledger()
    expect(rows.map(({ instant }) => instant.slice(0, 10))).toEqual(['2026-01-02', '2026-01-05', '2026-01-05'])
    const stored = await world.stored()
    expect(rows.map(({ position, eventId }) => [position, eventId])).toEqual(
      stored.map(({ position, id }) => [position, id]),
    )
  }, 40_000)

  test('finds its place in Kafka when the ledger was lost, and writes the ledger again', async () => {
    await appendSome(world.store, 300)
    const relay = await start()
    await published()
    await relay.stop()
    await world.forget()
    await appendSome(world.store, 50)
    await start()
    await published()
    const records = await expectFaithful()
    expect(records.length).toBe((await world.stored()).length)
  }, 60_000)

  test('refuses to start with another number of partitions than the generation was made with', async () => {
    const relay = await start()
    await relay.stop()
    await expect(startRelay({ ...world.config, TOPIC_PARTITIONS: 6 })).rejects.toThrow(
      `Generation ${world.generation} has 12 partitions, but TOPIC_PARTITIONS is 6`,
    )
  }, 40_000)
})
