/** What stands in the databases: how far the runner is, and whether the right rows are there. */
import { connectClickHouse, connectPostgres } from '@bizosaas/databases'
import { type Projection, tableName } from '@bizosaas/projections/runner/projection.ts'
import { dropClickHouseTable } from '@bizosaas/projections/runner/tables.ts'
import { atEnd } from '../lib/clean-up.ts'
import { until } from '../lib/until.ts'

/** Of all partitions together. */
export type Counts = {
  readonly applied: number
  readonly parked: number
  readonly notApplicable: number
  /** Why a partition does not go on, if one does not. */
  readonly halted: string | null
}

export type Tables = {
  /** Nothing is left of a model: no row, no checkpoint. */
  readonly remove: (model: Projection) => Promise<void>
  /**
   * Waits until the runners have done so many events, and answers what they did, and at which rate (events/s) once a quarter
   * was done: by then they have shared the partitions out among themselves.
   */
  readonly filled: (model: Projection, events: number) => Promise<Counts & { readonly rate: number }>
  /** The rows: how many there are, and a sum over all that is in them, by which two tables are found equal. */
  readonly contents: (model: Projection) => Promise<{ readonly rows: number; readonly sum: string }>
}

const filledWithinMs = 120_000
const haltedAtMostMs = 30_000

export const openTables = (settings: Readonly<Record<string, string>>, models: readonly Projection[]): Tables => {
  const pool = (url = '') => connectPostgres(url, { name: 'bench', connections: 2, statementTimeoutMs: 30_000 })
  const admin = pool(settings.POSTGRES_ADMIN_URL)
  // The runner owns its tables, and its role alone sees every tenant's rows.
  const owner = pool(settings.POSTGRES_PROJECTOR_URL)
  const clickhouse = connectClickHouse(settings.CLICKHOUSE_PROJECTOR_URL ?? '', { name: 'bench' })

  const counts = async ({ name }: Projection): Promise<Counts> => {
    const [row] = await owner.query<Counts>(countAll, [name])
    if (row === undefined) throw new Error('A sum always has a row')
    return row
  }

  const remove = async (model: Projection): Promise<void> => {
    const table = tableName(model)
    if (model.store === 'postgres') await owner.query(`DROP TABLE IF EXISTS read_model.${table}`)
    else await dropClickHouseTable(clickhouse, table)
    for (const shared of ['parked', 'checkpoint', 'live_version', 'version'])
      await admin.query(`DELETE FROM read_model.${shared} WHERE model = $1`, [model.name])
  }

  atEnd(async () => {
    for (const model of models) await remove(model)
    await Promise.all([admin.close(), owner.close(), clickhouse.close()])
  })
  return {
    remove,
    filled: async (model, events) => {
      const reached = async (wanted: number) => {
        let now = await counts(model)
        let goesOnAt = performance.now()
        await until(`${model.name} has dealt with ${wanted} of ${events} events`, filledWithinMs, async () => {
          now = await counts(model)
          // What a busy machine halts goes on by itself after some seconds.
          if (now.halted === null) goesOnAt = performance.now()
          if (performance.now() - goesOnAt > haltedAtMostMs) throw new Error(`${model.name} is halted: ${now.halted}`)
          return doneOf(now) >= wanted
        })
        return { ...now, at: performance.now() }
      }
      const quarter = await reached(events / 4)
      const all = await reached(events)
      return { ...all, rate: ((doneOf(all) - doneOf(quarter)) / (all.at - quarter.at)) * 1_000 }
    },
    contents: async (model) => {
      const table = tableName(model)
      const [row] =
        model.store === 'postgres'
          ? await owner.query<{ rows: number; sum: string }>(
              `SELECT count(*) AS rows, sum(hashtextextended(row::text, 0))::text AS sum FROM read_model.${table} AS row`,
            )
          : await clickhouse.query<{ rows: string; sum: string }>(
              `SELECT count() AS rows, toString(sum(cityHash64(toString(tuple(*))))) AS sum FROM ${table}`,
            )
      return { rows: Number(row?.rows), sum: row?.sum ?? '' }
    },
  }
}

const doneOf = ({ applied, parked, notApplicable }: Counts): number => applied + parked + notApplicable

const countAll = `
  SELECT coalesce(sum(applied), 0)::int AS applied, coalesce(sum(parked), 0)::int AS parked,
    coalesce(sum(not_applicable), 0)::int AS "notApplicable", max(halted) AS halted
  FROM read_model.checkpoint WHERE model = $1`
