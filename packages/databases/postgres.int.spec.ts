import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { connectPostgres } from './postgres.ts'

const url = process.env.POSTGRES_ADMIN_URL ?? ''
const db = connectPostgres(url, { name: 'test', connections: 3, statementTimeoutMs: 2_000 })
const schema = `test_${randomUUID().replaceAll('-', '')}`
const [a, b] = [randomUUID(), randomUUID()]
const client = randomUUID()

beforeAll(async () => {
  await db.query(`CREATE SCHEMA ${schema}`)
  await db.query(`CREATE TABLE ${schema}.row (tenant_id uuid, client_id uuid, n int)`)
  await db.query(`INSERT INTO ${schema}.row VALUES ($1, $3, 1), ($1, NULL, 2), ($2, NULL, 3)`, [a, b, client])
})

afterAll(async () => {
  await db.query(`DROP SCHEMA ${schema} CASCADE`)
  await db.close()
})

describe('PostgreSQL', () => {
  test('gives positions as numbers, instants with all their digits, days as they are written', async () => {
    const [row] =
      await db.query(`SELECT 9007199254740991::bigint AS position, '2026-11-22 23:38:28.1234+02'::timestamptz AS instant,
      '2026-02-28'::date AS day, 1.50::numeric AS ratio, NULL::bigint AS nothing`)
    expect(row).toEqual({
      position: 9_007_199_254_740_991,
      instant: '2026-11-22T21:38:28.123400Z',
      day: '2026-02-28',
      ratio: '1.50',
      nothing: null,
    })
    await expect(db.query('SELECT 9007199254740993::bigint')).rejects.toThrow('beyond the safe integers')
  })

  test('keeps all of a transaction, or nothing of it', async () => {
    const count = async () => (await db.query<{ n: number }>(`SELECT count(*)::int AS n FROM ${schema}.row`))[0]?.n
    const before = await count()
    const failing = db.transaction(async (tx) => {
      await tx.query(`INSERT INTO ${schema}.row VALUES (NULL, NULL, 4)`)
      throw new Error('changed my mind')
    })
    await expect(failing).rejects.toThrow('changed my mind')
    expect(await count()).toBe(before)
  })

  test('reads as a tenant, without remembering it for the next reader of the connection', async () => {
    const settings = `SELECT current_setting('app.tenant_id', true) AS tenant, current_setting('app.client_ids', true) AS clients`
    const read = (clientIds: string[] | null) => db.asTenant({ tenantId: a, clientIds }, (tx) => tx.query(settings))
    expect(await read([client, a])).toEqual([{ tenant: a, clients: `{${client},${a}}` }])
    expect(await read([])).toEqual([{ tenant: a, clients: '{}' }])
    expect(await read(null)).toEqual([{ tenant: a, clients: 'all' }])
    const after = await Promise.all(Array.from({ length: 9 }, () => db.query<{ tenant: string | null }>(settings)))
    expect(after.flat().filter(({ tenant }) => tenant)).toEqual([])
  })

  test.each<[string, (text: string) => Promise<object[]>]>([
    ['', (text) => db.prepared(text)],
    [' of a tenant', (text) => db.asTenant({ tenantId: a, clientIds: null }, (tx) => tx.prepared(text))],
  ])('carries out a prepared statement%s also after the type of what it reads has changed', async (_, prepared) => {
    await db.query(`DROP TABLE IF EXISTS ${schema}.changing`)
    await db.query(`CREATE TABLE ${schema}.changing AS SELECT 1 AS n`)
    const read = () => prepared(`SELECT n FROM ${schema}.changing`)
    const readByAll = () => Promise.all(Array.from({ length: 9 }, read))
    expect(new Set((await readByAll()).flat().map((row) => JSON.stringify(row)))).toEqual(new Set(['{"n":1}']))
    await db.query(`ALTER TABLE ${schema}.changing ALTER n TYPE text`)
    expect(new Set((await readByAll()).flat().map((row) => JSON.stringify(row)))).toEqual(new Set(['{"n":"1"}']))
  })

  test('never lets a reader write', async () => {
    const writing = db.asTenant({ tenantId: a, clientIds: null }, (tx) => tx.query(`DELETE FROM ${schema}.row`))
    await expect(writing).rejects.toThrow('read-only')
  })

  test('takes no text for SQL in the tenant of a reader', async () => {
    const tenantId = `x', true); DROP SCHEMA ${schema}; --`
    const [row] = await db.asTenant({ tenantId, clientIds: null }, (tx) =>
      tx.query(`SELECT current_setting('app.tenant_id') AS tenant`),
    )
    expect(row).toEqual({ tenant: tenantId })
  })

  test('gives up a statement that takes too long, and goes on', async () => {
    await expect(db.query('SELECT pg_sleep(10)')).rejects.toMatchObject({ code: '57014' })
    expect(await db.query('SELECT 1 AS one')).toEqual([{ one: 1 }])
  })

  test('that breaks the connection is unavailable, and is there again for the next statement', async () => {
    const killed = db.transaction((tx) => tx.query('SELECT pg_terminate_backend(pg_backend_pid())'))
    await expect(killed).rejects.toMatchObject({ code: 'store-unavailable' })
    expect(await db.query('SELECT 1 AS one')).toEqual([{ one: 1 }])
  })

  test('that is not there is unavailable', async () => {
    const nowhere = connectPostgres('postgres://nobody:secret@127.0.0.1:1/none', {
      name: 'test',
      connections: 1,
      statementTimeoutMs: 1_000,
    })
    await expect(nowhere.query('SELECT 1')).rejects.toMatchObject({
      code: 'store-unavailable',
      message: expect.not.stringContaining('secret'),
    })
    await expect(nowhere.transaction(async () => 1)).rejects.toMatchObject({ code: 'store-unavailable' })
    await nowhere.close()
  })
})
