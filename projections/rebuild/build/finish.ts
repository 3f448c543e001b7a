import { type ClickHouse, type Postgres, StoreUnavailable } from '@bizosaas/databases'
import { type KafkaCluster, type OffsetRange, offsetRanges, type TopicPartition } from '@bizosaas/kafka'
import { log, type Stop } from '@bizosaas/runtime'
import { inTurn, readCheckpoints, recordHalt } from '../../runner/checkpoint.ts'
import { messageOf, topicsOf } from '../../runner/items.ts'
import type { Projection } from '../../runner/projection.ts'
import { repeatedly } from '../../runner/repeatedly.ts'
import { finishTable, NotBuilding } from './building-table.ts'

type Parts = {
  readonly kafka: KafkaCluster
  readonly postgres: Postgres
  readonly clickhouse: ClickHouse
  readonly generation: string
}

const lookEveryMs = 500
/** Making indexes that cannot be made takes long each time. */
const triesAgainAfterMs = 5_000
/** While ClickHouse merges: every worker asks, and a pause or cancel waits for the answer. */
const asksAgainAfterMs = 1_000
const unfinished = 'All events are in it, but its table cannot be finished: '

/**
 * Makes a version ready once all of its partitions, whoever reads them, have dealt with what was in the topics one look
 * before: so it is less than that behind, however fast events come in.
 */
export function finishWhenBuilt(projection: Projection, { kafka, postgres, clickhouse, generation }: Parts): Stop {
  const { name, version } = projection
  const topics = topicsOf(projection, generation)
  let before: readonly OffsetRange[] | null = null
  let restsUntil = 0
  let leastParts = Number.POSITIVE_INFINITY

  /** Leaves word of what a person has to mend, where it is looked for when a version does not go on. */
  const complain = async (place: TopicPartition, error: unknown): Promise<void> => {
    restsUntil = performance.now() + triesAgainAfterMs
    log.error({ unit: 'rebuild', model: name, version, reason: messageOf(error) }, 'its table cannot be finished')
    await recordHalt(postgres, projection, place, unfinished + messageOf(error))
  }
  const withdraw = (): Promise<unknown> =>
    postgres.query(
      `UPDATE read_model.checkpoint c SET halted = NULL FROM ${inTurn('$2')}
       WHERE model = $1 AND version = $2 AND (c.topic, c.partition) = (turn.topic, turn.partition) AND starts_with(halted, $3)`,
      [name, version, unfinished],
    )

  const look = async (): Promise<void> => {
    if (performance.now() < restsUntil) return
    const were = before ?? []
    before = await offsetRanges(kafka, topics)
    const checkpoints = await readCheckpoints(postgres, projection, were)
    const isBuilt = checkpoints.every(({ offset, position: at, holdAt }, index) =>
      // What stands at a past moment goes no further than to its bound.
      holdAt === null ? offset + 1 >= (were[index]?.high ?? 0) : at >= holdAt,
    )
    const [first] = checkpoints
    if (!isBuilt || first === undefined) return
    const startedAt = performance.now()
    let parts: number
    try {
      parts = await finishTable(projection, { postgres, clickhouse })
    } catch (error) {
      if (error instanceof NotBuilding || error instanceof StoreUnavailable) throw error
      return complain(first, error)
    }
    await withdraw()
    if (parts > 0) {
      restsUntil = performance.now() + asksAgainAfterMs
      const level = parts < leastParts ? 'info' : 'warn'
      log[level]({ unit: 'rebuild', model: name, version, parts }, 'all events are in it, its parts are being merged')
      leastParts = Math.min(leastParts, parts)
      return
    }
    const seconds = Math.round((performance.now() - startedAt) / 1_000)
    log.info({ unit: 'rebuild', model: name, version, seconds }, 'ready')
  }
  // What cannot be seen now, or was done by somebody else, shows with the next look, or there is none any more.
  const quietly = (): Promise<void> =>
    look().catch((error) => log.debug({ unit: 'rebuild', reason: messageOf(error) }, 'not finished'))
  return repeatedly(quietly, lookEveryMs)
}
