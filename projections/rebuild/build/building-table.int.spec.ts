import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { adMetrics } from '../../analytics/ad-metrics/ad-metrics.ts'
import { type Projection, tableName } from '../../runner/projection.ts'
import { modelName, openDatabases } from '../../runner/spec-support/databases.ts'
import { until } from '../../runner/spec-support/until.ts'
import { createClickHouseTable, dropClickHouseTable } from '../../runner/tables.ts'
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

async function parts(): Promise<number> {
  const [found] = await databases.clickhouse.query<{ n: string }>(
    `SELECT uniqExact(_part) AS n FROM ${tableName(built)}`,
  )
  return Number(found?.n)
}

describe('a table in ClickHouse that is being built', () => {
  test('takes what comes unmerged, is ready once that is merged, and then is like any other', async () => {
    const { clickhouse } = databases
    const { name } = await ensureBuildingTable(built, databases)
    const insert = (date: number) =>
      clickhouse.insert(name, ['date', 'clicks'], 'JSONCompactEachRow', Buffer.from(JSON.stringify([date, 1])))
    for (let n = 0; n < 300; n += 10) await Promise.all(Array.from({ length: 10 }, (_, i) => insert(n + i)))
    expect(await parts()).toBe(300)

    expect(await finishTable(built, databases)).toBe(false)
    expect(await until(() => finishTable(built, databases), Boolean)).toBe(true)
    expect(await parts()).toBeLessThanOrEqual(200)
    const [rows] = await clickhouse.query<{ n: string }>(`SELECT sum(clicks) AS n FROM ${name}`)
    expect(Number(rows?.n)).toBe(300)

    await createClickHouseTable(clickhouse, served)
    expect(await definition(built)).toBe(await definition(served))
  })
})
