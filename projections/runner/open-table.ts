/**
 * A version's table and its checkpoints are made together, and each is only right with the other: a checkpoint says that
 * everything up to it is in the table, and a table in Postgres that everything in it is below a checkpoint. So where one of
 * them is gone, nothing is applied on top of the other.
 *
 *   table    checkpoints       what it means                                  what is done
 *   -        none, or at zero  a new version                                  both are made
 *   there    all               as it should be                                nothing
 *   gone     some moved        the table was dropped, or restored from        refused
 *                              before it was made
 *   rows     none moved, or    the checkpoints were lost or put back: the     Postgres: refused; ClickHouse: read again,
 *            some missing      events would be folded a second time           for that yields the same rows
 */
import { type ClickHouse, liveGeneration, type Postgres } from '@bizosaas/databases'
import { nothingBefore, type TopicPartition } from '@bizosaas/kafka'
import { makeCheckpoints } from './checkpoint.ts'
import { topicsOf } from './items.ts'
import { type Projection, tableName } from './projection.ts'
import { ensureClickHouseTable, ensurePostgresTable, type Table } from './tables.ts'

type Parts = {
  readonly postgres: Postgres
  readonly clickhouse: ClickHouse
  readonly generation: string
  readonly partitions: number
}

/** Rows and checkpoints do not belong together: a person has to bring back what was lost, or have the model built anew. */
export class ReadModelLost extends Error {
  override readonly name = 'ReadModelLost'
}

/**
 * @param ensure creates the table if it is not there
 * @throws ReadModelLost
 */
export async function openTable(
  projection: Projection,
  parts: Parts,
  ensure: (projection: Projection, parts: Parts) => Promise<Table> = ensureTable,
): Promise<Table> {
  // Its checkpoints have moved on to that one, so they are not lost here.
  const live = await liveGeneration(parts.postgres, parts.generation)
  if (live !== parts.generation) throw new Error(`Generation ${parts.generation} was succeeded by ${live}`)
  const places = topicsOf(projection, parts.generation).flatMap((topic) =>
    Array.from({ length: parts.partitions }, (_, partition): TopicPartition => ({ topic, partition })),
  )
  const standing = await checkpointsOf(parts.postgres, projection, places)
  await (projection.store === 'postgres' ? mustFitPostgres : mustFitClickHouse)(projection, parts, places, standing)
  const table = await ensure(projection, parts)
  await makeCheckpoints(parts.postgres, projection, places)
  return table
}

const ensureTable = (projection: Projection, { postgres, clickhouse }: Parts): Promise<Table> =>
  projection.store === 'postgres'
    ? ensurePostgresTable(postgres, projection)
    : ensureClickHouseTable(clickhouse, postgres, projection)

async function mustFitPostgres(
  projection: Projection,
  { postgres }: Parts,
  places: readonly TopicPartition[],
  { made, moved, putBack }: Standing,
): Promise<void> {
  const name = `read_model.${tableName(projection)}`
  const [found] = await postgres.query<{ exists: boolean }>('SELECT to_regclass($1) IS NOT NULL AS exists', [name])
  if (!found?.exists && moved > 0) throw tableLost(projection, name)
  if (found?.exists && putBack > 0) throw checkpointsLost(projection, name, `${putBack} were put back to the beginning`)
  if (found?.exists && (made < places.length || moved === 0)) {
    // In one look, for another runner may just be writing the first rows.
    const [now] = await postgres.query<{ rows: boolean; made: number; moved: number }>(
      `SELECT EXISTS (SELECT FROM ${name}) AS rows, ${counted}`,
      valuesOf(projection, places),
    )
    if (now?.rows && now.made < places.length)
      throw checkpointsLost(projection, name, `${places.length - now.made} of ${places.length} are missing`)
    if (now?.rows && now.moved === 0) throw checkpointsLost(projection, name, 'all stand at the beginning')
  }
}

async function mustFitClickHouse(
  projection: Projection,
  { clickhouse }: Parts,
  _places: readonly TopicPartition[],
  { moved }: Standing,
): Promise<void> {
  const name = tableName(projection)
  if (moved > 0) {
    const [found] = await clickhouse.query<{ result: number }>(`EXISTS TABLE ${name}`)
    if (found?.result !== 1) throw tableLost(projection, name)
  }
}

type Standing = {
  /** Checkpoints that are there, of so many places. */
  readonly made: number
  /** Of these, with something dealt with. */
  readonly moved: number
  /** At the beginning although events were counted. */
  readonly putBack: number
}

const its = `FROM read_model.checkpoint JOIN unnest($3::text[], $4::int[]) AS place (topic, partition) USING (topic, partition)
  WHERE model = $1 AND version = $2`
const counted = `
  (SELECT count(*) ${its}) AS made,
  (SELECT count(*) ${its} AND position > ${nothingBefore}) AS moved,
  (SELECT count(*) ${its} AND position = ${nothingBefore} AND applied + parked + not_applicable > 0) AS "putBack"`

async function checkpointsOf(
  postgres: Postgres,
  projection: Projection,
  places: readonly TopicPartition[],
): Promise<Standing> {
  const [found] = await postgres.query<Standing>(`SELECT ${counted}`, valuesOf(projection, places))
  return found ?? { made: 0, moved: 0, putBack: 0 }
}

function valuesOf({ name, version }: Projection, places: readonly TopicPartition[]): unknown[] {
  return [name, version, places.map(({ topic }) => topic), places.map(({ partition }) => partition)]
}

function tableLost({ name }: Projection, table: string): ReadModelLost {
  return new ReadModelLost(
    `The table ${table} is gone, but its checkpoints say that events are in it: restore it together with them, or run "npm run rebuild -- ${name} --cut-over", which builds it anew from the topics and lets that serve`,
  )
}

function checkpointsLost({ name }: Projection, table: string, what: string): ReadModelLost {
  return new ReadModelLost(
    `The table ${table} holds rows, but of its checkpoints ${what}: restore them together with it, or run "npm run rebuild -- ${name} --cut-over", which builds it anew from the topics and lets that serve`,
  )
}
