import { randomUUID } from 'node:crypto'
import { derivedId } from '@bizosaas/event-store'
import type { Role } from '@bizosaas/http'
import { instantOf } from '@bizosaas/schemas'
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals'
import { openWorld, type Who, type World } from '../testing/world.ts'

let world: World
const models: string[] = []
beforeAll(async () => {
  world = await openWorld()
})
afterEach(async () => {
  for (const model of models.splice(0))
    for (const table of ['checkpoint', 'verification', 'version'])
      await world.owner.query(`DELETE FROM read_model.${table} WHERE model = $1`, [model])
})
afterAll(() => world.close())

/** A rebuild that was ordered, of a model of its own. */
async function ordered(who: Who) {
  const model = `spec-${randomUUID().slice(0, 8)}`
  models.push(model)
  const orderId = randomUUID()
  const id = derivedId(orderId, 'rebuild')
  const of = { orderId, rebuildId: id, model }
  const agency = { ...who, clientId: null }
  // In an hour: a runner of the system that runs beside, which does not know the model, leaves it alone until then.
  const at = instantOf(new Date(Date.now() + 3_600_000))
  const data = { ...of, definition: null, workers: 2, reason: 'names in capitals' }
  world.record('RebuildRequested', id, data, agency, at)
  await world.settle()
  return { id, model, orderId, path: `/v1/projections/${model}/rebuilds` }
}
/** It is begun: a version, of whose two partitions one was read in half. */
async function begun(
  { id, model, orderId }: { id: string; model: string; orderId: string },
  who: Who,
  state = 'building',
) {
  const { projector, generation } = world
  await projector.query('INSERT INTO read_model.rebuild_outcome (order_id, tenant_id, outcome) VALUES ($1, $2, $3)', [
    orderId,
    who.tenantId,
    'done',
  ])
  await projector.query(
    `INSERT INTO read_model.version (model, version, definition, state, rebuild_id, workers, started_at)
     VALUES ($1, 2, 1, $2, $3, 2, now() - interval '10 seconds')`,
    [model, state, id],
  )
  await projector.query(
    `INSERT INTO read_model.checkpoint (model, version, topic, partition, position, record_offset) VALUES ($1, 2, $2, 0, -1, 0)`,
    [model, `events.${generation}`],
  )
}
const ask = (path: string, who: { tenantId: string; clientId?: string }, role: Role = 'operator') =>
  world.ask(path, world.bearer(who, [role]))
const agencyOf = ({ tenantId }: Who) => ({ tenantId })

