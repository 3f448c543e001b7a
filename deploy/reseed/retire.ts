import { liveGeneration, type Postgres } from '@bizosaas/databases'
import type { KafkaCluster } from '@bizosaas/kafka'
import { CannotStart } from '@bizosaas/runtime'
import { topicName, topics } from '@bizosaas/schemas'

/** Members of the consumer groups of a generation's runners, which end in its name. */
export async function readersOf(
  kafka: KafkaCluster,
  generation: string,
): Promise<{ groups: string[]; members: number }> {
  const admin = kafka.admin()
  await admin.connect()
  try {
    const { groups: all } = await admin.listGroups()
    const groups = all.map(({ groupId }) => groupId).filter((group) => group.endsWith(`.${generation}`))
    if (groups.length === 0) return { groups, members: 0 }
    const described = await admin.describeGroups(groups)
    return { groups, members: described.groups.reduce((sum, { members }) => sum + members.length, 0) }
  } finally {
    await admin.disconnect()
  }
}

/**
 * Deletes the topics of a generation that was succeeded. Its ledger stays, as a record of what was published when.
 *
 * @throws CannotStart while it is live, or somebody still reads it
 */
export async function retire(db: Postgres, kafka: KafkaCluster, first: string, generation: string): Promise<void> {
  const live = await liveGeneration(db, first)
  const [found] = await db.query<{ succeeded_by: string | null }>(
    'SELECT succeeded_by FROM relay.generation WHERE generation = $1',
    [generation],
  )
  if (found === undefined) throw new CannotStart(`There is no generation ${generation}.`)
  if (generation === live || found.succeeded_by === null)
    throw new CannotStart(`${generation} was not succeeded by another generation: "npm run reseed" makes the next one.`)
  const checkpoints = await db.query(`SELECT FROM read_model.checkpoint WHERE split_part(topic, '.', 2) = $1 LIMIT 1`, [
    generation,
  ])
  const { groups, members } = await readersOf(kafka, generation)
  if (members > 0 || checkpoints.length > 0)
    throw new CannotStart(
      `Somebody still reads ${generation}: wait until all runners have gone on to ${live}, or end them.`,
    )

  const names = topics.map((kind) => topicName(kind, generation))
  const admin = kafka.admin()
  await admin.connect()
  try {
    const there = await admin.listTopics()
    const left = names.filter((name) => there.includes(name))
    if (left.length > 0) await admin.deleteTopics({ topics: left })
    if (groups.length > 0) await admin.deleteGroups(groups)
  } finally {
    await admin.disconnect()
  }
  await db.query('UPDATE relay.generation SET retired_at = coalesce(retired_at, now()) WHERE generation = $1', [
    generation,
  ])
}
