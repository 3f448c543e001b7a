import { randomInt, randomUUID } from 'node:crypto'
import { encodeRecord, nothingBefore } from '@bizosaas/kafka'
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import { startRelay } from '../relay/start.ts'
import { appendSome } from '../relay/testing/events.ts'
import {
  appendOddities,
  loseRecords,
  type RawRecord,
  rewriteTopic,
  writeForeignRecords,
} from '../relay/testing/mishaps.ts'
import { relayProcess, until } from '../relay/testing/processes.ts'
import { openWorld, partitions, type World } from '../relay/testing/world.ts'
import { type Audit, auditStep } from './audit.ts'
import { type Connections, connectAll } from './connect.ts'
import { beginning, type Cursor } from './cursor.ts'
import type { Finding } from './finding.ts'
import { ledgerOf } from './ledger.ts'
import { readProgress } from './progress.ts'
import { start } from './start.ts'

let world: World
let connections: Connections

beforeEach(async () => {
  world = await openWorld()
  connections = await connectAll(world.config)
}, 30_000)

afterEach(async () => {
  await connections.close()
  await world.close()
}, 30_000)

const published = async () => {
  const last = (await world.stored()).at(-1)?.position
  await until(async () => (await world.lastPosition()) === last, 40_000)
}

const publishAll = async () => {
  const relay = await startRelay(world.config)
  await published()
  await relay.stop()
}

type Audited = { position: number; events: number; finding: Finding | null; cursor: Cursor }

/** Audits all there is behind a cursor, by steps of so many events. */
const auditAll = async (mostEvents = 1_500, from = beginning(partitions)): Promise<Audited> => {
  const { generation } = world
  const audit: Audit = { ...connections, generation, partitions, ledger: ledgerOf(connections.db, generation) }
  let cursor = from
  let [position, events] = [nothingBefore, 0]
  for (;;) {
    const step = await auditStep(audit, cursor, mostEvents)
    if (step === null) return { position, events, finding: null, cursor }
    position = step.position
    events += step.events
    cursor = step.cursor
    if (step.finding !== null) return { position, events, finding: step.finding, cursor }
  }
}

const expectAgreement = async (mostEvents?: number) => {
  const stored = await world.stored()
  const position = stored.at(-1)?.position
  expect(await auditAll(mostEvents)).toMatchObject({ position, events: stored.length, finding: null })
}

const topic = () => world.topics[0] ?? ''
const positionOf = ({ headers }: RawRecord): number => Number(headers.event?.readBigInt64BE(0))
/** Some record in the middle of the topic's events. */
const pick = (records: readonly RawRecord[]): RawRecord => records[Math.floor(records.length / 2)] as RawRecord

describe('Event store, Kafka and ledger', () => {
  test('agree after a relay has published everything, what it cannot read among it', async () => {
    await appendSome(world.store, 300)
    await appendOddities(world)
    await appendSome(world.store, 300)
    await publishAll()
    await expectAgreement()
  }, 60_000)

  test('agree after relays were killed at any moment and sent again', async () => {
    const appending = appendSome(world.store, 2_000)
    for (let round = 0; round < 4; round++) {
      const relay = relayProcess(world.config)
      await until(() => relay.output().includes('publishing'))
      await new Promise((resolve) => setTimeout(resolve, randomInt(400)))
      await relay.kill()
    }
    await appending
    await publishAll()
    await expectAgreement(700)
  }, 90_000)

  test('agree after a relay that was suspended woke up beside its successor', async () => {
    const first = relayProcess(world.config)
    try {
      await until(() => first.output().includes('publishing'))
      const appending = appendSome(world.store, 1_500)
      await until(async () => ((await world.lastPosition()) ?? 0) > 0)
      first.signal('SIGSTOP')
      const second = await startRelay(world.config)
      await appending
      await published()
      first.signal('SIGCONT')
      await first.ended
      await published()
      await second.stop()
      await expectAgreement(900)
    } finally {
      await first.kill()
    }
  }, 90_000)

  test('agree after the ledger was lost and written again', async () => {
    await appendSome(world.store, 400)
    await publishAll()
    await world.forget()
    await appendSome(world.store, 50)
    await publishAll()
    await expectAgreement(300)
  }, 60_000)

  test('agree when the ledger was lost and written again while they were audited', async () => {
    await appendSome(world.store, 200)
    await publishAll()
    const { cursor } = await auditAll()
    await world.forget()
    await appendSome(world.store, 50)
    await publishAll()
    expect(await auditAll(1_500, cursor)).toMatchObject({ position: await world.lastPosition(), finding: null })
  }, 60_000)
})

