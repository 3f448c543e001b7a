import { mkdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'

/** Marks the file as ours, and its format. */
const APPLICATION_ID = 0x4b444e31
const FORMAT = 1

/** The data folder cannot be used. The message is one sentence that says what to do. */
export class UnusableFolder extends Error {
  override readonly name = 'UnusableFolder'
}

/** What SQLite calls the primary result code, or undefined for another error. */
export const sqliteCode = (error: unknown): number | undefined => {
  const code = error instanceof Error && 'errcode' in error ? error.errcode : undefined
  return typeof code === 'number' ? code & 0xff : undefined
}

/**
 * Opens or creates `<folder>/events.sqlite` for this process alone.
 * Throws UnusableFolder when another process has it, or it is corrupt, foreign or of a newer format.
 */
export const openDatabase = (folder: string): DatabaseSync => {
  const file = join(folder, 'events.sqlite')
  try {
    mkdirSync(folder, { recursive: true })
    const database = new DatabaseSync(file)
    try {
      prepare(database, file)
      return database
    } catch (error) {
      database.close()
      throw error
    }
  } catch (error) {
    throw error instanceof UnusableFolder ? error : new UnusableFolder(explain(error, folder, file), { cause: error })
  }
}

const prepare = (database: DatabaseSync, file: string): void => {
  // Exclusive before WAL: the lock is held until the process ends, so a second node cannot come between.
  database.exec('PRAGMA locking_mode = EXCLUSIVE; PRAGMA busy_timeout = 0; PRAGMA journal_mode = WAL')
  // FULL syncs the log at every commit: an acknowledged append survives a power cut.
  database.exec('PRAGMA synchronous = FULL; PRAGMA foreign_keys = OFF; PRAGMA cache_size = -65536')
  // 4 MiB of log between checkpoints: an append waits for one, so that large ones are felt (32 MiB: 200 ms), though they write less.
  database.exec('PRAGMA wal_autocheckpoint = 1000')
  const pragma = (name: string): unknown => database.prepare(`PRAGMA ${name}`).get()?.[name]
  if (pragma('application_id') === 0 && database.prepare('SELECT 1 FROM sqlite_schema').get() === undefined) {
    database.exec('BEGIN IMMEDIATE')
    database.exec(readFileSync(new URL('./schema.sql', import.meta.url), 'utf8'))
    database.exec(`PRAGMA application_id = ${APPLICATION_ID}; PRAGMA user_version = ${FORMAT}; COMMIT`)
    return
  }
  if (pragma('application_id') !== APPLICATION_ID)
    throw new UnusableFolder(`${file} is not an event store of this program: choose another --data folder.`)
  if (pragma('user_version') !== FORMAT)
    throw new UnusableFolder(
      `${file} was written by another version (format ${pragma('user_version')}, this one has ${FORMAT}): start that version, or choose another --data folder.`,
    )
  // Also takes the lock now, not at the first append.
  database.exec('BEGIN IMMEDIATE; COMMIT')
}

const explain = (error: unknown, folder: string, file: string): string => {
  const SQLITE = { busy: 5, locked: 6, corrupt: 11, full: 13, cannotOpen: 14, readOnly: 8, notADatabase: 26 }
  const text = error instanceof Error ? error.message : String(error)
  switch (sqliteCode(error)) {
    case SQLITE.busy:
    case SQLITE.locked:
      return `Another process uses ${folder}: stop it, or choose another --data folder.`
    case SQLITE.corrupt:
    case SQLITE.notADatabase:
      return `${file} is corrupt (${text}): restore it from a backup, or move it away to start empty.`
    case SQLITE.full:
      return `There is no room left on the disk of ${folder}: free some and start again.`
    default:
      return `${folder} cannot be used as a data folder (${text}): check that it exists, is writable and has room.`
  }
}
