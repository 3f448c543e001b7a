import type { Tenancy } from '@bizosaas/databases'
import {
  AdAccountId,
  CalendarDate,
  CampaignId,
  type ClientId,
  parkedStreamId,
  RoleId,
  streamName,
  type TenantId,
  UserId,
} from '@bizosaas/schemas'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { projections } from '../all.ts'
import { campaignList } from '../campaigns/campaign-list/campaign-list.ts'
import { advance } from './advance.ts'
import { postgresSink } from './postgres-sink.ts'
import { type Projection, type Recorded, tableName } from './projection.ts'
import { checkpointOf, dropModel, modelName, openDatabases } from './spec-support/databases.ts'
import { nameList, poison } from './spec-support/name-list.ts'
import { client1, client2, partitionLog, recorded, tenantA, tenantB, uuid } from './spec-support/records.ts'
import { ensureClickHouseTable, ensurePostgresTable } from './tables.ts'

let databases: Awaited<ReturnType<typeof openDatabases>>
const models: string[] = []

beforeAll(async () => {
  databases = await openDatabases()
})

afterAll(async () => {
  for (const model of models) await dropModel(databases, model)
  await databases.close()
})

function newModel(): Projection {
  const projection = nameList(modelName())
  models.push(projection.name)
  return projection
}

describe("a version's table", () => {
  test('is made once, by whichever runner comes first, and the first version serves', async () => {
    const { postgres } = databases
    const { name } = newModel()
    const [v1, v2] = [nameList(name, 1), nameList(name, 2)]
    const [table, again] = await Promise.all([ensurePostgresTable(postgres, v1), ensurePostgresTable(postgres, v1)])
    expect(again).toEqual(table)
    expect(table.key).toEqual(['tenant_id', 'id'])
    await ensurePostgresTable(postgres, v2)
    expect(await postgres.query('SELECT version FROM read_model.live_version WHERE model = $1', [name])).toEqual([
      { version: 1 },
    ])
    // Makes the checkpoints by which the test finds what to take away.
    await Promise.all([checkpointOf(postgres, v1), checkpointOf(postgres, v2)])
  })

  test.each(projections.map((projection) => [projection.name, projection] as const))(
    'of %s has the columns that its handlers fill',
    async (_, definition) => {
      const projection: Projection = { ...definition, name: modelName() }
      models.push(projection.name)
      const { postgres, clickhouse } = databases
      await checkpointOf(postgres, projection)
      const table = await (projection.store === 'postgres'
        ? ensurePostgresTable(postgres, projection)
        : ensureClickHouseTable(clickhouse, postgres, projection))
      expect(table.columns.map(({ name }) => name).sort()).toEqual(Object.keys(sampleRow(projection)).sort())
    },
  )
})

describe("a tenant's session", () => {
  const projection = newModel()
  const table = `read_model.${tableName(projection)}`

  beforeAll(async () => {
    const { postgres } = databases
    const { log, add } = partitionLog()
    const owners: [TenantId, ClientId, string][] = [
      [tenantA, client1, 'of A, client 1'],
      [tenantA, client2, 'of A, client 2'],
      [tenantB, client1, 'secret of B'],
      [tenantA, client1, poison],
      [tenantB, client1, poison],
    ]
    for (const [n, [tenantId, clientId, name]] of owners.entries()) {
      const campaignId = CampaignId.parse(uuid('1', n))
      add('CampaignCreated', { campaignId, clientId, name, objective: null }, { tenantId, clientId, id: campaignId })
    }
    const sink = postgresSink(postgres, projection, await ensurePostgresTable(postgres, projection))
    await advance(projection, sink, await checkpointOf(postgres, projection), log, () => true)
  })

  const seenBy = async (tenancy: Tenancy) => {
    const rows = await databases.asQuery.asTenant(tenancy, (tx) =>
      tx.query<{ names: string }>(`SELECT names FROM ${table} ORDER BY names`),
    )
    return rows.map(({ names }) => names)
  }
  const asA = <R extends object>(sql: string) =>
    databases.asQuery.asTenant({ tenantId: tenantA, clientIds: null }, (tx) => tx.query<R>(sql))

  test('sees its rows, and one that is bound to clients theirs', async () => {
    expect(await seenBy({ tenantId: tenantA, clientIds: null })).toEqual(['of A, client 1', 'of A, client 2'])
    expect(await seenBy({ tenantId: tenantA, clientIds: [client2] })).toEqual(['of A, client 2'])
    expect(await seenBy({ tenantId: tenantA, clientIds: [uuid('c', 99), client1] })).toEqual(['of A, client 1'])
    expect(await seenBy({ tenantId: tenantA, clientIds: [client1, client2] })).toHaveLength(2)
    expect(await seenBy({ tenantId: tenantA, clientIds: [] })).toEqual([])
    expect(await seenBy({ tenantId: tenantB, clientIds: [client2] })).toEqual([])
    expect(await seenBy({ tenantId: uuid('a', 99), clientIds: null })).toEqual([])
  })

  test('sees of the parked events its own alone', async () => {
    const all = `SELECT tenant_id, error, bytes IS NULL AS hidden FROM read_model.parked WHERE model = '${projection.name}'`
    expect(await asA(all)).toEqual([{ tenant_id: tenantA, error: 'Error: This name is poison.', hidden: false }])
    expect(await asA(`SELECT FROM read_model.parked WHERE tenant_id = '${tenantB}'`)).toEqual([])
  })

  test('sees nothing without a tenant: it fails', async () => {
    await expect(databases.asQuery.query(`SELECT * FROM ${table}`)).rejects.toThrow(/app\.tenant_id|invalid input/)
    await expect(databases.asQuery.query('SELECT model FROM read_model.parked')).rejects.toThrow()
  })

  test.each([
    [
      'turning the rules off',
      `SET LOCAL row_security = off; SELECT * FROM ${table}`,
      /row-level security|row_security/,
    ],
    ['becoming the writer', 'SET LOCAL ROLE projector', /permission denied/],
    ['taking the rules away', `ALTER TABLE ${table} DISABLE ROW LEVEL SECURITY`, /must be owner|read-only/],
    ['writing', `DELETE FROM ${table}`, /permission denied|read-only/],
  ])('cannot get around that by %s', async (_, sql, refusal) => {
    await expect(asA(sql)).rejects.toThrow(refusal)
  })

  test('cannot make the database evaluate a condition on rows that it may not see', async () => {
    expect(
      await asA(`SELECT 1 FROM ${table} WHERE 1 / (CASE WHEN names = 'secret of B' THEN 0 ELSE 1 END) = 7`),
    ).toEqual([])
  })

  test('is served from the index in the order of its page, rules and all', async () => {
    const list: Projection = { ...campaignList, name: modelName() }
    models.push(list.name)
    const { postgres } = databases
    await checkpointOf(postgres, list)
    const { name } = await ensurePostgresTable(postgres, list)
    await postgres.query(
      `INSERT INTO ${name} (tenant_id, id, client_id, name, state, revision, position, created_at, changed_at)
       SELECT ('aaaaaaaa-0000-4000-8000-' || lpad(to_hex(n % 4), 12, '0'))::uuid, gen_random_uuid(), $1, 'n' || n,
         'draft', 0, n, now(), now() FROM generate_series(1, 20000) AS n`,
      [client1],
    )
    await postgres.query(`ANALYZE ${name}`)
    const plan = await asA<{ 'QUERY PLAN': string }>(
      `EXPLAIN SELECT * FROM ${name} WHERE (name, id) > ('n1', '${client1}') ORDER BY name, id LIMIT 50`,
    )
    const text = plan.map((line) => line['QUERY PLAN']).join('\n')
    expect(text).toMatch(/Index Scan using \w+_tenant_id_name_id_idx/)
    expect(text).not.toMatch(/Sort/)
  })
})

