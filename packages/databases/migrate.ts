import { createHash } from 'node:crypto'
import { readdir, readFile } from 'node:fs/promises'
import { log } from '@bizosaas/runtime'
import pg from 'pg'
import { available } from './postgres.ts'

type Migration = { readonly number: number; readonly name: string; readonly sql: string; readonly checksum: string }

/** Locks out a second process that migrates at the same time. Any number will do, as long as nobody else takes it. */
const lock = 4_815_162_342

const history = `
  CREATE SCHEMA IF NOT EXISTS migrations;
  CREATE TABLE IF NOT EXISTS migrations.applied (
    folder text NOT NULL, number int NOT NULL, name text NOT NULL, checksum text NOT NULL,
    applied_at timestamptz NOT NULL DEFAULT now(), PRIMARY KEY (folder, number))`

/**
 * Brings a database up to date: applies the files `NNN-name.sql` of a folder that were not applied yet, in their order,
 * each in a transaction of its own. Files are only ever added: an edited one is refused, and so is a new one with a number
 * below those that were applied.
 *
 * @param url as the owner of what the files create
 * @param folder the files' folder, as a URL
 * @param as by which name the database remembers this folder; never changes
 * @returns the names of the files that were applied now
 * @throws StoreUnavailable; an Error that names the file
 */
export const migrate = async (url: string, folder: URL, as: string): Promise<readonly string[]> => {
  const migrations = await readMigrations(folder)
  const client = new pg.Client({
    connectionString: url,
    application_name: `migrate ${as}`,
    connectionTimeoutMillis: 3_000,
  })
  await available(client.connect())
  try {
    await available(client.query('SELECT pg_advisory_lock($1)', [lock]))
    await client.query(history)
    const applied = await client.query('SELECT number, name, checksum FROM migrations.applied WHERE folder = $1', [as])
    const pending = pendingOf(migrations, applied.rows)
    for (const migration of pending) await apply(client, as, migration)
    return pending.map(({ name }) => name)
  } finally {
    await client.end()
  }
}

const readMigrations = async (folder: URL): Promise<readonly Migration[]> => {
  const base = folder.href.endsWith('/') ? folder : new URL(`${folder.href}/`)
  const names = (await readdir(base)).filter((name) => name.endsWith('.sql')).sort()
  const migrations = await Promise.all(
    names.map(async (name) => {
      const number = /^(\d{3})-[a-z0-9-]+\.sql$/.exec(name)?.[1]
      if (number === undefined) throw new Error(`${name} is not named as a migration is: 001-what-it-does.sql`)
      const sql = await readFile(new URL(name, base), 'utf8')
      return { number: Number(number), name, sql, checksum: createHash('sha256').update(sql).digest('hex') }
    }),
  )
  for (const [index, { number, name }] of migrations.entries()) {
    if (migrations[index + 1]?.number === number)
      throw new Error(`${name} has the same number as ${migrations[index + 1]?.name}`)
  }
  return migrations
}

type Applied = { readonly number: number; readonly name: string; readonly checksum: string }

const pendingOf = (migrations: readonly Migration[], applied: readonly Applied[]): readonly Migration[] => {
  const byNumber = new Map(applied.map((row) => [row.number, row]))
  const newest = Math.max(0, ...byNumber.keys())
  return migrations.filter(({ number, name, checksum }) => {
    const before = byNumber.get(number)
    if (before === undefined) {
      if (number > newest) return true
      throw new Error(
        `${name} comes before migrations that this database already has: give it a number above ${newest}`,
      )
    }
    if (before.checksum === checksum) return false
    throw new Error(
      `${name} was edited after this database applied it as ${before.name}: restore it, and make the change in a new file`,
    )
  })
}

const apply = async (client: pg.Client, as: string, { number, name, sql, checksum }: Migration): Promise<void> => {
  try {
    await client.query('BEGIN')
    await client.query(sql)
    await client.query('INSERT INTO migrations.applied (folder, number, name, checksum) VALUES ($1, $2, $3, $4)', [
      as,
      number,
      name,
      checksum,
    ])
    await client.query('COMMIT')
    log.info({ folder: as, migration: name }, 'migrated')
  } catch (error) {
    await client.query('ROLLBACK').catch(() => {})
    throw new Error(`Migration ${as}/${name} failed and was undone: ${(error as Error).message}`, { cause: error })
  }
}
