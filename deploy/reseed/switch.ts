/**
 * The switch from one generation of topics to the next, in one transaction:
 *
 *   1  the epoch of the old one moves on, so that its relay cannot write its ledger any more
 *   2  its checkpoints are locked, so that no runner can move them; what they have seen must be in the new topics
 *   3  checkpoints and parked events are moved to the new topics. Partition and position stay what they are, for the same partition
 *      holds the same events at the same positions; only the offset is another
 *   4  the old generation is succeeded: from the commit on every unit finds the new one
 *
 * A step of a runner on the old topics finds no checkpoint there afterwards and writes nothing; one on the new topics begins where
 * the old one was.
 */
import { setTimeout as pause } from 'node:timers/promises'
import type { ClickHouse, Postgres, Queryable } from '@bizosaas/databases'
import { CannotStart } from '@bizosaas/runtime'
import { forget } from './forget.ts'
import type { Succession } from './generations.ts'
import type { Model } from './stale.ts'

const catchUpWithinMs = 20_000

export async function switchOver(
  db: Postgres,
  clickhouse: ClickHouse,
  { from, to, partitions }: Succession,
  stale: readonly Model[],
): Promise<void> {
  await db.transaction(async (tx) => {
    await tx.query('INSERT INTO relay.generation (generation, partitions) VALUES ($1, $2) ON CONFLICT DO NOTHING', [
      from,
      partitions,
    ])
    const [old] = await tx.query<{ succeeded_by: string | null }>(
      'SELECT succeeded_by FROM relay.generation WHERE generation = $1 FOR UPDATE',
      [from],
    )
    if (old?.succeeded_by != null) throw new CannotStart(`${from} was succeeded by ${old.succeeded_by} meanwhile.`)
    await tx.query('UPDATE relay.epoch SET epoch = epoch + 1, taken_at = now() WHERE generation = $1', [from])
    await lockCheckpoints(tx, from)
    for (const model of stale) await forget(tx, clickhouse, model)
    await untilPublished(tx, from, to)
    await tx.query(moved('checkpoint', ', halted = NULL, updated_at = now()'), [from, to])
    await tx.query(balanced, [to])
    await tx.query(moved('parked', ''), [from, to])
    await tx.query('UPDATE relay.generation SET succeeded_by = $2, succeeded_at = now() WHERE generation = $1', [
      from,
      to,
    ])
  })
}

async function lockCheckpoints(tx: Queryable, from: string): Promise<void> {
  await tx.query(`SELECT FROM read_model.checkpoint WHERE split_part(topic, '.', 2) = $1 FOR UPDATE`, [from])
}

/** Waits until the new topics hold everything that a checkpoint has seen. */
async function untilPublished(tx: Queryable, from: string, to: string): Promise<void> {
  for (const end = Date.now() + catchUpWithinMs; ; await pause(20)) {
    const [found] = await tx.query<{ seen: number; published: number }>(
      `SELECT
         (SELECT coalesce(max(position), -1) FROM read_model.checkpoint WHERE split_part(topic, '.', 2) = $1) AS seen,
         (SELECT coalesce(max(position), -1) FROM relay.ledger WHERE generation = $2) AS published`,
      [from, to],
    )
    if (found !== undefined && found.published >= found.seen) return
    if (Date.now() > end) {
      throw new CannotStart(
        `The topics of ${to} do not come up to position ${found?.seen}, which read models have applied: run "npm run reseed" again.`,
      )
    }
  }
}

/** Offsets count anew in the new topics: what the books say is repeated there makes them right again. */
const balanced = `
  UPDATE read_model.checkpoint SET repeated = record_offset + 1 - applied - parked - not_applicable - skipped
  WHERE split_part(topic, '.', 2) = $1`

/**
 * The offset is that of the last record at or before the position which the new ledger names: mostly the very one, else one a little
 * before, and a runner skips what is not above its position.
 */
const moved = (table: 'checkpoint' | 'parked', more: string) => `
  UPDATE read_model.${table} AS place
  SET topic = split_part(place.topic, '.', 1) || '.' || $2${more},
    record_offset = coalesce(
      (SELECT (tail ->> 'offset')::bigint
       FROM (SELECT tails -> split_part(place.topic, '.', 1) -> place.partition AS tail
             FROM relay.ledger WHERE generation = $2 ORDER BY seq DESC LIMIT 1) AS newest
       WHERE (tail ->> 'position')::bigint <= place.position),
      (SELECT (tails -> split_part(place.topic, '.', 1) -> place.partition ->> 'offset')::bigint
       FROM relay.ledger WHERE generation = $2 AND position <= place.position ORDER BY position DESC LIMIT 1),
      -1)
  WHERE split_part(place.topic, '.', 2) = $1`
