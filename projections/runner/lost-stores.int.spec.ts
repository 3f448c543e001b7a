import { topicName, topics } from '@bizosaas/schemas'
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import { adMetrics } from '../analytics/ad-metrics/ad-metrics.ts'
import { openTable, ReadModelLost } from './open-table.ts'
import { type Projection, tableName } from './projection.ts'
import { dropModel, modelName } from './spec-support/databases.ts'
import { type Counts, openSystem } from './spec-support/system.ts'
import { until } from './spec-support/until.ts'

let system: Awaited<ReturnType<typeof openSystem>>

beforeEach(async () => {
  system = await openSystem()
}, 60_000)

afterEach(async () => {
  for (const cleanUp of system.cleanUps.splice(0).reverse()) await cleanUp()
  await system.close()
}, 60_000)

/** A model that has applied two events of a partition and was stopped. */
async function applied() {
  const partition = system.newPartition()
  const model = system.newModel()
  partition.create(1, 'a')
  partition.rename(1, 'b')
  await system.send(partition.log)
  const { stop } = await model.run()
  await until(
    () => model.names(partition.id(1)),
    (found) => found === 'a,b',
  )
  await stop()
  return { ...partition, model, table: `read_model.${tableName(model.projection)}` }
}

/** Runs the model and waits until it says that it cannot go on. */
async function refusalOf({ run }: Awaited<ReturnType<typeof applied>>['model'], pattern: RegExp) {
  const runner = await run()
  const reason = await until(runner.failure, (found) => pattern.test(found ?? ''))
  expect(await runner.isHealthy()).toBe(false)
  return reason
}

describe('A read model whose table was dropped while its checkpoints stand', () => {
  test('is not made again as an empty one: the runner says so, with the way out', async () => {
    const { model, table, rename, log, place } = await applied()
    await system.databases.postgres.query(`DROP TABLE ${table}`)
    rename(1, 'c')
    await system.send(log.slice(2))
    const reason = await refusalOf(model, /is gone/)
    expect(reason).toContain(`The table ${table} is gone, but its checkpoints say that events are in it`)
    expect(reason).toContain(`npm run rebuild -- ${model.projection.name}`)
    expect(await model.counts(place)).toMatchObject({ applied: 2 })
    const [found] = await system.databases.postgres.query('SELECT to_regclass($1) AS name', [table])
    expect(found).toEqual({ name: null })
  }, 60_000)
})

describe('A table in Postgres whose checkpoints were lost', () => {
  test.each([
    ['all', 'DELETE FROM read_model.checkpoint WHERE model = $1', 'of its checkpoints 40 of 40 are missing'],
    [
      'one of them',
      'DELETE FROM read_model.checkpoint WHERE model = $1 AND position > -1',
      'of its checkpoints 1 of 40 are missing',
    ],
    [
      'because they were put back',
      'UPDATE read_model.checkpoint SET position = -1, record_offset = -1 WHERE model = $1',
      'of its checkpoints 1 were put back to the beginning',
    ],
    [
      'because they were made anew',
      'UPDATE read_model.checkpoint SET position = -1, record_offset = -1, applied = 0 WHERE model = $1',
      'of its checkpoints all stand at the beginning',
    ],
  ])(
    '%s, is not filled a second time',
    async (_, lose, what) => {
      const { model, id } = await applied()
      await system.databases.admin.query(lose, [model.projection.name])
      expect(await refusalOf(model, /holds rows/)).toContain(what)
      expect(await model.names(id(1))).toBe('a,b')
    },
    60_000,
  )

  test('while the runner runs, is left as it is', async () => {
    const { model, id, log, rename } = await applied()
    const runner = await model.run()
    await until(runner.isHealthy, Boolean)
    await system.databases.admin.query('DELETE FROM read_model.checkpoint WHERE model = $1', [model.projection.name])
    rename(1, 'c')
    await system.send(log.slice(2))
    await until(runner.failure, (found) => /checkpoint/.test(found ?? ''))
    expect(await model.names(id(1))).toBe('a,b')
  }, 60_000)
})

describe('In ClickHouse', () => {
  const open = (projection: Projection) => {
    const { TOPIC_GENERATION: generation, TOPIC_PARTITIONS: partitions } = system.config
    return openTable(projection, { ...system.databases, generation, partitions })
  }
  const newModel = async () => {
    const projection: Projection = { ...adMetrics, name: modelName() }
    system.cleanUps.push(() => dropModel(system.databases, projection.name))
    await open(projection)
    await system.databases.postgres.query(
      'UPDATE read_model.checkpoint SET position = 7, record_offset = 0, applied = 1 WHERE model = $1 AND partition = 3',
      [projection.name],
    )
    return projection
  }

  test('a table that was dropped while its checkpoints stand is not made again', async () => {
    const projection = await newModel()
    await system.databases.clickhouse.command(`DROP TABLE ${tableName(projection)}`)
    const refused = open(projection)
    await expect(refused).rejects.toThrow(ReadModelLost)
    await expect(refused).rejects.toThrow(`npm run rebuild -- ${projection.name}`)
  }, 60_000)

  test('a table whose checkpoints were lost is filled again, for that yields the same rows', async () => {
    const projection = await newModel()
    await system.databases.admin.query('DELETE FROM read_model.checkpoint WHERE model = $1', [projection.name])
    await expect(open(projection)).resolves.toMatchObject({ name: tableName(projection) })
  }, 60_000)
})

