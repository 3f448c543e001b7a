import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals'
import { tableName } from '../runner/projection.ts'
import { openSystem } from '../runner/spec-support/system.ts'
import { until } from '../runner/spec-support/until.ts'

let system: Awaited<ReturnType<typeof openSystem>>

beforeAll(async () => {
  system = await openSystem()
}, 60_000)

afterEach(async () => {
  for (const cleanUp of system.cleanUps.splice(0).reverse()) await cleanUp()
})

afterAll(() => system.close())

describe('a runner', () => {
  test('fills a further version from the beginning beside the one that serves, and lets go of it when it is retired', async () => {
    const { newModel, newPartition, send, databases } = system
    const { postgres } = databases
    const { log, create, rename, id } = newPartition()
    create(1, 'a')
    await send(log)
    const model = newModel()
    const { name, version } = model.projection
    await model.run()
    const namesIn = async (of: number) => {
      const rows = await postgres
        .query<{ names: string }>(`SELECT names FROM read_model.${tableName({ name, version: of })} WHERE id = $1`, [
          id(1),
        ])
        .catch(() => [])
      return rows[0]?.names ?? null
    }
    await until(
      () => namesIn(version),
      (names) => names === 'a',
    )

    await postgres.query(
      `INSERT INTO read_model.version (model, version, definition, state) VALUES ($1, $2, $3, 'ready')`,
      [name, version + 1, version],
    )
    await until(
      () => namesIn(version + 1),
      (names) => names === 'a',
    )
    await send([rename(1, 'b')])
    for (const each of [version, version + 1])
      await until(
        () => namesIn(each),
        (names) => names === 'a,b',
      )
    const live = await postgres.query('SELECT version FROM read_model.live_version WHERE model = $1', [name])
    expect(live).toEqual([{ version }])

    await postgres.query(`UPDATE read_model.version SET state = 'retired' WHERE model = $1 AND version = $2`, [
      name,
      version + 1,
    ])
    const groups = async () => {
      const admin = system.kafka.admin()
      await admin.connect()
      try {
        const { groups: described } = await admin.describeGroups([
          `${name}.v${version + 1}.${system.config.TOPIC_GENERATION}`,
        ])
        return described[0]?.members.length
      } finally {
        await admin.disconnect()
      }
    }
    await until(groups, (members) => members === 0)
    await send([rename(1, 'c')])
    await until(
      () => namesIn(version),
      (names) => names === 'a,b,c',
    )
    expect(await namesIn(version + 1)).toBe('a,b')
  })

  test('does not fill a version whose definition it does not know', async () => {
    const { newModel, newPartition, send, databases } = system
    const { postgres } = databases
    const { log, create, id } = newPartition()
    create(1, 'a')
    await send(log)
    const model = newModel()
    const { name, version } = model.projection
    await postgres.query(
      `INSERT INTO read_model.version (model, version, definition, state) VALUES ($1, 7, 7, 'ready'), ($1, $2, $2, 'ready')`,
      [name, version],
    )
    await model.run()
    await until(
      () => model.names(id(1)),
      (names) => names === 'a',
    )
    const made = await postgres.query<{ version: number }>(
      'SELECT DISTINCT version FROM read_model.checkpoint WHERE model = $1',
      [name],
    )
    expect(made).toEqual([{ version }])
  })
})
