/** How far the auditor is, kept in PostgreSQL, so that it goes on there after a restart and the query API can tell it. */
import type { Postgres } from '@bizosaas/databases'
import type { Cursor } from './cursor.ts'
import type { Finding } from './finding.ts'

export type Progress = { readonly position: number; readonly cursor: Cursor; readonly finding: Finding | null }

export const readProgress = async (db: Postgres, generation: string): Promise<Progress | null> => {
  const [row] = await db.query<Progress>('SELECT position, cursor, finding FROM audit.progress WHERE generation = $1', [
    generation,
  ])
  return row ?? null
}

export const writeProgress = async (
  db: Postgres,
  generation: string,
  { position, cursor, finding }: Progress,
): Promise<void> => {
  await db.query(
    `INSERT INTO audit.progress (generation, position, cursor, finding, audited_at) VALUES ($1, $2, $3, $4, now())
     ON CONFLICT (generation) DO UPDATE SET (position, cursor, finding, audited_at) =
       (excluded.position, excluded.cursor, excluded.finding, excluded.audited_at)`,
    [generation, position, JSON.stringify(cursor), finding === null ? null : JSON.stringify(finding)],
  )
}
