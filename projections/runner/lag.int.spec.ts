import { randomUUID } from 'node:crypto'
import { migrate } from '@bizosaas/databases'
import { metrics } from '@bizosaas/runtime'
import { topicName } from '@bizosaas/schemas'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { exposeLag, readLag, readParked } from './lag.ts'
import { dropModel, env, modelName, openDatabases } from './spec-support/databases.ts'
import { nameList } from './spec-support/name-list.ts'

const generation = `spec${randomUUID().slice(0, 8)}`
const topic = topicName('events', generation)
const projection = nameList(modelName())
const { name: model, version } = projection
let databases: Awaited<ReturnType<typeof openDatabases>>

/** In the ledger's rows, one a minute, the newest a minute old: the positions at which partitions 0 to 2 then end. */
const tails: (number | null)[][] = [
  [10, null, null],
  [10, 20, null],
  [30, 20, null],
  [40, 20, null],
  [40, 50, null],
  [60, 50, null],
]
const secondsOld = (row: number) => (tails.length - row + 1) * 60

beforeAll(async () => {
  databases = await openDatabases()
  await migrate(env('POSTGRES_ADMIN_URL'), new URL('../../streams/relay/migrations/', import.meta.url), 'relay')
  await databases.admin.query('INSERT INTO relay.generation (generation, partitions) VALUES ($1, 3)', [generation])
  for (const [index, row] of tails.entries()) {
    const seq = index + 1
    const events = row.map((position) => position && { offset: position / 10, position })
    await databases.admin.query(
      `INSERT INTO relay.ledger (generation, seq, position, event_id, instant, epoch, tails)
       VALUES ($1, $2, $3, gen_random_uuid(), now() - $4 * interval '1 second', 1, $5)`,
      [generation, seq, Math.max(...row.map(Number)), secondsOld(seq), JSON.stringify({ events, observations: [] })],
    )
  }
})
afterAll(async () => {
  await dropModel(databases, model)
  for (const table of ['ledger', 'generation'])
    await databases.admin.query(`DELETE FROM relay.${table} WHERE generation = $1`, [generation])
  await databases.close()
})

const checkpointAt = (partition: number, position: number) =>
  databases.postgres.query(
    `INSERT INTO read_model.checkpoint (model, version, topic, partition, position, record_offset)
     VALUES ($1, $2, $3, $4, $5, $6)
     ON CONFLICT (model, version, topic, partition) DO UPDATE SET position = $5, record_offset = $6`,
    [model, version, topic, partition, position, position < 0 ? -1 : position / 10],
  )

const lags = async () => {
  const found = await readLag(databases.postgres, [projection], generation)
  expect(new Set(found.map((lag) => `${lag.model} ${lag.version} ${lag.topic}`))).toEqual(
    new Set([`${model} ${version} ${topic}`]),
  )
  return found
    .sort((a, b) => a.partition - b.partition)
    .map(({ events, seconds }) => [events, Math.floor(seconds / 60) * 60])
}

test('the lag is the number of events that are not applied and the age of the oldest of them, for each partition', async () => {
  // No runner has begun: the first event of partition 0 is in row 1, that of partition 1 in row 2.
  expect(await lags()).toEqual([
    [7, secondsOld(1)],
    [6, secondsOld(2)],
    [0, 0],
  ])
  await checkpointAt(0, 30)
  await checkpointAt(1, 20)
  expect(await lags()).toEqual([
    [3, secondsOld(4)],
    [3, secondsOld(5)],
    [0, 0],
  ])
  await checkpointAt(0, 60)
  await checkpointAt(1, 50)
  expect(await lags()).toEqual([
    [0, 0],
    [0, 0],
    [0, 0],
  ])
})

test('the metrics tell it as it is when they are collected, and what is set aside', async () => {
  await checkpointAt(0, 40)
  await databases.postgres.query(
    `INSERT INTO read_model.parked (model, version, topic, partition, position, record_offset, stream, revision, event_id,
       type, schema_version, bytes)
     SELECT $1, $2, $3, 0, n, n, 'campaign-' || n % 2, n, gen_random_uuid(), 'CampaignRenamed', 1, '' FROM generate_series(1, 3) n`,
    [model, version, topic],
  )
  expect(await readParked(databases.postgres, [projection])).toEqual([{ model, version, events: 3, streams: 2 }])

  const conceal = exposeLag(databases.postgres, () => [projection], generation)
  const of = `model="${model}",version="${version}"`
  const told = await metrics.metrics()
  expect(told).toContain(`projection_lag_events{${of},topic="${topic}",partition="0"} 2`)
  expect(told).toContain(`projection_lag_events{${of},topic="${topic}",partition="1"} 0`)
  expect(told).toMatch(new RegExp(`projection_lag_seconds{${of},topic="${topic}",partition="0"} 6\\d`))
  expect(told).toContain(`projection_parked_events{${of}} 3`)
  expect(told).toContain(`projection_parked_streams{${of}} 2`)
  conceal()
  expect(await metrics.metrics()).not.toContain(model)
})
