/**
 * Builds every read model once more, from the beginning of the topics into tables of a version of its own, with the runners
 * that went through the storm; and compares the rows with those that it left behind.
 */

import { connectClickHouse } from '@bizosaas/databases'
import { projections } from '@bizosaas/projections/all.ts'
import { type Projection, tableName } from '@bizosaas/projections/runner/projection.ts'
import { until } from '../../flow/until.ts'
import { behind, withPostgres } from './drained.ts'

type Settings = Readonly<Record<string, string>>

/** So that no release ever has the same. */
const apart = 1_000

export type Digest = { readonly model: string; readonly live: string; readonly rebuilt: string }

/** The same read models with versions of their own. */
const rebuilt: readonly Projection[] = projections.map((projection) => ({
  ...projection,
  version: projection.version + apart,
}))

/** Lets the runners fill one more version of each model. */
export const startRebuild = (settings: Settings): Promise<void> =>
  withPostgres(settings, async (postgres) => {
    for (const { name, version } of rebuilt)
      await postgres.query(
        `INSERT INTO read_model.version (model, version, definition, state) VALUES ($1, $2, $3, 'ready')`,
        [name, version, version - apart],
      )
  })

/** @throws when the new tables are not full in time */
export const untilRebuilt = (settings: Settings, position: number, withinMs: number): Promise<void> =>
  until('the read models are built again from the beginning', withinMs, async () => {
    const lagging = behind(settings, position, (version) => version + apart)
    return (await lagging.catch(() => ['not known'])).length === 0
  })

/** Of the rows that serve, and of those that were built again. */
export const digests = async (settings: Settings): Promise<Digest[]> => {
  const digest = (projection: Projection) =>
    projection.store === 'postgres' ? digestInPostgres(settings, projection) : digestInClickHouse(settings, projection)
  return Promise.all(
    projections.map(async (projection, n) => ({
      model: projection.name,
      live: await digest(projection),
      rebuilt: await digest(rebuilt[n] ?? projection),
    })),
  )
}

const digestInPostgres = (settings: Settings, projection: Projection): Promise<string> =>
  withPostgres(settings, async (postgres) => {
    const [row] = await postgres.query<{ digest: string }>(
      `SELECT count(*) || ' rows ' || md5(coalesce(string_agg(row::text, E'\\n' ORDER BY row::text COLLATE "C"), '')) AS digest
       FROM read_model.${tableName(projection)} AS row`,
    )
    return row?.digest ?? ''
  })

/** A sum of hashes takes rows in any order; of text, for the hash of a NULL is NULL. FINAL, since a row that was inserted twice is one row. */
const digestInClickHouse = async (settings: Settings, projection: Projection): Promise<string> => {
  const clickhouse = connectClickHouse(settings.CLICKHOUSE_PROJECTOR_URL ?? '', { name: 'prove' })
  try {
    const [row] = await clickhouse.query<{ digest: string }>(
      `SELECT concat(toString(count()), ' rows ', hex(sum(cityHash64(formatRow('TSV', *))))) AS digest FROM ${tableName(projection)} FINAL`,
    )
    if (!row?.digest) throw new Error(`${tableName(projection)} has no digest.`)
    return row.digest
  } finally {
    await clickhouse.close()
  }
}