function sampleRow(projection: Projection) {
  const campaignId = CampaignId.parse(uuid('1', 1))
  const metrics = {
    adAccountId: AdAccountId.parse(uuid('2', 1)),
    clientId: client1,
    platform: 'meta',
    currency: 'USD',
    date: CalendarDate.parse('2023-08-17'),
    rows: [
      {
        key: { platformCampaignId: '1', adSetId: null, adId: null, breakdown: {}, attributionWindow: 'default' },
        measures: { impressions: 1, clicks: 1, spendMicros: 1, conversions: [] },
      },
    ],
  } as const
  const place = { model: 'campaign-list', version: 1, stream: streamName('campaign', tenantA, campaignId) }
  const userId = UserId.parse(uuid('9', 1))
  const sealed = { subject: userId, keyVersion: 1, bytes: 'AAH/' }
  const samples: readonly Recorded[] = [
    recorded('CampaignCreated', { campaignId, clientId: client1, name: 'a', objective: null }),
    recorded('MetricsObserved', metrics),
    recorded(
      'ParkedStreamRedriveRequested',
      { orderId: uuid('d', 1), ...place, reason: null },
      { stream: streamName('parkedStream', tenantA, parkedStreamId(place)) },
    ),
    recorded(
      'RebuildRequested',
      {
        orderId: uuid('d', 2),
        rebuildId: uuid('d', 2),
        model: 'campaign-list',
        definition: null,
        workers: 1,
        reason: null,
      },
      { stream: streamName('rebuild', tenantA, uuid('d', 2)) },
    ),
    recorded(
      'UserInvited',
      { userId, clientId: null, email: sealed, emailDigest: 'd', givenName: sealed, familyName: sealed },
      { stream: streamName('user', tenantA, userId) },
    ),
    recorded(
      'MembershipAssigned',
      { userId, clientId: null, roles: ['viewer'], customRoles: [], clients: null },
      { stream: streamName('membership', tenantA, userId) },
    ),
    recorded(
      'TenantProvisioned',
      { tenantId: tenantA, agencyId: null, name: 'a' },
      { stream: streamName('tenant', tenantA, tenantA) },
    ),
    recorded(
      'RoleDefined',
      { roleId: RoleId.parse(uuid('8', 1)), name: 'a', permissions: [] },
      { stream: streamName('role', tenantA, uuid('8', 1)) },
    ),
    recorded(
      'ApplicationRegistered',
      { applicationId: uuid('6', 1), title: 'a', hasSecret: true, redirectUris: [], roles: ['service'], clients: null },
      { stream: streamName('application', tenantA, uuid('6', 1)) },
    ),
    recorded(
      'SessionStarted',
      {
        sessionId: uuid('5', 1),
        userId,
        applicationId: uuid('6', 1),
        device: sealed,
        address: sealed,
        methods: ['pwd'],
      },
      { stream: streamName('session', tenantA, uuid('5', 1)) },
    ),
    recorded(
      'RoutePolicyDrafted',
      { policyId: uuid('7', 1), title: 'a', policy: { routes: [], limits: [], plans: [], corsOrigins: [] } },
      { stream: streamName('routePolicy', tenantA, uuid('7', 1)) },
    ),
  ]
  const sample = samples.find(({ type }) => projection.types.has(type))
  if (sample === undefined) throw new Error(`There is no sample of what ${projection.name} handles: add one here.`)
  const [row] = projection.kind === 'fold' ? [projection.handle(null, sample)] : projection.handle(sample)
  return row ?? {}
}
