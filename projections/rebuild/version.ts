/**
 * Every read model has a row here for each of its versions. The first one is made by itself and serves from its first event; each
 * further one is a rebuild that an operator orders:
 *
 *   building ⇄ paused      rebuild workers fill it from the beginning of the topics, or nobody does
 *   ready                  it is built: runners keep it up to date like the one that serves, so that either can serve at once
 *   past                   it is built and stays as it is: it stands at a past moment, see past/begin.ts
 *   cancelled, retired     its table is dropped; its number is never used again
 *
 * Which of the ready ones serves is `read_model.live_version`.
 */
import type { Queryable } from '@bizosaas/databases'
import { type Projection, tableName } from '../runner/projection.ts'

export type VersionState = 'building' | 'paused' | 'ready' | 'past' | 'cancelled' | 'retired'

export type Version = {
  readonly model: string
  readonly version: number
  /** Version of the definition whose handlers fill it. */
  readonly definition: number
  readonly state: VersionState
  /** Null for a model's first version. */
  readonly rebuild_id: string | null
  /** How many processes are to fill it. */
  readonly workers: number
}

/** The versions in a state, as projections to run, as far as this release knows their definitions. */
export async function versionsIn(
  db: Queryable,
  state: VersionState,
  definitions: readonly Projection[],
): Promise<Projection[]> {
  const rows = await db.query<Version>(
    'SELECT model, version, definition, state, rebuild_id, workers FROM read_model.version WHERE state = $1 ORDER BY model, version',
    [state],
  )
  return rows.flatMap(({ model, version, definition }) => {
    const known = definitions.find((each) => each.name === model && each.version === definition)
    return known === undefined ? [] : [{ ...known, version }]
  })
}

/** Begins the first version of each model that has none: it has the number of its definition, and nothing to be compared with. */
export async function ensureFirstVersions(db: Queryable, definitions: readonly Projection[]): Promise<void> {
  await db.query(
    `INSERT INTO read_model.version (model, version, definition, state, built_at)
     SELECT DISTINCT ON (model) model, definition, definition, 'ready', now()
     FROM unnest($1::text[], $2::int[]) AS ours (model, definition)
     WHERE NOT EXISTS (SELECT FROM read_model.version v WHERE v.model = ours.model)
     ORDER BY model, definition DESC
     ON CONFLICT DO NOTHING`,
    [definitions.map(({ name }) => name), definitions.map(({ version }) => version)],
  )
}

/** The table in Postgres of the version that serves, with its schema; null while there is none. */
export async function liveTable(db: Queryable, model: string): Promise<string | null> {
  const [live] = await db.query<{ version: number }>('SELECT version FROM read_model.live_version WHERE model = $1', [
    model,
  ])
  if (live === undefined) return null
  const table = `read_model.${tableName({ name: model, version: live.version })}`
  const [found] = await db.query<{ there: boolean }>('SELECT to_regclass($1) IS NOT NULL AS there', [table])
  return found?.there ? table : null
}
