/** ClickHouse itself, asked past the service by the name that the service uses: what would stop a query that forgets its tenant. */
import { readFile } from 'node:fs/promises'
import { type ClickHouse, connectClickHouse } from '@bizosaas/databases'
import { adMetrics } from '@bizosaas/projections/analytics/ad-metrics/ad-metrics.ts'
import { scopedView, tableName } from '@bizosaas/projections/runner/projection.ts'
import { readSettings } from '@bizosaas/runtime'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { account, key, measures, observe } from '../testing/figures.ts'
import { openWorld, type Who, type World } from '../testing/world.ts'

const table = tableName(adMetrics)
const view = scopedView(table)
let world: World
let clickhouse: ClickHouse
let [ours, oursToo, theirs]: readonly Who[] = []

beforeAll(async () => {
  world = await openWorld()
  clickhouse = connectClickHouse(readSettings(['CLICKHOUSE_QUERY_URL']).CLICKHOUSE_QUERY_URL, { name: 'test' })
  ours = world.newTenant()
  oursToo = { ...world.newTenant(), tenantId: ours.tenantId }
  theirs = world.newTenant()
  for (const [n, who] of [ours, oursToo, theirs].entries())
    observe(world, who, { adAccountId: account(), date: '2023-08-01' }, [[key('916'), measures(10 ** n, 0, 0)]])
  await world.settle()
})
afterAll(async () => {
  await clickhouse.close()
  await world.close()
})

const impressionsOf = async (tenant?: string, clients: readonly (string | undefined)[] | null = null) => {
  const [row] = await clickhouse.query<{ sum: string }>(
    `SELECT sum(impressions) AS sum FROM ${view}(tenant = {tenant: UUID}, every_client = {every: Bool}, clients = {clients: Array(UUID)})`,
    { tenant, every: clients === null, clients: clients ?? [] },
  )
  return Number(row?.sum)
}

describe('who answers questions', () => {
  test('reads the figures of the tenant that is named, of all its clients or of those that are named', async () => {
    expect(await impressionsOf(ours?.tenantId)).toBe(11)
    expect(await impressionsOf(ours?.tenantId, [oursToo?.clientId])).toBe(10)
    expect(await impressionsOf(ours?.tenantId, [ours?.clientId, oursToo?.clientId, theirs?.clientId])).toBe(11)
    expect(await impressionsOf(ours?.tenantId, [theirs?.clientId])).toBe(0)
    expect(await impressionsOf(ours?.tenantId, [])).toBe(0)
    expect(await impressionsOf(theirs?.tenantId)).toBe(100)
  })

  test.each([
    ['no tenant', `SELECT * FROM ${view}`],
    ['no tenant to count by', `SELECT count() FROM ${view}`],
    ['a tenant only', `SELECT * FROM ${view}(tenant = '00000000-0000-0000-0000-000000000000')`],
    ['the table', `SELECT count() FROM ${table}`],
    ['the table’s index', `SELECT * FROM mergeTreeIndex(currentDatabase(), '${table}')`],
    ['tables by a pattern', `SELECT count() FROM merge(currentDatabase(), '^ad_metrics')`],
    ['what others asked', 'SELECT query FROM system.query_log'],
    ['another server', `SELECT * FROM url('http://127.0.0.1:1/', CSV, 'a String')`],
    ['a file', `SELECT * FROM file('data', CSV, 'a String')`],
  ])('is refused who names %s', async (_, query) => {
    await expect(clickhouse.query(query)).rejects.toMatchObject({ type: expect.stringMatching(refusals) })
  })

  test.each([
    ['insert', `INSERT INTO ${table} (impressions) VALUES (1)`],
    ['delete', `ALTER TABLE ${table} DELETE WHERE true`],
    ['drop', `DROP TABLE ${table}`],
    ['look through another view', `CREATE VIEW mine AS SELECT * FROM ${table}`],
    ['become another', `CREATE USER mine IDENTIFIED BY 'x'`],
  ])('cannot %s', async (_, statement) => {
    await expect(clickhouse.command(statement)).rejects.toMatchObject({ type: expect.stringMatching(refusals) })
  })
})

test('the row policies that are shipped for a server with users of its own parse', async () => {
  const file = new URL('../../deploy/docker/clickhouse-row-policies.sql', import.meta.url)
  const statements = (await readFile(file, 'utf8')).replace(/^--.*$/gm, '').split(';')
  const [asRead] = await clickhouse.query<{ policies: string[] }>(
    'SELECT arrayMap(text -> formatQuery(text), {statements: Array(String)}) AS policies',
    { statements: statements.filter((each) => each.trim() !== '') },
  )
  expect(asRead?.policies[3]).toMatch(/^CREATE ROW POLICY .*bizosaas\.\*/)
})

/** Of a view without its parameters the server says only that there are no columns. */
const refusals = /^(ACCESS_DENIED|READONLY|EMPTY_LIST_OF_COLUMNS_(PASSED|QUERIED)|UNKNOWN_QUERY_PARAMETER)$/
