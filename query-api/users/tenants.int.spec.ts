import { randomUUID } from 'node:crypto'
import { connectPostgres } from '@bizosaas/databases'
import { ClientId, RoleId, TenantId } from '@bizosaas/schemas'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { openWorld, type Who, type World } from '../testing/world.ts'

let world: World
beforeAll(async () => {
  world = await openWorld()
})
afterAll(() => world.close())

const provision = (who: Who, name: string, clientId: ClientId | null) =>
  world.record(
    'TenantProvisioned',
    clientId ?? who.tenantId,
    { tenantId: TenantId.parse(clientId ?? who.tenantId), agencyId: clientId === null ? null : who.tenantId, name },
    { tenantId: who.tenantId, clientId },
  )

/** All pages of a list. */
async function all(path: string, token: string, limit = 2) {
  const items = []
  for (let cursor: string | null = ''; cursor !== null; ) {
    const { status, body } = await world.ask(`${path}?limit=${limit}${cursor && `&cursor=${cursor}`}`, token)
    expect(status).toBe(200)
    items.push(...body.items)
    cursor = body.next
  }
  return items
}

describe('agencies and clients', () => {
  test('clients are listed by name, for their agency all of them and for a client itself alone', async () => {
    const who = world.newTenant()
    const ids = Array.from({ length: 3 }, () => ClientId.parse(randomUUID()))
    provision(who, 'North', null)
    ids.forEach((id, n) => {
      provision(who, ['Zebra', 'Ant', 'Mole'][n] as string, id)
    })
    world.record(
      'TenantSuspended',
      ids[0] as string,
      { tenantId: TenantId.parse(ids[0]), reason: 'Unpaid' },
      { tenantId: who.tenantId, clientId: ids[0] as ClientId },
    )
    await world.settle()
    const agency = world.bearer({ tenantId: who.tenantId })
    expect((await all('/v1/clients', agency)).map(({ name }) => name)).toEqual(['Ant', 'Mole', 'Zebra'])
    expect((await world.ask('/v1/clients?state=suspended', agency)).body.items).toMatchObject([
      { id: ids[0], name: 'Zebra', state: 'suspended', reason: 'Unpaid', revision: 1 },
    ])
    const own = world.bearer({ tenantId: who.tenantId, clientId: ids[1] as string }, ['viewer'])
    expect((await all('/v1/clients', own)).map(({ id }) => id)).toEqual([ids[1]])
    expect((await world.ask(`/v1/clients/${ids[0]}`, own)).status).toBe(404)
    expect((await world.ask(`/v1/clients/${ids[1]}`, own)).headers.get('etag')).toBe('"0"')
    expect(await all('/v1/clients', world.bearer(world.newTenant()))).toEqual([])
  })

  test('agencies are listed for operators, whatever their tenant, and for nobody else', async () => {
    const [one, other, platform] = [world.newTenant(), world.newTenant(), world.newTenant()]
    provision(one, 'One', null)
    provision(other, 'Other', null)
    provision(other, 'A client', other.clientId)
    await world.settle()
    const operator = world.bearer({ tenantId: platform.tenantId }, ['operator'])
    const ids = (await all('/v1/agencies', operator, 200)).map(({ id }) => id)
    expect(ids).toEqual(expect.arrayContaining([one.tenantId, other.tenantId]))
    expect(ids).not.toContain(other.clientId)
    expect((await world.ask(`/v1/agencies/${one.tenantId}`, operator)).body).toMatchObject({ name: 'One' })
    expect((await world.ask(`/v1/agencies/${other.clientId}`, operator)).status).toBe(404)
    expect((await world.ask('/v1/agencies', world.bearer({ tenantId: one.tenantId }))).status).toBe(403)
    expect((await world.ask('/v1/clients', operator)).status).toBe(403)
  })

  test('no other question sees an agency beside its own', async () => {
    const [one, other] = [world.newTenant(), world.newTenant()]
    provision(one, 'One', null)
    provision(other, 'Other', null)
    await world.settle()
    const url = world.config.POSTGRES_QUERY_URL
    const query = connectPostgres(url, { name: 'test', connections: 1, statementTimeoutMs: 5_000 })
    const seen = await query.asTenant({ tenantId: one.tenantId, clientIds: null }, (tx) =>
      tx.query<{ id: string }>('SELECT id FROM read_model.tenant_list_v1'),
    )
    await query.close()
    expect(seen).toEqual([{ id: one.tenantId }])
  })
})

describe("an agency's own roles", () => {
  test('are listed by name, with what they allow, for those who give them out', async () => {
    const who = world.newTenant()
    const ids = Array.from({ length: 3 }, () => RoleId.parse(randomUUID()))
    const staff = { tenantId: who.tenantId, clientId: null }
    ids.forEach((roleId, n) => {
      const name = ['Zebra', 'Ant', 'Mole'][n] as string
      world.record('RoleDefined', roleId, { roleId, name, permissions: ['campaign:read'] }, staff)
    })
    world.record('RoleRetired', ids[2] as string, { roleId: ids[2] as RoleId }, staff)
    await world.settle()
    const token = world.bearer({ tenantId: who.tenantId })
    expect(await all('/v1/roles', token)).toMatchObject([
      { id: ids[1], name: 'Ant', permissions: ['campaign:read'], isRetired: false },
      { id: ids[2], name: 'Mole', isRetired: true, revision: 1 },
      { id: ids[0], name: 'Zebra' },
    ])
    expect((await world.ask(`/v1/roles/${ids[2]}`, token)).headers.get('etag')).toBe('"1"')
    expect((await world.ask(`/v1/roles/${ids[2]}`, world.bearer(world.newTenant()))).status).toBe(404)
    expect((await world.ask('/v1/roles', world.bearer(who, ['viewer']))).status).toBe(403)
  })
})
