import { randomUUID } from 'node:crypto'
import { connectPostgres } from '@bizosaas/databases'
import { cableTo } from '@bizosaas/databases/testing/cable.ts'
import { campaignList } from '@bizosaas/projections/campaigns/campaign-list/campaign-list.ts'
import { ensurePostgresTable } from '@bizosaas/projections/runner/tables.ts'
import { CampaignId } from '@bizosaas/schemas'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { reader } from './answer.ts'
import { checkpointWatch } from './checkpoint-watch.ts'
import { readMarks } from './standing.ts'
import { start } from './start.ts'
import { account, key, measures, observe } from './testing/figures.ts'
import { openWorld, type Who, type World } from './testing/world.ts'

let world: World
beforeAll(async () => {
  world = await openWorld()
})
afterAll(() => world.close())

function create(who: Who, name = 'Spring') {
  const campaignId = CampaignId.parse(randomUUID())
  const event = world.record(
    'CampaignCreated',
    campaignId,
    { campaignId, clientId: who.clientId, name, objective: null },
    who,
  )
  return { campaignId, ...event }
}

describe('a question that follows a command', () => {
  test('is answered when the read model has seen the command, by header and by parameter', async () => {
    const who = world.newTenant()
    const token = world.bearer(who)
    for (const ask of [
      (id: string, after: string) => world.ask(`/v1/campaigns/${id}`, token, { 'x-consistency-token': after }),
      (id: string, after: string) => world.ask(`/v1/campaigns/${id}?after=${after}`, token),
      (id: string, after: string) => world.ask(`/v1/campaigns/${id}/timeline?after=${after}`, token),
    ]) {
      const created = create(who)
      const asked = ask(created.campaignId, created.token)
      await world.settle()
      const { status, body } = await asked
      expect(status).toBe(200)
      expect(body.asOf.position).toBe(created.position)
    }
  })

  test('is put off with Retry-After when the read model does not come there in time', async () => {
    const who = world.newTenant()
    const created = create(who)
    const { status, headers, body } = await world.askOnce(`/v1/campaigns?after=${created.token}`, world.bearer(who))
    expect(status).toBe(503)
    expect(headers.get('retry-after')).toMatch(/^\d+$/)
    expect(body.type).toBe('/problems/not-yet-visible')
    await world.settle()
    expect((await world.ask(`/v1/campaigns?after=${created.token}`, world.bearer(who))).status).toBe(200)
  })

  test('does not wait for a topic that its read model does not read', async () => {
    const who = world.newTenant()
    create(who)
    await world.settle()
    const after = `observations.${world.generation}.0.9007199254740991`
    expect((await world.ask(`/v1/campaigns?after=${after}`, world.bearer(who))).status).toBe(200)
    expect((await world.askOnce(`/v1/metrics?after=${after}`, world.bearer(who))).status).toBe(503)
  })

  test('as of an instant is answered when all that was published by then is applied', async () => {
    const who = world.newTenant()
    const created = create(who)
    await world.publish()
    const asked = world.ask(`/v1/metrics?asOf=${world.tick()}`, world.bearer(who))
    await world.settle()
    const { status, body } = await asked
    expect([status, body.asOf.position]).toEqual([200, created.position])
  })

  test.each(['abc', 'events.0.1', 'events.g1.x.1', '1'])(
    '%s is no token: 422 as a parameter, 400 as a header',
    async (after) => {
      const token = world.bearer(world.newTenant())
      const parameter = await world.ask(`/v1/campaigns?after=${after}`, token)
      expect([parameter.status, parameter.body.errors[0].pointer]).toEqual([422, '/after'])
      expect((await world.ask('/v1/campaigns', token, { 'x-consistency-token': after })).status).toBe(400)
    },
  )

  test('understands a token of another generation of topics, for partitions and positions are the same in each', async () => {
    const who = world.newTenant()
    const { token } = create(who, 'Spring')
    const older = token.replace(world.generation, 'g1')
    expect((await world.askOnce(`/v1/campaigns?after=${older}`, world.bearer(who))).status).toBe(503)
    await world.settle()
    const { status, body } = await world.ask(`/v1/campaigns?after=${older}`, world.bearer(who))
    expect([status, body.items[0].name]).toEqual([200, 'Spring'])
  })
})

