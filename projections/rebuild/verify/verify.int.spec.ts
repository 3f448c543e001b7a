import { setTimeout as pause } from 'node:timers/promises'
import { streamName } from '@bizosaas/schemas'
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import type { FoldProjection, Projection, Row } from '../../runner/projection.ts'
import { dropModel, modelName } from '../../runner/spec-support/databases.ts'
import { nameList } from '../../runner/spec-support/name-list.ts'
import { client1, tenantA, tenantB } from '../../runner/spec-support/records.ts'
import { openSystem } from '../../runner/spec-support/system.ts'
import { until } from '../../runner/spec-support/until.ts'
import { start } from '../../runner/start.ts'
import { CannotVerify } from './cannot-verify.ts'
import { bringToOnePlace, type Vector } from './one-place.ts'
import type { Verification } from './record.ts'
import { verify } from './verify.ts'

let system: Awaited<ReturnType<typeof openSystem>>

// A system for each test: every model reads all that is in its topics.
beforeEach(async () => {
  system = await openSystem()
}, 60_000)

afterEach(async () => {
  for (const cleanUp of system.cleanUps.splice(0).reverse()) await cleanUp()
  await system.close()
}, 60_000)

/** Takes a later release of the handlers as a second version, and runs both until they have the events that are there. */
async function run(change: (handle: FoldProjection['handle']) => FoldProjection['handle'] = (handle) => handle) {
  const name = modelName()
  const first = nameList(name, 1) as FoldProjection
  const second: Projection = { ...first, version: 2, handle: change(first.handle) }
  const { postgres } = system.databases
  system.cleanUps.push(() => dropModel(system.databases, name))
  await postgres.query(
    `INSERT INTO read_model.version (model, version, definition, state) VALUES ($1, 1, 1, 'ready'), ($1, 2, 2, 'ready')`,
    [name],
  )
  await postgres.query('INSERT INTO read_model.live_version (model, version) VALUES ($1, 1)', [name])
  system.cleanUps.push(await start(system.config, undefined, [first, second]))
  return {
    second,
    reach: (position: number) =>
      until(
        () =>
          postgres.query(
            `SELECT version FROM read_model.checkpoint WHERE model = $1 AND position >= $2 GROUP BY version`,
            [name, position],
          ),
        ({ length }) => length === 2,
      ),
    differences: ({ verificationId }: Verification) =>
      postgres.query<Row>(
        `SELECT tenant_id, client_id, kind, key, cells, stream, revision FROM read_model.difference
         WHERE verification_id = $1 ORDER BY key ->> 'id'`,
        [verificationId],
      ),
  }
}

