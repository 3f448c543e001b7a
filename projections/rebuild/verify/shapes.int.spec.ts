import { CampaignId } from '@bizosaas/schemas'
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals'
import { adMetrics } from '../../analytics/ad-metrics/ad-metrics.ts'
import { campaignList } from '../../campaigns/campaign-list/campaign-list.ts'
import { campaignTimeline } from '../../campaigns/campaign-timeline/campaign-timeline.ts'
import { advance } from '../../runner/advance.ts'
import { type Projection, tableName } from '../../runner/projection.ts'
import { modelName } from '../../runner/spec-support/databases.ts'
import { client1, client2, partitionLog, tenantA, tenantB, uuid } from '../../runner/spec-support/records.ts'
import { keptPerTenant } from './kept.ts'
import { openVersions } from './spec-support/versions.ts'
import { verify } from './verify.ts'

let versions: Awaited<ReturnType<typeof openVersions>>
const models: string[] = []

beforeAll(async () => {
  versions = await openVersions()
})

afterEach(async () => {
  for (const model of models.splice(0)) await versions.drop(model)
})

afterAll(() => versions.close())

/** Two versions of a model, both with the campaigns of a log. */
async function twice(projection: Projection, campaigns: number) {
  const name = modelName()
  models.push(name)
  const [old, now] = [1, 2].map((version) => ({ ...projection, name, version })) as [Projection, Projection]
  const { log, add } = partitionLog('events.g0', 0)
  const id = (n: number) => CampaignId.parse(uuid('1', n))
  const create = (n: number) => {
    const clientId = n % 2 === 0 ? client1 : client2
    return add(
      'CampaignCreated',
      { campaignId: id(n), clientId, name: `c${n}`, objective: null },
      { tenantId: n < 3 ? tenantB : tenantA, clientId, id: id(n) },
    )
  }
  for (let n = 0; n < campaigns; n++) create(n)
  const fill = async (each: Projection) =>
    advance(each, await versions.open(each), await versions.checkpoint(each), log, () => true)
  await fill(old)
  await fill(now)
  const position = log.at(-1)?.position ?? -1
  await versions.publish(now, position)
  return {
    old,
    now,
    create,
    fill,
    id,
    log,
    publish: (at: number) => versions.publish(now, at),
  }
}

const alter = ({ name, version }: Projection, what: string) =>
  versions.databases.postgres.query(`ALTER TABLE read_model.${tableName({ name, version })} ${what}`)

describe('columns', () => {
  test('that one of the two has not are named, and are a difference although all rows are alike', async () => {
    const { now } = await twice(campaignList, 4)
    const equal = { difference: null, columnsOnlyOld: [], columnsOnlyNew: [], changed: 0 }
    expect(await verify(versions.databases, now)).toMatchObject(equal)
    await alter(now, 'ADD COLUMN colour text, DROP COLUMN objective, ALTER COLUMN budget_micros TYPE numeric')
    const found = await verify(versions.databases, now)
    expect(found).toMatchObject({
      columnsOnlyOld: ['budget_micros bigint', 'objective'],
      columnsOnlyNew: ['budget_micros numeric', 'colour'],
      changed: 0,
    })
    expect(found.difference).not.toBeNull()
  })

  test('are named in ClickHouse, too', async () => {
    const { now } = await twice(adMetrics, 0)
    const table = tableName(now)
    await versions.databases.clickhouse.command(`ALTER TABLE ${table} ADD COLUMN colour String, DROP COLUMN clicks`)
    expect(await verify(versions.databases, now)).toMatchObject({
      columnsOnlyOld: ['clicks'],
      columnsOnlyNew: ['colour'],
      changed: 0,
    })
  })

  test('that make another key make other rows, unless all rows are alike', async () => {
    const { now, id } = await twice(campaignList, 4)
    const table = tableName(now)
    await alter(now, `DROP CONSTRAINT ${table}_pkey, ADD PRIMARY KEY (tenant_id, id, revision)`)
    expect(await verify(versions.databases, now)).toMatchObject({ difference: null })
    await versions.databases.postgres.query(`UPDATE read_model.${table} SET name = 'x' WHERE id = $1`, [id(3)])
    const found = await verify(versions.databases, now)
    // Those of the one tenant: the other one's rows have the same digest.
    expect(found).toMatchObject({ changed: 0, onlyOld: 1, onlyNew: 1 })
    const differing = (await versions.differences(found)).map(({ kind, key }) => ({ kind, key }))
    expect(differing).toHaveLength(2)
    expect(differing).toContainEqual({ kind: 'onlyNew', key: { id: id(3), revision: 0 } })
    expect(differing).toContainEqual({ kind: 'onlyOld', key: { id: id(3) } })
  })
})

