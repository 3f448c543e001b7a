/** One generation of topics, as the tests look at it. */
import type { Postgres } from '@bizosaas/databases'
import { connectRegistry, type KafkaCluster, offsetRanges, readRecords, scan, type TopicRecord } from '@bizosaas/kafka'
import { topicName, topics } from '@bizosaas/schemas'

type Parts = { readonly kafka: KafkaCluster; readonly admin: Postgres; readonly registryUrl: string }

export const openGeneration = ({ kafka, admin, registryUrl }: Parts, generation: string) => {
  const names = topics.map((kind) => topicName(kind, generation))

  const deleteTopics = async () => {
    const client = kafka.admin()
    const there = new Set(await client.listTopics())
    const ours = names.filter((name) => there.has(name))
    if (ours.length > 0) await client.deleteTopics({ topics: ours })
    await client.disconnect()
  }

  /** Forgets what the relay noted, as if PostgreSQL had been lost. */
  const forget = async () => {
    for (const table of ['ledger', 'epoch', 'generation']) {
      await admin.query(`DELETE FROM relay.${table} WHERE generation = $1`, [generation])
    }
    await admin.query('DELETE FROM audit.progress WHERE generation = $1', [generation])
  }

  return {
    topics: names,
    deleteTopics,
    forget,
    remove: async () => {
      await deleteTopics()
      await forget()
    },

    async lastPosition(): Promise<number | undefined> {
      const rows = await admin.query<{ position: number }>(
        'SELECT max(position) AS position FROM relay.ledger WHERE generation = $1',
        [generation],
      )
      return rows[0]?.position
    },

    /** Every record in the topics, in the order of each partition, also duplicates. */
    async records(): Promise<TopicRecord[]> {
      const registry = await connectRegistry(registryUrl)
      const batches = new Map<string, Parameters<typeof readRecords>[0] & { messages: unknown[] }>()
      const ranges = await offsetRanges(kafka, names)
      await scan(
        kafka,
        ranges.map((range) => ({ ...range, from: range.low })),
        ({ topic, partition }, message) => {
          const key = `${topic} ${partition}`
          const batch = batches.get(key) ?? { topic, partition, highWater: 0, messages: [] }
          batch.messages.push(message)
          batches.set(key, batch)
        },
      )
      return (await Promise.all([...batches.values()].map((batch) => readRecords(batch, registry)))).flat()
    },
  }
}