describe('the rebuilds of a read model', () => {
  test('are there from the order on, and tell how far they are, how fast, and for how long', async () => {
    const who = world.newTenant()
    // Of two events one is left to do, in whichever partitions they are.
    await ordered(who)
    const rebuild = await ordered(who)
    const { id, model, path } = rebuild
    const list = await ask(path, agencyOf(who))
    const entry = { id, model, version: null, state: 'ordered', workers: 2, by: 'anna', reason: 'names in capitals' }
    expect(list).toMatchObject({ status: 200, body: { items: [entry] } })
    expect((await ask(`${path}/${id}`, agencyOf(who))).body).toMatchObject({
      ...entry,
      progress: null,
      verification: null,
      orders: [{ kind: 'build', outcome: 'pending' }],
    })

    await begun(rebuild, who)
    const { body } = await ask(`${path}/${id}`, agencyOf(who))
    expect(body).toMatchObject({
      state: 'building',
      version: 2,
      definition: 1,
      progress: { events: { done: 1 }, eventsPerSecond: expect.any(Number), halted: [], parked: 0 },
      orders: [{ kind: 'build', outcome: 'done' }],
    })
    expect(body.progress.events.todo).toBeGreaterThan(0)
  })

  test('of another tenant are seen without who ordered them and why', async () => {
    const [who, other] = [world.newTenant(), world.newTenant()]
    const rebuild = await ordered(who)
    expect((await ask(rebuild.path, agencyOf(other))).body.items).toEqual([])
    await begun(rebuild, who)
    expect((await ask(rebuild.path, agencyOf(other))).body.items).toMatchObject([
      { id: rebuild.id, state: 'building', by: null, reason: null, orderedAt: null },
    ])
    expect((await ask(`${rebuild.path}/${rebuild.id}`, agencyOf(other))).body).toMatchObject({ orders: [] })
    expect((await ask(rebuild.path, agencyOf(other), 'viewer')).status).toBe(403)
    expect((await ask(`${rebuild.path}/${randomUUID()}`, agencyOf(who))).status).toBe(404)
    expect((await ask(`/v1/projections/ad-metrics/rebuilds/${rebuild.id}`, agencyOf(who))).status).toBe(404)
  })

  test('tell in which rows of the tenant they differ from the version that serves, page by page', async () => {
    const [who, other] = [world.newTenant(), world.newTenant()]
    const rebuild = await ordered(who)
    const { id, model, path } = rebuild
    await begun(rebuild, who, 'ready')
    expect((await ask(`${path}/${id}/differences`, agencyOf(who))).status).toBe(404)
    const { projector } = world
    const [{ verification_id: verification } = { verification_id: '' }] = await projector.query<{
      verification_id: string
    }>(
      `INSERT INTO read_model.verification (model, version, against, rows_old, rows_new, only_old, only_new, changed,
         columns_only_old, columns_only_new, difference, stood_still_ms)
       VALUES ($1, 2, 1, 9, 8, 1, 0, 4, '{}', '{}', 'abc', 7) RETURNING verification_id`,
      [model],
    )
    for (const { tenantId } of [who, other]) {
      await projector.query(`INSERT INTO read_model.verified_tenant VALUES ($1, $2, 4, 4, 'one', 'two', 0, 0, 2)`, [
        verification,
        tenantId,
      ])
      for (const number of [0, 1])
        await projector.query(
          `INSERT INTO read_model.difference (verification_id, tenant_id, number, kind, key, cells, stream, revision, position)
           VALUES ($1, $2, $3, 'changed', '{"id": 1}', '{"name": {"old": "a", "new": "A"}}', 's', 3, NULL)`,
          [verification, tenantId, number],
        )
    }
    const { body } = await ask(`${path}/${id}`, agencyOf(who))
    expect(body.verification).toMatchObject({
      against: 1,
      difference: 'abc',
      yours: { rowsOld: 4, changed: 2, digestOld: 'one', digestNew: 'two' },
      ofAll: { rowsOld: 9, onlyOld: 1, changed: 4 },
    })
    expect((await ask(`${path}/${id}`, agencyOf(who), 'owner')).body.verification).not.toHaveProperty('ofAll')
    const pages = []
    for (let cursor: string | null = ''; cursor !== null; ) {
      const query: string = cursor === '' ? '' : `&cursor=${cursor}`
      const page = await ask(`${path}/${id}/differences?limit=1${query}`, agencyOf(who))
      pages.push(page.body.items)
      cursor = page.body.next
    }
    const cells = { name: { old: 'a', new: 'A' } }
    const row = { kind: 'changed', key: { id: 1 }, cells, stream: 's', revision: 3, eventId: null, position: null }
    expect(pages).toEqual([[row], [row]])
    expect((await ask(`${path}/${id}/differences?cursor=x`, agencyOf(who))).status).toBe(422)

    // Compared anew, it has no further page of what is not kept any more.
    const { body: first } = await ask(`${path}/${id}/differences?limit=1`, agencyOf(who))
    await projector.query(
      `INSERT INTO read_model.verification (model, version, against, rows_old, rows_new, only_old, only_new, changed,
         columns_only_old, columns_only_new, stood_still_ms) VALUES ($1, 2, 1, 9, 9, 0, 0, 0, '{}', '{}', 7)`,
      [model],
    )
    const next = await ask(`${path}/${id}/differences?limit=1&cursor=${first.next}`, agencyOf(who))
    expect(next).toMatchObject({ status: 422 })
    expect(JSON.stringify(next.body)).toContain('begin again')
  })

  test('are told as they go on, until they are over', async () => {
    const who = world.newTenant()
    const rebuild = await ordered(who)
    await begun(rebuild, who)
    const { projector } = world
    const headers = { authorization: `Bearer ${world.bearer(agencyOf(who), ['operator'])}` }
    const answer = await fetch(`${world.url}${rebuild.path}/${rebuild.id}/events`, { headers })
    expect(answer.headers.get('content-type')).toContain('text/event-stream')
    const states: string[] = []
    let rest = ''
    for await (const text of answer.body?.pipeThrough(new TextDecoderStream()) ?? []) {
      rest += text
      const messages = rest.split('\n\n')
      rest = messages.pop() ?? ''
      for (const message of messages) {
        const [, data] = /^event: progress\ndata: (.*)$/.exec(message) ?? []
        if (data === undefined) continue
        const { state } = JSON.parse(data)
        if (states.at(-1) === state) continue
        states.push(state)
        const next = { building: 'paused', paused: 'cancelled' }[state as 'building' | 'paused']
        if (next)
          await projector.query('UPDATE read_model.version SET state = $2 WHERE model = $1', [rebuild.model, next])
      }
    }
    expect(states).toEqual(['building', 'paused', 'cancelled'])
    const unknown = await fetch(`${world.url}${rebuild.path}/${randomUUID()}/events`, { headers })
    expect(await unknown.text()).toContain('event: refused')
  }, 60_000)
})
