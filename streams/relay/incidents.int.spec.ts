import { randomInt } from 'node:crypto'
import { createTopics } from '@bizosaas/kafka'
import { decode } from '@bizosaas/schemas'
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import { startRelay } from './start.ts'
import { appendSome } from './testing/events.ts'
import {
  appendOddities,
  loseRecords,
  loseTopics,
  setRetention,
  tombstone,
  writeForeignRecords,
} from './testing/mishaps.ts'
import { relayProcess, until } from './testing/processes.ts'
import { expectedReading, readByHighWater } from './testing/reading.ts'
import { openWorld, partitions, type World } from './testing/world.ts'

let world: World
const processes: ReturnType<typeof relayProcess>[] = []

beforeEach(async () => {
  world = await openWorld()
}, 30_000)

afterEach(async () => {
  await Promise.all(processes.splice(0).map((relay) => relay.kill()))
  await world.close()
}, 30_000)

const spawnRelay = () => {
  const relay = relayProcess(world.config)
  processes.push(relay)
  return relay
}

const published = async () => {
  const last = (await world.stored()).at(-1)?.position
  await until(async () => (await world.lastPosition()) === last, 40_000)
}

const expectFaithful = async () => {
  const records = await world.records()
  const stored = await world.stored()
  expect(readByHighWater(records)).toEqual(expectedReading(stored, world.generation))
  return { duplicates: records.length - stored.length }
}

/** Publishes what is there, and stops. */
const publishAll = async () => {
  const relay = await startRelay(world.config)
  await published()
  await relay.stop()
}

describe('A relay that is killed', () => {
  test('at any moment, again and again, loses nothing and doubles nothing for a reader', async () => {
    const appending = appendSome(world.store, 3_000)
    for (let round = 0; round < 5; round++) {
      const relay = spawnRelay()
      await until(() => relay.output().includes('publishing'))
      await new Promise((resolve) => setTimeout(resolve, randomInt(400)))
      await relay.kill()
    }
    await appending
    await publishAll()
    await expectFaithful()
  }, 90_000)
})

describe('Two relays', () => {
  test('leave the topics sound when one is suspended, replaced, and wakes up', async () => {
    const first = spawnRelay()
    await until(() => first.output().includes('publishing'))
    await appendSome(world.store, 500)
    await until(async () => ((await world.lastPosition()) ?? 0) > 0)
    first.signal('SIGSTOP')
    await appendSome(world.store, 500)
    const second = spawnRelay()
    await published()
    await appendSome(world.store, 500)
    first.signal('SIGCONT')
    expect(await first.ended).toBe(1)
    expect(first.output()).toContain('Another relay has taken over the topics of')
    await published()
    expect(second.output()).not.toContain('fatal')
    await expectFaithful()
    const epochs = (await world.ledger()).map(({ epoch }) => epoch)
    expect(epochs).toEqual(epochs.toSorted((a, b) => a - b))
    expect(epochs.at(-1)).toBe(2)
  }, 90_000)

  test('started together end as one', async () => {
    await appendSome(world.store, 1_500)
    const both = [spawnRelay(), spawnRelay()]
    const loser = await Promise.race(both.map(async (relay) => ({ code: await relay.ended, output: relay.output() })))
    expect(loser.code).toBe(1)
    expect(loser.output).toContain('Another relay has taken over the topics of')
    await published()
    await expectFaithful()
  }, 90_000)
})

describe('An event store that was restored from an older copy', () => {
  const restored = `does not hold event`

  beforeEach(async () => {
    await appendSome(world.store, 50)
    await publishAll()
    await world.copyStore()
    await appendSome(world.store, 50)
  }, 60_000)

  test('stops the relay at its start, in one sentence with the way out', async () => {
    await publishAll()
    await world.restoreCopy()
    const relay = spawnRelay()
    expect(await relay.ended).toBe(1)
    expect(relay.output()).toContain(restored)
    expect(relay.output()).toContain('npm run reseed')
  }, 60_000)

  test('stops it too when other events have taken the lost positions', async () => {
    await publishAll()
    await world.restoreCopy()
    await appendSome(world.store, 200)
    await expect(startRelay(world.config)).rejects.toThrow(restored)
  }, 60_000)

  test('stops it too when the ledger was lost with it', async () => {
    await publishAll()
    await world.forget()
    await world.restoreCopy()
    await expect(startRelay(world.config)).rejects.toThrow(restored)
  }, 60_000)

  test('ends a relay that is running', async () => {
    const relay = await startRelay(world.config)
    const ended = expect(relay.ended).rejects.toThrow('was restored from an older copy while the relay ran')
    await published()
    await world.restoreCopy()
    await appendSome(world.store, 200)
    await ended
  }, 60_000)
})

