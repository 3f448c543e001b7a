/**
 * ClickHouse merges the parts of a table all the time. While a version is being built that would cost more than all else, and most of
 * it several times over, so that its large parts stay as they are until it is.
 */
import type { ClickHouse } from '@bizosaas/databases'

/** Small ones are merged all the same: a version may wait for long for one partition, and take what the others get event by event. */
const settings = {
  max_bytes_to_merge_at_max_space_in_pool: 256 * 1024,
  // Of a table that is merged ClickHouse delays inserts at 1,000 parts, and rejects them at 3,000.
  parts_to_delay_insert: 100_000,
  parts_to_throw_insert: 100_000,
}

export async function leaveLargePartsUnmerged(clickhouse: ClickHouse, table: string): Promise<void> {
  const changes = Object.entries(settings).map(([setting, value]) => `${setting} = ${value}`)
  await clickhouse.command(`ALTER TABLE ${table} MODIFY SETTING ${changes.join(', ')}`)
}

/** Also where it never stopped. */
export async function mergeAgain(clickhouse: ClickHouse, table: string): Promise<void> {
  await clickhouse.command(`ALTER TABLE ${table} RESET SETTING ${Object.keys(settings).join(', ')}`)
}

export async function partsOf(clickhouse: ClickHouse, table: string): Promise<number> {
  const [found] = await clickhouse.query<{ parts: string }>(
    'SELECT active_parts AS parts FROM system.tables WHERE database = currentDatabase() AND name = {table: String}',
    { table },
  )
  if (found === undefined) throw new Error(`There is no table ${table}.`)
  return Number(found.parts)
}
