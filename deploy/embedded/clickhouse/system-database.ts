import { randomUUID } from 'node:crypto'
import { existsSync } from 'node:fs'
import { mkdir, symlink, writeFile } from 'node:fs/promises'
import path from 'node:path'

/**
 * Makes the database `system` one that is kept on disk. clickhouse-local, whose entry the engine is started by, would hold it in memory
 * over files that stay, and then query_log and part_log break from the second start on.
 */
export async function makeSystemDatabase(data: string): Promise<void> {
  const metadata = path.join(data, 'metadata')
  const definition = path.join(metadata, 'system.sql')
  if (existsSync(definition)) return
  const uuid = randomUUID()
  const store = path.join(data, 'store', uuid.slice(0, 3), uuid)
  await mkdir(store, { recursive: true })
  await mkdir(metadata, { recursive: true })
  await symlink(path.relative(metadata, store), path.join(metadata, 'system'))
  await writeFile(definition, `ATTACH DATABASE _ UUID '${uuid}'\nENGINE = Atomic\n`)
}