describe('rows that are only inserted', () => {
  test('are compared up to the position that the relay had published, however far one of the two is', async () => {
    const { old, now, create, fill } = await twice(campaignTimeline, 4)
    create(5)
    await fill(old)
    expect(await verify(versions.databases, now)).toMatchObject({ rowsOld: 4, rowsNew: 4, difference: null })
  })

  test('are compared when both have dealt with what was published', async () => {
    const { old, now, create, fill, publish } = await twice(campaignTimeline, 4)
    await publish(create(5).position)
    await fill(old)
    const verdict = verify(versions.databases, now)
    await fill(now)
    expect(await verdict).toMatchObject({ rowsOld: 5, rowsNew: 5, difference: null })
  })

  test('are not compared while one of the two is halted before that, whose reason is not for everybody', async () => {
    const { old, now, create, fill, publish } = await twice(campaignTimeline, 4)
    const { position } = create(5)
    await publish(position)
    await fill(old)
    await versions.databases.postgres.query(
      `UPDATE read_model.checkpoint SET halted = 'planted' WHERE model = $1 AND version = 2`,
      [now.name],
    )
    await expect(verify(versions.databases, now)).rejects.toThrow(
      `Version 2 of ${now.name} does not come up to position ${position} in events.${await versions.generationOf(now.name)}[0], for it is halted: GET /v1/projections says why: it stands at`,
    )
  })
})

describe('the rows that differ', () => {
  test('are found where values have changed places between rows', async () => {
    const { now } = await twice(campaignList, 6)
    const table = `read_model.${tableName(now)}`
    await versions.databases.postgres.query(
      `UPDATE ${table} SET name = CASE name WHEN 'c4' THEN 'c5' ELSE 'c4' END WHERE name IN ('c4', 'c5')`,
    )
    expect(await verify(versions.databases, now)).toMatchObject({ changed: 2, onlyOld: 0, onlyNew: 0 })
  })

  test('are counted all and kept in part, and each tenant and client sees its own', async () => {
    const { now, id } = await twice(campaignList, keptPerTenant + 50)
    await versions.databases.postgres.query(`UPDATE read_model.${tableName(now)} SET name = name || '!'`)
    const found = await verify(versions.databases, now)
    expect(found.changed).toBe(keptPerTenant + 50)
    expect(await versions.differences(found)).toHaveLength(3 + keptPerTenant)

    const { asQuery } = versions.databases
    const seen = (tenantId: string, clientId: string | null) =>
      asQuery.asTenant({ tenantId, clientIds: clientId === null ? null : [clientId] }, async (tx) => {
        const rows = await tx.query<{ id: string }>(
          `SELECT key ->> 'id' AS id FROM read_model.difference WHERE verification_id = $1 ORDER BY number`,
          [found.verificationId],
        )
        const tenants = await tx.query<{ tenant_id: string; changed: number }>(
          'SELECT tenant_id, changed FROM read_model.verified_tenant WHERE verification_id = $1',
          [found.verificationId],
        )
        return { ids: rows.map((row) => row.id), tenants }
      })
    expect(await seen(tenantB, null)).toEqual({
      ids: expect.arrayContaining([id(0), id(1), id(2)]),
      tenants: [{ tenant_id: tenantB, changed: 3 }],
    })
    expect(await seen(tenantB, client2)).toEqual({ ids: [id(1)], tenants: [] })
    expect((await seen(tenantA, null)).ids).toHaveLength(keptPerTenant)
    await expect(asQuery.query('DELETE FROM read_model.difference')).rejects.toThrow('permission denied')
  })
})
