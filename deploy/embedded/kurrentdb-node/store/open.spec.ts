import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from '@jest/globals'
import { openDatabase } from './open.ts'

// A killed process loses nothing that it gave to the operating system, so that killing cannot show this; only a power cut can.
test('a commit is on the disk when it returns: SQLite is told to sync its log each time', () => {
  const folder = mkdtempSync(join(tmpdir(), 'kurrentdb-open-'))
  try {
    const database = openDatabase(folder)
    const pragma = (name: string) => database.prepare(`PRAGMA ${name}`).get()?.[name]
    expect(pragma('journal_mode')).toBe('wal')
    expect(pragma('synchronous')).toBe(2)
    database.close()
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
})
