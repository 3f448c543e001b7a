import type { ClickHouse, Postgres } from '@bizosaas/databases'
import { takeSteps } from './move.ts'
import { blockEncoder } from './native-block.ts'
import type { Sink } from './sink.ts'
import type { Table } from './tables.ts'
import { type Step, together } from './together.ts'

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

  const writeAll = async (steps: readonly Step[]): Promise<boolean[]> => {
    const moves = steps.map(({ move }) => move)
    await insert(steps.flatMap(({ outcome }) => outcome.written))
    return takeSteps(postgres, moves)
  }

  return { load: async () => new Map(), write: together(writeAll), attempt: insert }
}
