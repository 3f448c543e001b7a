import { randomInt, randomUUID } from 'node:crypto'
import { connectPostgres, migrate, type Postgres } from '@bizosaas/databases'
import { log, readSettings } from '@bizosaas/runtime'
import { Instant } from '@bizosaas/schemas'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { noChain } from './digest.ts'
import { type LedgerRow, Superseded, takeLedger } from './ledger.ts'
import { relayMigrations } from './start.ts'
import { noTails } from './tails.ts'

const partitions = 3
let db: Postgres
let generation: string

beforeAll(async () => {
  const settings = readSettings(['POSTGRES_ADMIN_URL', 'POSTGRES_RELAY_URL'])
  await migrate(settings.POSTGRES_ADMIN_URL, relayMigrations, 'relay')
  db = connectPostgres(settings.POSTGRES_RELAY_URL, { name: 'test', connections: 4, statementTimeoutMs: 10_000 })
  // Longer than any that the settings take, so that it is of no other test and of no system.
  generation = `g${randomInt(1e9, 2 ** 47)}`
})
afterAll(() => db.close())

const take = () => takeLedger(db, { generation, partitions, stopping: new AbortController().signal, log })

const row = (seq: number): LedgerRow => ({
  seq,
  position: seq * 10,
  eventId: randomUUID(),
  instant: Instant.parse('2026-01-01T00:00:00.000000Z'),
  tails: noTails(partitions),
  digests: { events: { 1: 'ab'.repeat(32) }, observations: {} },
  chain: noChain,
})

describe('The ledger', () => {
  test('is written by the relay that took it last, and by no other', async () => {
    const first = await take()
    await first.write(row(1))
    const second = await take()
    expect(second.epoch).toBe(first.epoch + 1)
    await expect(first.write(row(2))).rejects.toBeInstanceOf(Superseded)
    await second.write(row(2))
    await expect(first.write(row(3))).rejects.toBeInstanceOf(Superseded)
  })

  test('gives a relay the last row of those before it', async () => {
    const before = await take()
    const last = { ...row(5), chain: Buffer.alloc(32, 7) }
    await before.write(last)
    const { digests: _, ...kept } = last
    expect((await take()).last).toEqual(kept)
  })
})
