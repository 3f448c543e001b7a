import type { ClickHouse, Postgres } from '@bizosaas/databases'
import { moveCheckpoints, type Statement, takeSteps } from './move.ts'
import { blockEncoder } from './native-block.ts'
import type { Row } from './projection.ts'
import type { Sink } from './sink.ts'
import type { Table } from './tables.ts'
import { type Step, together } from './together.ts'

/**
 * Rows first, and when they are acknowledged the checkpoint, which stands in Postgres. Whatever happens in between, the
 * rows are written again: they come out the same, and their sorting key holds their position and ordinal, so that a
 * repeat, also that of a second runner, changes nothing. Deduplication tokens are not used: after a crash they can
 * acknowledge what was never written.
 *
 * What moves the checkpoint also notes whose rows came: whoever remembers an answer knows by that whether it still holds.
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
    const owners = steps.map(({ outcome }) => ownersOf(outcome.written))
    const values = [owners.flat(), owners.flatMap((each, index) => each.map(() => index + 1))]
    const statement = moves[0]?.statement ?? moveCheckpoints
    return takeSteps(postgres, moves, statement === moveCheckpoints ? notingWithBatch : noting(statement), values)
  }

  return { load: async () => new Map(), write: together(writeAll), attempt: insert }
}

const ownersOf = (rows: readonly Row[]): unknown[] => [...new Set(rows.map((row) => row.tenant_id))]

/** In the order of tenants, so that of two that note the same ones none waits for the other that waits for it. */
const noting = ({ parameters }: Statement): string => `, noted AS (
    INSERT INTO read_model.tenant_change (model, version, tenant_id, change)
    SELECT $1, $2, tenant_id, gen_random_uuid()
    FROM (SELECT DISTINCT tenant_id FROM unnest($${parameters + 1}::uuid[], $${parameters + 2}::bigint[]) AS owner (tenant_id, n)
          JOIN moved USING (n)) AS owners
    ORDER BY tenant_id
    ON CONFLICT (model, version, tenant_id) DO UPDATE SET change = excluded.change
  )`

const notingWithBatch = noting(moveCheckpoints)
