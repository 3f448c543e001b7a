import type { Postgres } from '@bizosaas/databases'
import type { TopicPartition } from '@bizosaas/kafka'
import type { Projection } from './projection.ts'

/**
 * Whether every record up to a checkpoint was dealt with once. Its offset says how many records there are: Kafka numbers
 * them from 0 without a gap, for the topics are kept whole and written without transactions. The counts say, each for
 * itself, what became of them:
 *
 *   applied + parked + not applicable + skipped + repeated = offset + 1
 *
 * and as many events are kept in `read_model.parked` as are counted as parked.
 */
export type Imbalance = TopicPartition & {
  /** Records that nothing accounts for; negative if more were dealt with than there are. */
  readonly records: number
  /** Events that are counted as parked and are not kept; negative if more are kept. */
  readonly parked: number
}

/** By how much the books are wrong, for each of these partitions: 0 where all is well. One snapshot. */
export async function imbalances(
  postgres: Postgres,
  { name, version }: Projection,
  places: readonly TopicPartition[],
): Promise<Imbalance[]> {
  return postgres.query<Imbalance>(
    `SELECT topic, partition,
       record_offset + 1 - (applied + parked + not_applicable + skipped + repeated) AS records,
       parked - (SELECT count(*) FROM read_model.parked p
                 WHERE (p.model, p.version, p.topic, p.partition) = (c.model, c.version, c.topic, c.partition)) AS parked
     FROM read_model.checkpoint c
     JOIN unnest($3::text[], $4::int[]) AS place (topic, partition) USING (topic, partition)
     WHERE model = $1 AND version = $2`,
    [name, version, places.map(({ topic }) => topic), places.map(({ partition }) => partition)],
  )
}
