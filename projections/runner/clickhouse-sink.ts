import type { ClickHouse, Postgres } from '@bizosaas/databases'
import { moveCheckpoint, valuesOf } from './move.ts'
import { blockEncoder } from './native-block.ts'
import type { Projection } from './projection.ts'
import type { Sink } from './sink.ts'
import type { Table } from './tables.ts'

/**
 * Rows first, and when they are acknowledged the checkpoint, which stands in Postgres. Whatever happens in between, the
 * rows are written again: they come out the same, and their sorting key holds their position and ordinal, so that a
 * repeat, also that of a second runner, changes nothing. Deduplication tokens are not used: after a crash they can
 * acknowledge what was never written.
 */
export function clickhouseSink(clickhouse: ClickHouse, postgres: Postgres, projection: Projection, table: Table): Sink {
  const names = table.columns.map(({ name }) => name)
  const encode = blockEncoder(table)
  const move = `${moveCheckpoint} SELECT position FROM moved`

  const insert: Sink['attempt'] = async (rows) => {
    if (rows.length > 0) await clickhouse.insert(table.name, names, 'Native', encode(rows))
  }

  return {
    load: async () => new Map(),
    write: async ({ written }, step) => {
      await insert(written)
      return (await postgres.query(move, valuesOf(projection, step))).length > 0
    },
    attempt: insert,
  }
}