describe('The audit names', () => {
  beforeEach(async () => {
    await appendSome(world.store, 300)
    await publishAll()
  }, 60_000)

  const expectFinding = async (kind: Finding['kind'], position: number) => {
    const found = await auditAll()
    const event = (await world.stored()).find((stored) => stored.position === position)
    expect(found.finding).toMatchObject({ kind, event: { position, ...(event && { id: event.id }) } })
    expect(found.position).toBeLessThan(position)
  }

  test('an event that Kafka lost', async () => {
    let lost = 0
    await rewriteTopic(world, topic(), (records) => {
      lost = positionOf(pick(records))
      return records.filter((record) => record !== pick(records))
    })
    await expectFinding('missing-in-kafka', lost)
  }, 60_000)

  test('the first event of all when Kafka lost the beginning', async () => {
    await loseRecords(world)
    await expectFinding('missing-in-kafka', (await world.stored())[0]?.position ?? 0)
  }, 60_000)

  test('a byte that was changed in Kafka', async () => {
    let changed = 0
    await rewriteTopic(world, topic(), (records) => {
      const hit = pick(records)
      changed = positionOf(hit)
      const value = Buffer.from(hit.value ?? '')
      value[value.length - 1] = (value.at(-1) ?? 0) ^ 1
      return records.map((record) => (record === hit ? { ...hit, value } : record))
    })
    await expectFinding('other-bytes', changed)
  }, 60_000)

  test('a record that the relay did not write, between others and behind them', async () => {
    let position = 0
    await rewriteTopic(world, topic(), (records) => {
      const hit = pick(records)
      position = positionOf(hit) + 1
      return records.flatMap((record) => (record === hit ? [hit, forged(hit.partition, position)] : [record]))
    })
    await expectFinding('extra-in-kafka', position)
  }, 60_000)

  test('a record behind all others that the relay did not write', async () => {
    const position = Number.MAX_SAFE_INTEGER
    await rewriteTopic(world, topic(), (records) => [...records, forged(pick(records).partition, position)])
    const { finding } = await auditAll()
    expect(finding).toMatchObject({ kind: 'extra-in-kafka', event: { position } })
  }, 60_000)

  test('what something else wrote into a topic', async () => {
    await writeForeignRecords(world)
    expect((await auditAll()).finding).toMatchObject({ kind: 'extra-in-kafka', event: null })
  }, 60_000)

  test('an event that was deleted from the event store', async () => {
    const stored = await world.stored()
    const hit = stored[Math.floor(stored.length / 2)]?.position ?? 0
    const { id } = stored.find(({ position }) => position === hit) ?? { id: '' }
    await world.tamper((database) => database.prepare('DELETE FROM event WHERE position = ?').run(hit))
    const { finding } = await auditAll()
    expect(finding).toMatchObject({ kind: 'missing-in-store', event: { position: hit, id } })
  }, 60_000)

  test('a row of the ledger that was altered', async () => {
    const update = "UPDATE relay.ledger SET digests = jsonb_set(digests, '{events,0}', to_jsonb(repeat('00', 32)))"
    await world.admin.query(`${update} WHERE generation = $1 AND digests->'events' ? '0'`, [world.generation])
    expect((await auditAll()).finding).toMatchObject({
      kind: 'ledger-differs',
      partition: { topic: 'events', number: 0 },
    })
  }, 60_000)
})

const forged = (partition: number, position: number): RawRecord => {
  const head = { stream: 'forged', revision: 0, position, prev: 0, eventId: randomUUID(), metadata: null }
  const { key, value, headers } = encodeRecord(head, 1, Buffer.alloc(10))
  return { partition, key: Buffer.from(key), value, headers }
}

describe('The auditor', () => {
  test('follows the relay, writes down how far all agrees, and goes on there after a restart', async () => {
    const relay = await startRelay(world.config)
    const audited = async () => (await readProgress(connections.db, world.generation))?.position
    for (let round = 0; round < 2; round++) {
      const stop = await start(world.config, { restMs: 50 })
      await appendSome(world.store, 50)
      await published()
      const last = await world.lastPosition()
      await until(async () => (await audited()) === last, 40_000)
      await stop()
    }
    await relay.stop()
    expect((await readProgress(connections.db, world.generation))?.finding).toBeNull()
  }, 90_000)

  test('writes down what differs, and may write nothing that it audits', async () => {
    await appendSome(world.store, 50)
    await publishAll()
    await loseRecords(world)
    const stop = await start(world.config, { restMs: 50 })
    await until(async () => ((await readProgress(connections.db, world.generation))?.finding ?? null) !== null, 40_000)
    await stop()
    await expect(connections.db.query('DELETE FROM relay.ledger')).rejects.toThrow('permission denied')
    await expect(connections.db.query('UPDATE relay.ledger SET seq = 0')).rejects.toThrow('permission denied')
  }, 90_000)
})
