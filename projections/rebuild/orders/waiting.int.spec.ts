import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals'
import { parkingOrders } from '../../analytics/parking-orders/parking-orders.ts'
import { tableName } from '../../runner/projection.ts'
import { giveOrder } from '../../runner/spec-support/parking.ts'
import { orderRebuild, outcomeOfRebuildOrder } from '../../runner/spec-support/rebuilding.ts'
import { openSystem } from '../../runner/spec-support/system.ts'
import { until } from '../../runner/spec-support/until.ts'
import { ensurePostgresTable } from '../../runner/tables.ts'
import { served } from '../spec-support/served.ts'

let system: Awaited<ReturnType<typeof openSystem>>

beforeAll(async () => {
  system = await openSystem()
}, 60_000)

afterEach(async () => {
  for (const cleanUp of system.cleanUps.splice(0).reverse()) await cleanUp()
})

afterAll(() => system.close())

/** What is locked until it is let go. */
async function locked(statement: string, values: readonly unknown[]): Promise<() => Promise<void>> {
  const isLocked = Promise.withResolvers<void>()
  const over = Promise.withResolvers<void>()
  const transaction = system.databases.postgres.transaction(async (tx) => {
    await tx.query(statement, values)
    isLocked.resolve()
    await over.promise
  })
  transaction.catch(isLocked.reject)
  await isLocked.promise
  const letGo = async () => {
    over.resolve()
    await transaction
  }
  system.cleanUps.push(letGo)
  return letGo
}

describe('an order that has to wait or fails', () => {
  const outcome = (orderId: string) => outcomeOfRebuildOrder(system.databases.postgres, orderId)
  const settled = (orderId: string) =>
    until(
      () => outcome(orderId),
      (found) => found !== null,
    )

  test('holds up none about another model', async () => {
    const { postgres } = system.databases
    const [one, other] = [await served(system), await served(system)]
    expect(await one.give('build')).toBe('done')
    // As while its indexes are made.
    const letGo = await locked('SELECT FROM read_model.version WHERE model = $1 AND version = 2 FOR UPDATE', [one.name])
    const waiting = await orderRebuild(postgres, one.rebuildId, one.name, 'cancel')
    expect(await other.give('build')).toBe('done')
    expect(await outcome(waiting)).toBeNull()
    await letGo()
    expect(await settled(waiting)).toBe('done')
  }, 60_000)

  test('is refused where its comparison fails, and others are compared', async () => {
    const { postgres } = system.databases
    const [one, other] = [await served(system), await served(system)]
    for (const { give, built, proven } of [one, other]) {
      expect(await give('build', { definition: 1 })).toBe('done')
      await built(2)
      await proven(2)
    }
    const table = tableName({ name: one.name, version: 2 })
    await postgres.query(`ALTER TABLE read_model.${table} DROP COLUMN tenant_id CASCADE`)
    const fails = await orderRebuild(postgres, one.rebuildId, one.name, 'verify')
    expect(await other.give('verify')).toBe('done')
    expect(await settled(fails)).toMatch(/the log of the runners says why/)
  }, 120_000)

  test('is not overtaken by the cut-over that stands on it', async () => {
    const { postgres } = system.databases
    const { give, built, proven, redefine, rebuildId, name, live } = await served(system)
    const other = await served(system)
    expect(await give('build', { definition: 1 })).toBe('done')
    await built(2)
    await proven(2)

    // A comparison that is being made.
    const letGo = await locked('SELECT pg_advisory_xact_lock(hashtextextended($1, 0))', [`verify ${rebuildId}`])
    const waits = await orderRebuild(postgres, rebuildId, name, 'cut-over')
    expect(await other.give('build')).toBe('done')
    expect(await outcome(waits)).toBeNull()
    await letGo()
    expect(await settled(waits)).toBe('done')
    expect(await give('roll-back')).toBe('done')

    // One that is still to be made.
    await redefine(2, 9)
    const verify = await orderRebuild(postgres, rebuildId, name, 'verify')
    const cutOver = await orderRebuild(postgres, rebuildId, name, 'cut-over')
    expect(await other.give('pause')).toBe('done')
    expect([await outcome(verify), await outcome(cutOver)]).toEqual([null, null])
    await redefine(2, 1)
    expect([await settled(verify), await settled(cutOver)]).toEqual(['done', 'done'])
    expect(await live()).toEqual({ version: 2, previous: 1 })
  }, 120_000)
})

describe('a cut-over', () => {
  test('does not stand on a comparison after which parked events were worked off', async () => {
    const { postgres } = system.databases
    const { give, built, proven, model, log } = await served(system)
    expect(await give('build', { definition: 1 })).toBe('done')
    await built(2)
    await proven(2)
    const [record] = log
    if (record === undefined) throw new Error('Nothing was sent.')
    // Of a version that nobody runs, so that it is not carried out before it is said to be.
    const order = await giveOrder(postgres, { ...model.projection, version: 9 }, record)
    await postgres.query(
      `INSERT INTO read_model.parking_outcome (order_id, tenant_id, outcome) VALUES ($1, $2, 'applied')`,
      [order, record.metadata?.tenantId],
    )
    const { name: orders } = await ensurePostgresTable(postgres, parkingOrders)
    await postgres.query(`UPDATE ${orders} SET version = 1 WHERE order_id = $1`, [order])
    expect(await give('cut-over')).toMatch(/worked off since they were compared/)
    expect(await give('verify')).toBe('done')
    expect(await give('cut-over')).toBe('done')
  }, 120_000)

  test('does not stand on a comparison with nothing after something came to serve', async () => {
    const { admin, postgres } = system.databases
    const { give, built, proven, name } = await served(system)
    expect(await give('build', { definition: 1 })).toBe('done')
    await built(2)
    await proven(2)
    await admin.query('UPDATE read_model.verification SET against = NULL WHERE model = $1', [name])
    await postgres.query('UPDATE read_model.live_version SET since = now() WHERE model = $1', [name])
    expect(await give('cut-over')).toMatch(/was not compared with version 1/)
  }, 120_000)

  test('from a version whose table was lost is not gone back from', async () => {
    const { give, built, proven, name, live } = await served(system)
    expect(await give('build', { definition: 1 })).toBe('done')
    await system.databases.postgres.query(`DROP TABLE read_model.${tableName({ name, version: 1 })}`)
    await built(2)
    expect(await proven(2)).toEqual({ difference: null, against: null })
    expect(await give('cut-over')).toBe('done')
    expect(await give('roll-back')).toMatch(/retired or lost/)
    expect(await live()).toEqual({ version: 2, previous: null })
  }, 120_000)
})
