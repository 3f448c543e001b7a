import { randomUUID } from 'node:crypto'
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals'
import { type Projection, tableName } from '../runner/projection.ts'
import { openSystem } from '../runner/spec-support/system.ts'
import { until } from '../runner/spec-support/until.ts'
import { dropEnded } from './orders/drop.ts'
import { bringBackOrders } from './orders/own-table.ts'
import { served } from './spec-support/served.ts'

let system: Awaited<ReturnType<typeof openSystem>>

beforeAll(async () => {
  system = await openSystem()
}, 60_000)

afterEach(async () => {
  for (const cleanUp of system.cleanUps.splice(0).reverse()) await cleanUp()
})

afterAll(() => system.close())

describe('an order', () => {
  test('begins a version with the next free number, pauses it, resumes it and drops it', async () => {
    const { give, version, left, name } = await served(system)
    expect(await give('pause')).toMatch(/was never begun/)
    expect(await give('build', { workers: 3 })).toBe('done')
    expect(await version(2)).toEqual({ state: 'building', definition: 2, workers: 3, replaces: null })
    expect(await give('build', {}, randomUUID())).toMatch(/Version 2 of .* is being built already/)
    expect(await give('resume')).toMatch(/not paused: it is building/)
    expect(await give('pause')).toBe('done')
    expect(await version(2)).toMatchObject({ state: 'paused' })
    expect(await give('resume')).toBe('done')
    const { postgres } = system.databases
    await postgres.query(
      `INSERT INTO read_model.checkpoint (model, version, topic, partition, position, record_offset) VALUES ($1, 2, 'events.x', 0, 5, 5)`,
      [name],
    )
    expect(await give('retire')).toMatch(/only what is built can be retired/)
    expect(await give('cut-over')).toMatch(/not built: it is building/)
    expect(await give('cancel')).toBe('done')
    expect(await version(2)).toMatchObject({ state: 'cancelled' })
    await until(
      () => left(2),
      (all) => all === 0,
    )
    expect(await give('cancel')).toMatch(/cancelled already/)
    expect(await give('build', { definition: 1 }, randomUUID())).toBe('done')
    expect(await version(3)).toMatchObject({ state: 'building', definition: 1, workers: 1 })
  }, 60_000)

  test('for a model or a definition that nobody knows is refused, once others had the time to take it', async () => {
    const { give } = await served(system)
    expect(await give('build', { definition: 9, age: 11 })).toMatch(/has no definition 9 that the runners know/)
  })

  test('takes effect once, however many carry it out', async () => {
    const { give, name } = await served(system, { executors: 4 })
    for (let n = 0; n < 5; n++) {
      const rebuild = randomUUID()
      expect(await give('build', {}, rebuild)).toBe('done')
      expect(await give('cancel', {}, rebuild)).toBe('done')
    }
    const made = await system.databases.postgres.query(
      'SELECT version FROM read_model.version WHERE model = $1 ORDER BY version',
      [name],
    )
    expect(made.map((row) => (row as { version: number }).version)).toEqual([1, 2, 3, 4, 5, 6])
  }, 60_000)

  test('cuts over to what was found equal, back, over again, and drops what no longer serves', async () => {
    const { give, version, live, built, proven, left, name, create, rename, model, id } = await served(system)
    expect(await give('build', { definition: 1 })).toBe('done')
    expect(await give('verify')).toMatch(/not built: it is building/)
    await built(2)
    expect(await proven(2)).toEqual({ difference: null, against: 1 })
    expect(await give('verify')).toBe('done')
    expect(await give('roll-back')).toMatch(/does not serve/)
    expect(await give('cut-over')).toBe('done')
    expect(await live()).toEqual({ version: 2, previous: 1 })
    expect(await give('cut-over')).toMatch(/serves already/)
    expect(await give('verify')).toMatch(/serves/)
    expect(await give('cancel')).toMatch(/has served/)

    await system.send([create(2, 'b'), rename(1, 'c')])
    expect(await give('roll-back')).toBe('done')
    expect(await live()).toEqual({ version: 1, previous: null })
    // What it is told by then, the version that was gone back to has, too.
    await until(
      () => model.names(id(1)),
      (names) => names === 'a,c',
    )
    expect(await give('roll-back')).toMatch(/does not serve/)
    expect(await give('cut-over')).toBe('done')
    expect(await live()).toEqual({ version: 2, previous: 1 })
    expect(await give('retire')).toBe('done')
    expect(await version(1)).toMatchObject({ state: 'retired' })
    expect(await live()).toEqual({ version: 2, previous: null })
    expect(await give('roll-back')).toMatch(/is retired/)
    expect(await give('retire')).toMatch(/no version of .* before version 2/)
    // A question that began before may still read it.
    expect(await left(1)).toBeGreaterThan(0)
    const { postgres } = system.databases
    const longAgo = `now() - interval '1 minute'`
    await postgres.query(`UPDATE read_model.live_version SET since = ${longAgo} WHERE model = $1`, [name])
    // Also where it could be asked for by name.
    await dropEnded(postgres, system.databases.clickhouse)
    expect(await left(1)).toBeGreaterThan(0)
    await postgres.query(`UPDATE read_model.version SET ended_at = ${longAgo} WHERE model = $1 AND version = 1`, [name])
    await until(
      () => left(1),
      (all) => all === 0,
    )
  }, 120_000)

  test('cuts over to what differs only by the digest of the difference', async () => {
    const { give, live, built, proven, name } = await served(system)
    expect(await give('build', { definition: 1 })).toBe('done')
    await built(2)
    await proven(2)
    const { postgres } = system.databases
    await postgres.query(`UPDATE read_model.${tableName({ name, version: 2 })} SET names = 'spoilt'`)
    expect(await give('verify')).toBe('done')
    const { difference } = (await proven(2)) ?? {}
    expect(difference).toMatch(/^[0-9a-f]{32}$/)
    expect(await give('cut-over')).toMatch(new RegExp(`differs from version 1: .* which is ${difference}\\.`))
    expect(await give('cut-over', { accepted_difference: 'ab' })).toMatch(/, not ab\./)
    expect(await live()).toEqual({ version: 1, previous: null })
    expect(await give('cut-over', { accepted_difference: difference ?? '' })).toBe('done')
    expect(await live()).toEqual({ version: 2, previous: 1 })
  }, 120_000)

  test('does not cut over to what is behind the version that serves, in any partition', async () => {
    const { give, live, built, proven, name, place, rename } = await served(system)
    expect(await give('build', { definition: 1 })).toBe('done')
    await built(2)
    await proven(2)
    const { postgres } = system.databases
    const hold = (at: string) =>
      postgres.query(
        `UPDATE read_model.checkpoint SET hold_at = ${at}, held_until = NULL WHERE model = $1 AND version = 2 AND partition = $2`,
        [name, place.partition],
      )
    await hold('position')
    await system.send([rename(1, 'b')])
    const serves = async () => {
      const [row] = await postgres.query<{ position: number }>(
        'SELECT position FROM read_model.checkpoint WHERE model = $1 AND version = 1 AND partition = $2',
        [name, place.partition],
      )
      return row?.position
    }
    const before = await serves()
    await until(serves, (position) => position !== before)
    expect(await give('cut-over', { age: 61 })).toMatch(
      /Version 2 of .* is at position \d+ of events\..*it does not come up/,
    )
    expect(await live()).toEqual({ version: 1, previous: null })
    const pending = give('cut-over')
    await hold('NULL')
    expect(await pending).toBe('done')
    expect(await live()).toEqual({ version: 2, previous: 1 })
  }, 120_000)
})

test.each([
  ['table', ({ name, version }: Projection) => `DROP TABLE read_model.${tableName({ name, version })}`],
  ['checkpoints', ({ name }: Projection) => `DELETE FROM read_model.checkpoint WHERE model = '${name}'`],
])(
  'the orders, which nobody can order anew, are brought back where their %s is gone',
  async (_, lose) => {
    const { name, model, live, version, id } = await served(system)
    const { postgres } = system.databases
    await bringBackOrders(postgres, model.projection)
    expect(await live()).toEqual({ version: 1, previous: null })
    await postgres.query(lose(model.projection))
    const bringBack = () => bringBackOrders(postgres, model.projection)
    await Promise.all([bringBack(), bringBack()])
    // Its runner is still to begin, and may take as long as it likes.
    await bringBack()
    expect(await live()).toEqual({ version: 2, previous: null })
    expect(await version(1)).toMatchObject({ state: 'retired' })
    await until(
      async () => {
        const table = `read_model.${tableName({ name, version: 2 })}`
        const rows = await postgres.query(`SELECT names FROM ${table} WHERE id = $1`, [id(1)]).catch(() => [])
        return rows.length
      },
      (rows) => rows === 1,
    )
  },
  60_000,
)
