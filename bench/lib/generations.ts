import { randomInt } from 'node:crypto'
import { connectPostgres } from '@bizosaas/databases'
import { connectKafka, offsetRanges } from '@bizosaas/kafka'
import { type Topic, topicName, topics } from '@bizosaas/schemas'
import { atEnd } from './clean-up.ts'
import { until } from './until.ts'

export type Generations = {
  /** A name that nobody else uses. */
  readonly next: () => string
  /** Waits until the relay's ledger says that everything up to a position is published; answers when (Unix time in ms). */
  readonly published: (generation: string, position: number, withinMs?: number) => Promise<number>
  /** How many records its topics hold, or those of some kinds. */
  readonly records: (generation: string, kinds?: readonly Topic[]) => Promise<number>
  /** Deletes its topics, and what the relay noted of it. */
  readonly remove: (generation: string) => Promise<void>
}

const publishedWithinMs = 120_000

/** Generations of topics for one run each; those that are left are removed at the end. */
export const openGenerations = (settings: Readonly<Record<string, string>>): Generations => {
  const kafka = connectKafka({ brokers: (settings.KAFKA_BROKERS ?? '').split(','), clientId: 'bench' })
  const postgres = connectPostgres(settings.POSTGRES_ADMIN_URL ?? '', {
    name: 'bench',
    connections: 2,
    statementTimeoutMs: 30_000,
  })
  const used = new Set<string>()
  const topicsOf = (generation: string, kinds = topics) => kinds.map((kind) => topicName(kind, generation))

  const remove = async (generation: string): Promise<void> => {
    used.delete(generation)
    const admin = kafka.admin()
    await admin.connect()
    try {
      const there = new Set(await admin.listTopics())
      const ours = topicsOf(generation).filter((name) => there.has(name))
      if (ours.length > 0) await admin.deleteTopics({ topics: ours })
    } finally {
      await admin.disconnect()
    }
    for (const table of ['ledger', 'epoch', 'generation'])
      await postgres.query(`DELETE FROM relay.${table} WHERE generation = $1`, [generation])
  }

  atEnd(async () => {
    for (const generation of [...used]) await remove(generation)
    await postgres.close()
  })
  return {
    next: () => {
      const generation = `g${randomInt(2_000, 10_000)}`
      if (used.has(generation)) throw new Error(`${generation} is in use: try again`)
      used.add(generation)
      return generation
    },
    published: async (generation, position, withinMs = publishedWithinMs) => {
      await until(`${generation} is published up to ${position}`, withinMs, async () => {
        const [row] = await postgres.query<{ position: number | null }>(
          'SELECT max(position) AS position FROM relay.ledger WHERE generation = $1',
          [generation],
        )
        return (row?.position ?? -1) >= position
      })
      return Date.now()
    },
    records: async (generation, kinds) =>
      (await offsetRanges(kafka, topicsOf(generation, kinds))).reduce((sum, { low, high }) => sum + high - low, 0),
    remove,
  }
}