describe('Kafka that lost what was published', () => {
  beforeEach(async () => {
    await appendSome(world.store, 100)
    await publishAll()
  }, 60_000)

  const lost = `Kafka lost data of`

  test('because the topics are gone, stops the relay at its start, in one sentence with the way out', async () => {
    await loseTopics(world)
    const relay = spawnRelay()
    expect(await relay.ended).toBe(1)
    expect(relay.output()).toContain(lost)
    expect(relay.output()).toContain('npm run reseed')
  }, 60_000)

  test.each(['all', 'first'] as const)(
    'by a retention, %s of it, stops it too',
    async (how) => {
      await loseRecords(world, how)
      await expect(startRelay(world.config)).rejects.toThrow(lost)
    },
    60_000,
  )

  test('and was written to by somebody else, stops it too', async () => {
    await loseTopics(world)
    await createTopics(world.kafka, world.topics, partitions)
    await writeForeignRecords(world)
    await expect(startRelay(world.config)).rejects.toThrow(/Kafka lost data of|not written by the relay/)
  }, 60_000)
})

describe('A schema registry that was emptied or restored', () => {
  const noted = (change: string) =>
    world.admin.query(`UPDATE relay.schema SET ${change} WHERE generation = $1 AND type = 'CampaignRenamed'`, [
      world.generation,
    ])

  test.each([
    [
      'gives an id to another schema',
      `type = 'CampaignCreated'`,
      /is CampaignRenamed version 1 and not CampaignCreated/,
    ],
    ['has forgotten an id', 'id = 2000000000', /Schema 2000000000 is not in the schema registry/],
  ])(
    'so that it %s, stops the relay at its start, in one sentence with the way out',
    async (_, change, says) => {
      await appendSome(world.store, 5)
      await publishAll()
      await noted(change)
      const relay = spawnRelay()
      expect(await relay.ended).toBe(1)
      expect(relay.output()).toMatch(says)
      expect(relay.output()).toContain('npm run reseed')
    },
    60_000,
  )
})

describe('A PostgreSQL that was restored from an older copy', () => {
  test('knows less than Kafka holds, and the relay goes on behind that', async () => {
    await appendSome(world.store, 50)
    await publishAll()
    const copied = (await world.ledger()).length
    await appendSome(world.store, 50)
    await publishAll()
    await world.forgetAfter(copied)
    await appendSome(world.store, 50)
    await publishAll()
    expect(await expectFaithful()).toEqual({ duplicates: 0 })
  }, 60_000)
})

describe('What cannot be published as what it says it is', () => {
  test('is published as unreadable at its position, and everything around it goes on', async () => {
    await appendSome(world.store, 5)
    const odd = await appendOddities(world)
    await appendSome(world.store, 5)
    await publishAll()

    const records = await world.records()
    const stored = await world.stored()
    expect(records.map(({ position }) => position).toSorted((a, b) => a - b)).toEqual(
      stored.map(({ position }) => position),
    )
    const unreadable = records.filter(({ type }) => type === 'Unreadable')
    expect(unreadable.map(({ eventId }) => eventId).toSorted()).toEqual(odd.map(({ id }) => id).toSorted())
    for (const { eventId, bytes } of unreadable) {
      const { type, error } = odd.find(({ id }) => id === eventId) ?? { type: '', error: '' }
      expect(decode('Unreadable', 1, bytes).data).toMatchObject({ type, error: expect.stringMatching(error) })
    }
    expect(() => readByHighWater(records)).not.toThrow()
  }, 60_000)
})

describe('A domain stream that is deleted or given a retention', () => {
  test('raises an alarm, and the relay goes on', async () => {
    await appendSome(world.store, 10)
    const relay = await startRelay(world.config)
    await published()
    expect(() => relay.check()).not.toThrow()
    const [stream] = (await world.stored()).map((event) => event.stream)
    await setRetention(world, stream ?? '')
    await appendSome(world.store, 1)
    await published()
    expect(() => relay.check()).toThrow(`${stream} $maxCount`)
    await tombstone(world, stream ?? '')
    await appendSome(world.store, 1)
    await published()
    expect(() => relay.check()).toThrow(`${stream} tombstoned`)
    await relay.stop()
    await expect(world.lastPosition()).resolves.toBe((await world.stored()).at(-1)?.position)
  }, 60_000)
})