describe('an answer', () => {
  test('says up to where it is complete, however far which partition is', async () => {
    const who = world.newTenant()
    await world.settle()
    const seen = create(who)
    await world.settle()
    const others = Array.from({ length: 12 }, () => {
      const other = create(world.newTenant())
      return world.publish().then(() => other)
    })
    await Promise.all(others)
    const asOf = async () => (await world.ask('/v1/campaigns', world.bearer(who))).body.asOf
    expect((await asOf()).position).toBe(seen.position)
    await world.apply(campaignList)
    expect((await asOf()).position).toBe((await others.at(-1))?.position)
  })

  test('tells of streams that are set aside, to their tenant alone', async () => {
    const [who, other] = [world.newTenant(), world.newTenant()]
    const campaignId = CampaignId.parse(randomUUID())
    world.record('CampaignRenamed', campaignId, { campaignId, name: 'Never created' }, who)
    world.record('CampaignRenamed', campaignId, { campaignId, name: 'Parks behind it' }, who)
    await world.settle()
    const parked = async (tenant: Who) => (await world.ask('/v1/campaigns', world.bearer(tenant))).body.asOf.parked
    expect([await parked(who), await parked(other)]).toEqual([1, 0])
  })

  test('is of one version of a model, also when another one takes over meanwhile', async () => {
    const who = world.newTenant()
    const model = { ...campaignList, name: `cut-over-${randomUUID().slice(0, 8)}`.replace(/-(\d)/g, '-v$1') }
    const next = {
      ...model,
      version: 2,
      handle: ((row, event) => {
        const made = campaignList.handle(row, event)
        return made && { ...made, name: 'of version 2' }
      }) as typeof campaignList.handle,
    }
    create(who, 'of version 1')
    for (const version of [model, next]) {
      await ensurePostgresTable(world.projector, version)
      await world.apply(version)
    }

    const postgres = connectPostgres(world.config.POSTGRES_QUERY_URL, {
      name: 'test',
      connections: 2,
      statementTimeoutMs: 5000,
    })
    const read = reader(
      postgres,
      checkpointWatch(() => readMarks(postgres, world.generation)),
      world.generation,
    )
    const request = {
      principal: { tenantId: who.tenantId, clientIds: null, subject: 'anna', roles: [], permissions: [], expiresAt: 0 },
      consistencyToken: null,
      query: {},
    }
    const names = () =>
      read(request, [model], async ({ tx, table }) => {
        const once = await tx.query<{ name: string }>(`SELECT name FROM read_model.${table(model)}`)
        await world.projector.query('UPDATE read_model.live_version SET version = 2 WHERE model = $1', [model.name])
        const again = await tx.query<{ name: string }>(`SELECT name FROM read_model.${table(model)}`)
        return { names: [...once, ...again].map(({ name }) => name) }
      })
    expect((await names()).names).toEqual(['of version 1', 'of version 1'])
    expect((await names()).names).toEqual(['of version 2', 'of version 2'])
    await postgres.close()
  })
})

describe('a store that is away', () => {
  test('is a 503 with Retry-After for what needs it, and forgotten when it is back', async () => {
    const lines = [
      await cableTo(world.config.POSTGRES_QUERY_URL),
      await cableTo(world.config.CLICKHOUSE_QUERY_URL),
    ] as const
    const [postgres, clickhouse] = lines
    const serving = await start({
      ...world.config,
      POSTGRES_QUERY_URL: postgres.url,
      CLICKHOUSE_QUERY_URL: clickhouse.url,
    })
    const who = world.newTenant()
    create(who)
    observe(world, who, { adAccountId: account(), date: '2024-01-05' }, [[key('916'), measures(1, 1)]])
    await world.settle()
    const headers = { authorization: `Bearer ${world.bearer(who)}` }
    const status = async (path: string) => {
      const answer = await fetch(`${serving.url}${path}`, { headers })
      await answer.text()
      expect(answer.status === 503).toBe(answer.headers.has('retry-after'))
      return answer.status
    }
    // A question that was not asked before: the sum of one that was is remembered.
    let day = 10
    const anew = () => `/v1/metrics?to=2024-01-${day++}`
    const all = async () => [await status('/v1/campaigns'), await status(anew()), await status('/readyz')]

    try {
      expect(await all()).toEqual([200, 200, 200])
      clickhouse.pull()
      expect(await all()).toEqual([200, 503, 503])
      expect(await status('/v1/metrics?to=2024-01-10')).toBe(200)
      clickhouse.plugIn()
      postgres.pull()
      expect(await all()).toEqual([503, 503, 503])
      postgres.plugIn()
      expect(await all()).toEqual([200, 200, 200])
    } finally {
      await serving()
      for (const line of lines) line.close()
    }
  })
})
