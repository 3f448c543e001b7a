import type { ClickHouse, Postgres } from '@bizosaas/databases'
import { blockEncoder } from './native-block.ts'
import type { Sink } from './sink.ts'
import type { Table } from './tables.ts'

/**
 * Rows first, and when they are acknowledged the checkpoint, which stands in Postgres. Whatever happens in between, the
 * rows are written again: they come out the same, and their sorting key holds their position and ordinal, so that a
 * repeat, also that of a second runner, changes nothing. Deduplication tokens are not used: after a crash they can
 * acknowledge what was never written.
 */
export function clickhouseSink(clickhouse: ClickHouse, postgres: Postgres, table: Table): Sink {
  const names = table.columns.map(({ name }) => name)
  const encode = blockEncoder(table)

  const insert: Sink['attempt'] = async (rows) => {
    if (rows.length > 0) await clickhouse.insert(table.name, names, 'Native', encode(rows))
  }

  return {
    load: async () => new Map(),
    write: async ({ written }, { statement, values }) => {
      const move = `${statement.text} SELECT position FROM moved`
      await insert(written)
      return (await postgres.query(move, values)).length > 0
    },
    attempt: insert,
  }
}
