import { randomBytes } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { adMetrics } from '../../analytics/ad-metrics/ad-metrics.ts'
import { partsOf } from '../../runner/merging.ts'
import { type Projection, tableName } from '../../runner/projection.ts'
import { modelName, openDatabases } from '../../runner/spec-support/databases.ts'
import { until } from '../../runner/spec-support/until.ts'
import { createClickHouseTable, dropClickHouseTable, ensureClickHouseTable } from '../../runner/tables.ts'
import { ensureBuildingTable, finishTable } from './building-table.ts'

const served: Projection = { ...adMetrics, name: modelName(), version: 1 }
const built: Projection = { ...served, version: 2 }
let databases: Awaited<ReturnType<typeof openDatabases>>

beforeAll(async () => {
  databases = await openDatabases()
  await databases.postgres.query(
    `INSERT INTO read_model.version (model, version, definition, state) VALUES ($1, 2, 1, 'building')`,
    [built.name],
  )
})

afterAll(async () => {
  await databases.admin.query('DELETE FROM read_model.version WHERE model = $1', [built.name])
  for (const each of [served, built]) await dropClickHouseTable(databases.clickhouse, tableName(each))
  await databases.close()
})

/** As ClickHouse would make it again. */
async function definition(projection: Projection): Promise<string> {
  const [table] = await databases.clickhouse.query<{ statement: string }>(`SHOW CREATE TABLE ${tableName(projection)}`)
  return (table?.statement ?? '').replaceAll(tableName(projection), 'table')
}

const parts = (): Promise<number> => partsOf(databases.clickhouse, tableName(built))

/** Each is a part. */
async function insert(count: number, rowOf: () => readonly [click: number, rowKey: string]): Promise<void> {
  const { clickhouse } = databases
  const one = () =>
    clickhouse.insert(
      tableName(built),
      ['clicks', 'row_key'],
      'JSONCompactEachRow',
      Buffer.from(JSON.stringify(rowOf())),
    )
  for (let n = 0; n < count; n += 10) await Promise.all(Array.from({ length: 10 }, one))
}

describe('a table in ClickHouse that is being built', () => {
  test('keeps large parts as they come, is ready once they are merged, and then is like any other', async () => {
    const { clickhouse } = databases
    await ensureBuildingTable(built, databases)
    await insert(300, () => [1, randomBytes(200_000).toString('base64')])
    expect(await parts()).toBe(300)

    expect(await finishTable(built, databases)).toBeGreaterThan(200)
    expect(
      await until(
        () => finishTable(built, databases),
        (left) => left === 0,
      ),
    ).toBe(0)
    expect(await parts()).toBeLessThanOrEqual(200)
    const [rows] = await clickhouse.query<{ n: string }>(`SELECT sum(clicks) AS n FROM ${tableName(built)}`)
    expect(Number(rows?.n)).toBe(300)

    await createClickHouseTable(clickhouse, served)
    expect(await definition(built)).toBe(await definition(served))
  }, 120_000)

  test('does not collect small parts, however long it is being built', async () => {
    await databases.postgres.query("UPDATE read_model.version SET state = 'building' WHERE model = $1", [built.name])
    await ensureBuildingTable(built, databases)
    await insert(400, () => [1, 'small'])
    expect(await until(parts, (left) => left < 300)).toBeLessThan(300)
  }, 120_000)

  test('is merged again by whoever keeps it up to date, if the one that made it ready did not come to that', async () => {
    const { clickhouse, postgres } = databases
    await ensureBuildingTable(built, databases)
    expect(await definition(built)).not.toBe(await definition(served))
    await ensureClickHouseTable(clickhouse, postgres, built)
    expect(await definition(built)).toBe(await definition(served))
  })
})
