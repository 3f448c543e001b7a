import type { ClickHouse, Postgres } from '@bizosaas/databases'
import { joinedValues, moveCheckpoints } from './move.ts'
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
    await insert(steps.flatMap(({ outcome }) => outcome.written))
    const statement = steps[0]?.move.statement ?? moveCheckpoints
    const move = `${statement.text} SELECT n FROM moved`
    const moved = await postgres.query<{ n: number }>(move, joinedValues(steps.map((step) => step.move)))
    const numbers = new Set(moved.map(({ n }) => n))
    return steps.map((_, index) => numbers.has(index + 1))
  }

  return { load: async () => new Map(), write: together(writeAll), attempt: insert }
}
