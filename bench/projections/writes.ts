/**
 * What the runner writes, caught on its way to the databases: it runs for real, with connections that also keep the batches
 * which pass. The shipped code knows nothing of it.
 */
import type { ClickHouse, Postgres } from '@bizosaas/databases'
import type { ArrayParameter } from '@bizosaas/projections/runner/array-parameter.ts'
import { moveCheckpoints } from '@bizosaas/projections/runner/move.ts'
import type { Projection, Row } from '@bizosaas/projections/runner/projection.ts'
import type { Table } from '@bizosaas/projections/runner/tables.ts'

/** One statement's worth of rows, laid out as the runner has them. */
export type Write = {
  /** Writes of one lane follow each other: those of a partition may be about the same rows. */
  readonly lane: string
  /** An array per column for Postgres, objects for ClickHouse: as any program has them before its client lays them out. */
  readonly rows: readonly (readonly unknown[])[] | readonly Row[]
}

/** The connection, and a copy of the columns that go into `table` through it. */
export const keepingPostgres = (postgres: Postgres, table: Table, keep: (write: Write) => void): Postgres => ({
  ...postgres,
  prepared: async (text, values = []) => {
    const answer = await postgres.prepared(text, values)
    if (text.startsWith(moveCheckpoints.text)) {
      const [, , topics, partitions] = values as [string, number, string[], number[]]
      const { parameters } = moveCheckpoints
      const arrays = values.slice(parameters, parameters + table.columns.length + 1) as ArrayParameter[]
      const columns = arrays.map((array) => array.values)
      const steps = columns.pop() ?? []
      for (const [index, topic] of topics.entries()) {
        const rows = columns.map((column) => column.filter((_, row) => steps[row] === index + 1))
        keep({ lane: `${topic} ${partitions[index]}`, rows })
      }
    }
    return answer as never
  },
})

/**
 * A projection and a connection that together keep the rows which are inserted. The runner makes a batch's rows and hands
 * them to the connection without a pause, so what was made since the insert before is what is inserted. The order of inserts
 * does not matter: no row is replaced.
 */
export const keepingRows = <P extends Projection>(
  projection: P,
  clickhouse: ClickHouse,
  keep: (write: Write) => void,
): { readonly projection: P; readonly clickhouse: ClickHouse } => {
  let made: Row[] = []
  let inserts = 0
  const handle = projection.handle as (...given: unknown[]) => readonly Row[]
  return {
    projection: {
      ...projection,
      handle: (...given: unknown[]) => {
        const rows = handle(...given)
        made.push(...rows)
        return rows
      },
    },
    clickhouse: {
      ...clickhouse,
      insert: async (...given) => {
        const rows = made
        made = []
        await clickhouse.insert(...given)
        keep({ lane: `insert ${inserts++}`, rows })
      },
    },
  }
}
