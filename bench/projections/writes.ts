/**
 * What the runner writes, caught on its way to the databases: it runs for real, with connections that also keep the batches
 * which pass. The shipped code knows nothing of it.
 */
import type { ClickHouse, Postgres } from '@bizosaas/databases'
import { moveCheckpoint, moveParameters } from '@bizosaas/projections/runner/move.ts'
import type { Table } from '@bizosaas/projections/runner/tables.ts'

/** One statement's worth of rows, laid out as the runner has them. */
export type Write = {
  /** Writes of one lane follow each other: those of a partition may be about the same rows. */
  readonly lane: string
  /** An array per column for Postgres, a block for ClickHouse. */
  readonly rows: readonly unknown[] | Uint8Array
}

/** The connection, and a copy of the columns that go into `table` through it. */
export const keepingPostgres = (postgres: Postgres, table: Table, keep: (write: Write) => void): Postgres => ({
  ...postgres,
  query: async (text, values = []) => {
    const answer = await postgres.query(text, values)
    if (text.startsWith(moveCheckpoint)) {
      const [, , topic, partition] = values
      const rows = values.slice(moveParameters, moveParameters + table.columns.length)
      keep({ lane: `${topic} ${partition}`, rows })
    }
    return answer as never
  },
})

/** The connection, and a copy of the blocks that are inserted through it. Their order does not matter: no row is replaced. */
export const keepingClickHouse = (clickhouse: ClickHouse, keep: (write: Write) => void): ClickHouse => {
  let blocks = 0
  return {
    ...clickhouse,
    insert: async (table, columns, format, bytes) => {
      await clickhouse.insert(table, columns, format, bytes)
      keep({ lane: `block ${blocks++}`, rows: bytes })
    },
  }
}
