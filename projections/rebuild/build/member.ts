import { type ConsumedBatch, offsetRanges, type TopicPartition } from '@bizosaas/kafka'
import { log } from '@bizosaas/runtime'
import { clickhouseSink } from '../../runner/clickhouse-sink.ts'
import { messageOf, topicsOf } from '../../runner/items.ts'
import type { Parts } from '../../runner/on-topics.ts'
import { openTable } from '../../runner/open-table.ts'
import { ParkingBurst } from '../../runner/parking-burst.ts'
import { postgresSink } from '../../runner/postgres-sink.ts'
import type { Projection } from '../../runner/projection.ts'
import { type Reading, type Verdict, worker } from '../../runner/worker.ts'
import { ensureBuildingTable } from './building-table.ts'
import { copying } from './copying.ts'

/** One of the versions that are filled together. */
export type Member = {
  /** For each of the partitions, the offset at which it begins; null where it has nothing to read. */
  readonly startAt: (assigned: readonly TopicPartition[], isAssignment: boolean) => Promise<(number | null)[]>
  readonly take: (batch: ConsumedBatch) => Promise<Verdict>
}

/** Of each partition. Rows change in the order of events, so most of those that change were written lately. */
const rememberedRows = 20_000

/** The runner's own worker on a table that is being built. Nobody is told what it applies: all of it was news before. */
export async function memberOf(
  projection: Projection,
  parts: Parts,
  read: (batch: ConsumedBatch) => Promise<Reading>,
  stopping: AbortSignal,
): Promise<Member> {
  const { postgres, clickhouse, kafka } = parts
  const { name, version } = projection
  const ownLog = log.child({ unit: 'rebuild', model: name, version })
  const table = await openTable(projection, parts, ensureBuildingTable)
  const sink =
    projection.store === 'postgres'
      ? postgresSink(postgres, projection, table, copying(postgres, table), rememberedRows)
      : clickhouseSink(clickhouse, postgres, table)
  const work = worker(projection, {
    sink,
    postgres,
    read,
    passesOver: false,
    orders: async () => null,
    ranges: (topics) => offsetRanges(kafka, topics),
    news: null,
    log: ownLog,
    stopping,
  })
  const topics = new Set(topicsOf(projection, parts.generation))
  /** Partitions that it has to leave alone; all of them once it has given up. The others go on without it. */
  const left = new Set<string>()
  let gaveUp = false

  return {
    startAt: async (assigned, isAssignment) => {
      if (isAssignment) left.clear()
      const own = assigned.filter((place) => topics.has(place.topic) && !left.has(nameOf(place)))
      const offsets = gaveUp || own.length === 0 ? [] : await work.startAt(own)
      const byPlace = new Map(own.map((place, index) => [nameOf(place), offsets[index] ?? null]))
      return assigned.map((place) => byPlace.get(nameOf(place)) ?? null)
    },

    take: async (batch) => {
      if (gaveUp || !topics.has(batch.topic) || left.has(nameOf(batch))) return 'halt'
      try {
        const verdict = await work.take(batch)
        if (verdict === 'halt') left.add(nameOf(batch))
        return verdict
      } catch (error) {
        if (!(error instanceof ParkingBurst)) throw error
        gaveUp = true
        ownLog.fatal({ reason: messageOf(error) }, 'stopped')
        return 'halt'
      }
    },
  }
}

function nameOf({ topic, partition }: TopicPartition): string {
  return `${topic}[${partition}]`
}