describe('A topic that does not hold what a checkpoint has seen', () => {
  const lost = (place: { topic: string; partition: number }) => `Kafka lost data of ${place.topic}[${place.partition}]`

  test('because records were deleted that are not applied yet, halts the partition, with the way out', async () => {
    const { model, place, log, rename, id } = await applied()
    for (const name of ['c', 'd', 'e']) rename(1, name)
    await system.send(log.slice(2))
    const admin = system.kafka.admin()
    await admin.fetchTopicOffsets(place.topic)
    await admin.deleteTopicRecords({ topic: place.topic, partitions: [{ partition: place.partition, offset: '4' }] })
    await admin.disconnect()
    const reason = await refusalOf(model, /Kafka lost data/)
    expect(reason).toContain(
      `${lost(place)}: it holds offsets 4 to 4, but position 103 at offset 1 was applied from it`,
    )
    expect(reason).toContain('npm run reseed')
    expect(await model.names(id(1))).toBe('a,b')
    // The word is left in the table after the health check knows of it.
    const { halted, ...counts } = (await until(
      () => model.counts(place),
      (found) => found?.halted != null,
    )) as Counts
    expect(halted).toContain(lost(place))
    expect(counts).toMatchObject({ applied: 2 })
  }, 60_000)

  test('because it was made anew, halts the partition instead of waiting for ever, and goes on with the others', async () => {
    const { model, place } = await applied()
    const other = system.newPartition()
    const names = topics.map((kind) => topicName(kind, system.config.TOPIC_GENERATION))
    const admin = system.kafka.admin()
    await admin.deleteTopics({ topics: names })
    await until(
      () => admin.listTopics(),
      (found) => !names.some((name) => found.includes(name)),
    )
    await admin.disconnect()
    const runner = await model.run()
    await until(runner.failure, (found) => found?.includes(lost(place)) ?? false)
    other.create(2, 'x')
    await system.send(other.log)
    await until(
      () => model.names(other.id(2)),
      (found) => found === 'x',
    )
  }, 60_000)
})

describe('A schema registry that was emptied or restored', () => {
  /** As the relay noted it when it wrote the records. */
  const note = async (id: number, type: string) => {
    const { admin } = system.databases
    const { TOPIC_GENERATION: generation, TOPIC_PARTITIONS: partitions } = system.config
    await admin.query('INSERT INTO relay.generation (generation, partitions) VALUES ($1, $2)', [generation, partitions])
    system.cleanUps.push(() => admin.query('DELETE FROM relay.generation WHERE generation = $1', [generation]))
    await admin.query('INSERT INTO relay.schema (generation, id, type, version) VALUES ($1, $2, $3, 1)', [
      generation,
      id,
      type,
    ])
  }

  test('so that an id means another schema now, halts the partition: nothing is decoded by the wrong one', async () => {
    const { newModel, newPartition, sendAs, schemaId } = system
    const { place, log, create, id } = newPartition()
    const model = newModel()
    create(1, 'a')
    // The same bytes would be a renaming, too.
    await note(schemaId('CampaignCreated'), 'CampaignRenamed')
    await sendAs(() => schemaId('CampaignCreated'), log)
    const runner = await model.run()
    const reason = await until(runner.failure, (found) => /schema registry/.test(found ?? ''))
    expect(reason).toContain('is CampaignCreated version 1 and not CampaignRenamed version 1')
    expect(reason).toContain('npm run reseed')
    expect(await model.names(id(1))).toBeNull()
    expect(await model.counts(place)).toMatchObject({ applied: 0, parked: 0 })
  }, 60_000)

  test('so that it does not know an id, halts the partition, with the way out', async () => {
    const { newModel, newPartition, sendAs } = system
    const { log, create } = newPartition()
    create(1, 'a')
    await note(2_000_000_000, 'CampaignCreated')
    await sendAs(() => 2_000_000_000, log)
    const runner = await newModel().run()
    const reason = await until(runner.failure, (found) => /schema registry/.test(found ?? ''))
    expect(reason).toContain('Schema 2000000000 is not in the schema registry')
    expect(reason).toContain('npm run reseed')
  }, 60_000)
})
