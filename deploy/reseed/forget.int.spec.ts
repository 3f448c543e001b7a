import { dropModel, modelName, openDatabases } from '@bizosaas/projections/runner/spec-support/databases.ts'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { forget } from './forget.ts'

let databases: Awaited<ReturnType<typeof openDatabases>>

beforeAll(async () => {
  databases = await openDatabases()
}, 60_000)

afterAll(() => databases.close())

test('of what is forgotten the version that served is made again, and no other one comes to serve in its place', async () => {
  const { admin, clickhouse } = databases
  const model = modelName()
  await admin.query(
    `INSERT INTO read_model.version (model, version, definition, state, label, stands_at) VALUES
       ($1, 1, 1, 'ready', NULL, NULL), ($1, 2, 2, 'ready', NULL, NULL), ($1, 3, 2, 'past', 'march', 9),
       ($1, 4, 2, 'building', NULL, NULL), ($1, 5, 2, 'building', 'april', 10), ($1, 6, 2, 'past', 'may', 5)`,
    [model],
  )
  await admin.query('INSERT INTO read_model.live_version (model, version, previous) VALUES ($1, 2, 1)', [model])
  await databases.postgres.query(
    `INSERT INTO read_model.tenant_change (model, version, tenant_id, change)
     VALUES ($1, 1, gen_random_uuid(), gen_random_uuid()), ($1, 2, gen_random_uuid(), gen_random_uuid())`,
    [model],
  )
  const noted = async () => {
    const rows = await databases.postgres.query<{ version: number }>(
      'SELECT version FROM read_model.tenant_change WHERE model = $1',
      [model],
    )
    return rows.map(({ version }) => version)
  }
  const states = async () => {
    const rows = await admin.query<{ state: string }>(
      'SELECT state FROM read_model.version WHERE model = $1 ORDER BY version',
      [model],
    )
    return rows.map(({ state }) => state)
  }
  const forgetting = (...versions: number[]) =>
    admin.transaction(async (tx) => {
      for (const version of versions) await forget(tx, clickhouse, { model, version })
    })
  try {
    await forgetting(1, 3)
    // What was kept is made again as well while what serves goes on; what stood at a past moment is not.
    expect(await states()).toEqual(['ready', 'ready', 'retired', 'building', 'building', 'past'])
    // Sums of rows that are no more must not be remembered.
    expect(await noted()).toEqual([2])
    await forgetting(2, 4, 5)
    expect(await noted()).toEqual([])
    expect(await states()).toEqual(['retired', 'ready', 'retired', 'building', 'retired', 'past'])
    expect(await admin.query('SELECT FROM read_model.live_version WHERE model = $1', [model])).toEqual([])
  } finally {
    await dropModel(databases, model)
  }
})
