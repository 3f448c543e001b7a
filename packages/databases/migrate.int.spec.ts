import { randomUUID } from 'node:crypto'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { afterAll, afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import { migrate } from './migrate.ts'
import { connectPostgres } from './postgres.ts'

const url = process.env.POSTGRES_ADMIN_URL ?? ''
const db = connectPostgres(url, { name: 'test', connections: 1, statementTimeoutMs: 5_000 })
let folder: string
let name: string

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'migrations-'))
  name = `test_${randomUUID().replaceAll('-', '')}`
  await file('001-make.sql', `CREATE SCHEMA ${name}; CREATE TABLE ${name}.t (a int)`)
})

afterEach(async () => {
  await db.query(`DROP SCHEMA IF EXISTS ${name} CASCADE`)
  await db.query('DELETE FROM migrations.applied WHERE folder = $1', [name])
  await rm(folder, { recursive: true })
})

const file = (fileName: string, sql: string) => writeFile(join(folder, fileName), sql)
const run = () => migrate(url, pathToFileURL(folder), name)
const columns = async () =>
  (
    await db.query<{ column_name: string }>(
      'SELECT column_name FROM information_schema.columns WHERE table_schema = $1',
      [name],
    )
  ).map((row) => row.column_name)

describe('A migration', () => {
  test('is applied once, in the order of its number', async () => {
    await file('002-add.sql', `ALTER TABLE ${name}.t ADD b int`)
    expect(await run()).toEqual(['001-make.sql', '002-add.sql'])
    expect(await run()).toEqual([])
    await file('003-rename.sql', `ALTER TABLE ${name}.t RENAME b TO c`)
    expect(await run()).toEqual(['003-rename.sql'])
    expect(await columns()).toEqual(['a', 'c'])
  })

  test('is applied once by several processes that start together', async () => {
    const applied = await Promise.all([run(), run(), run(), run()])
    expect(applied.flat()).toEqual(['001-make.sql'])
  })

  test('that was edited after it was applied is refused by name', async () => {
    await run()
    await file('001-make.sql', 'SELECT 1')
    await expect(run()).rejects.toThrow('001-make.sql was edited after this database applied it')
  })

  test('that fails leaves nothing behind, and those before it stay', async () => {
    await file('002-add.sql', `ALTER TABLE ${name}.t ADD b int; SELECT no_such_column`)
    await expect(run()).rejects.toThrow(/002-add\.sql failed and was undone: .*no_such_column/)
    expect(await columns()).toEqual(['a'])
    await file('002-add.sql', `ALTER TABLE ${name}.t ADD b int`)
    expect(await run()).toEqual(['002-add.sql'])
  })

  test('with a number below those applied, or used twice, or none, is refused', async () => {
    await file('003-later.sql', 'SELECT 1')
    await run()
    await file('002-between.sql', 'SELECT 1')
    await expect(run()).rejects.toThrow('give it a number above 3')
    await rm(join(folder, '002-between.sql'))
    await file('003-twice.sql', 'SELECT 1')
    await expect(run()).rejects.toThrow('same number')
    await rm(join(folder, '003-twice.sql'))
    await file('four.sql', 'SELECT 1')
    await expect(run()).rejects.toThrow('four.sql is not named as a migration is')
  })
})

afterAll(() => db.close())