describe('two versions of a fold', () => {
  test('are brought to one place and found equal while events come in, and both go on afterwards', async () => {
    const { log, create, rename, place } = system.newPartition()
    for (let n = 0; n < 20; n++) create(n, `a${n}`, n % 3 === 0 ? tenantB : tenantA)
    await system.send(log)
    const { second, reach } = await run()
    await reach(log.at(-1)?.position ?? 0)

    let isOver = false
    const writing = (async () => {
      for (let n = 0; !isOver; n++) await Promise.all([system.send([rename(1 + (n % 2), `b${n}`)]), pause(1)])
    })()
    await reach((log[19]?.position ?? 0) + 1)
    const found = await verify(system.databases, second)
    // Also when they are never found there by chance.
    const { postgres } = system.databases
    const brought = await postgres.transaction(async (tx) => {
      await tx.query('SET TRANSACTION ISOLATION LEVEL REPEATABLE READ')
      return bringToOnePlace(postgres, tx, { model: second.name, old: 1, new: 2 })
    })
    isOver = true
    await writing

    expect(found).toMatchObject({ against: 1, version: 2, difference: null, rowsOld: 20, rowsNew: 20, changed: 0 })
    const reached = ({ vector }: { readonly vector: Vector }) =>
      vector.find(({ partition }) => partition === place.partition)?.position ?? -1
    expect(reached(brought)).toBeGreaterThan(log[19]?.position ?? 0)
    expect(brought.stoodStillMs).toBeLessThan(2_500)
    const [kept] = await postgres.query<{ vector: Vector }>(
      'SELECT vector, position FROM read_model.verification WHERE verification_id = $1',
      [found.verificationId],
    )
    expect(log.map(({ position }) => position)).toContain(reached(kept ?? { vector: [] }))
    const tenants = await postgres.query(
      `SELECT tenant_id, rows_old, digest_old = digest_new AS alike FROM read_model.verified_tenant
       WHERE verification_id = $1 ORDER BY tenant_id`,
      [found.verificationId],
    )
    expect(tenants).toEqual([
      { tenant_id: tenantA, rows_old: 13, alike: true },
      { tenant_id: tenantB, rows_old: 7, alike: true },
    ])
    await reach(log.at(-1)?.position ?? 0)
  })

  test('of which a handler was changed differ in the rows that other code predicts, and in no others', async () => {
    const { log, create, rename, submit, id } = system.newPartition()
    for (let n = 0; n < 12; n++) create(n, `first${n}`)
    for (let n = 0; n < 12; n += 2) rename(n, `second${n}`)
    for (let n = 0; n < 12; n += 5) submit(n) // does not concern it
    await system.send(log)
    // Names are no longer appended, and rows of some campaigns are left out, or are there although they were not.
    const { second, reach, differences } = await run((handle) => (row, event) => {
      if (event.type === 'CampaignRenamed') return row && { ...row, names: event.data.name, revision: event.revision }
      const made = handle(row, event)
      return made?.names === 'first3' ? null : made
    })
    await reach(log.at(-1)?.position ?? 0)
    const found = await verify(system.databases, second)

    const facts = (n: number) => ({
      tenant_id: tenantA,
      client_id: client1,
      key: { id: id(n) },
      stream: streamName('campaign', tenantA, id(n)),
    })
    const renamed = [0, 2, 4, 6, 8, 10].map((n) => ({
      ...facts(n),
      kind: 'changed',
      cells: { names: { old: `first${n},second${n}`, new: `second${n}` } },
      revision: 1,
    }))
    const left = {
      ...facts(3),
      kind: 'onlyOld',
      cells: {
        client_id: { old: client1 },
        details: { old: { by: 'user:anna' } },
        names: { old: 'first3' },
        revision: { old: 0 },
      },
      revision: 0,
    }
    expect(await differences(found)).toEqual(
      [...renamed, left].sort((one, other) => (one.key.id < other.key.id ? -1 : 1)),
    )
    expect(found).toMatchObject({ rowsOld: 12, rowsNew: 11, changed: 6, onlyOld: 1, onlyNew: 0 })
    expect(found.difference).toMatch(/^[0-9a-f]{32}$/)

    // More events, of which none is about what differs: the difference is the same one.
    create(20, 'later')
    await system.send(log.slice(-1))
    await reach(log.at(-1)?.position ?? 0)
    const again = await verify(system.databases, second)
    expect(again).toMatchObject({ rowsOld: 13, difference: found.difference })
    expect(again.verificationId).not.toBe(found.verificationId)
    expect(await differences(found)).toEqual([])
    expect(await differences(again)).toHaveLength(7)
  })

  test('are not compared while one of them is halted, and nobody is held for it afterwards', async () => {
    const { log, create } = system.newPartition()
    create(1, 'a')
    await system.send(log)
    const { second, reach } = await run()
    const [lost, after] = [create(2, 'b'), create(3, 'c')]
    await reach(log[0]?.position ?? 0)
    // The record between is missing, so both halt behind the first one; then the one that serves gets it.
    expect(lost.position).toBeLessThan(after.position)
    const { postgres } = system.databases
    const { name: model } = second
    await postgres.query(
      `UPDATE read_model.checkpoint SET position = position + 1, halted = 'planted' WHERE model = $1 AND version = 1 AND position > 0`,
      [model],
    )
    await postgres.query(
      `UPDATE read_model.checkpoint SET halted = 'planted' WHERE model = $1 AND version = 2 AND position > 0`,
      [model],
    )
    const refusal = await verify(system.databases, second).catch((error) => error)
    expect(refusal).toBeInstanceOf(CannotVerify)
    expect(refusal.message).toMatch(/Version 2 of .* does not come up .* halted: GET \/v1\/projections says why/)
    const held = await postgres.query(
      'SELECT FROM read_model.checkpoint WHERE model = $1 AND (hold_at IS NOT NULL OR held_until IS NOT NULL)',
      [model],
    )
    expect(held).toEqual([])
  })

  test('have nothing to be compared with when the table of the one that served is gone', async () => {
    const { log, create } = system.newPartition()
    create(1, 'a')
    await system.send(log)
    const { second, reach } = await run()
    await reach(log[0]?.position ?? 0)
    await system.databases.postgres.query(`DROP TABLE read_model.${second.name.replaceAll('-', '_')}_v1`)
    expect(await verify(system.databases, second)).toMatchObject({ against: null, difference: null, rowsNew: 1 })
    await expect(verify(system.databases, { ...second, version: 1 })).rejects.toThrow('serves')
  })
})
