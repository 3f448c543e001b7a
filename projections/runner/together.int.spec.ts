import type { Postgres } from '@bizosaas/databases'
import { CampaignId } from '@bizosaas/schemas'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from '@jest/globals'
import { advance } from './advance.ts'
import { postgresSink } from './postgres-sink.ts'
import { type Projection, tableName } from './projection.ts'
import type { Sink } from './sink.ts'
import { checkpointOf, dropModel, modelName, openDatabases } from './spec-support/databases.ts'
import { nameList, poison, unstorable } from './spec-support/name-list.ts'
import { client1, partitionLog, uuid } from './spec-support/records.ts'
import { ensurePostgresTable } from './tables.ts'

const partitions = [0, 1, 2]
let databases: Awaited<ReturnType<typeof openDatabases>>
let projection: Projection
let sink: Sink
/** Statements that were sent. */
let sent: string[]
let logs: ReturnType<typeof partitionLog>[]

beforeAll(async () => {
  databases = await openDatabases()
}, 60_000)
afterAll(() => databases.close())
beforeEach(async () => {
  const { postgres } = databases
  projection = nameList(modelName())
  const counting: Postgres = {
    ...postgres,
    prepared: (text, values) => {
      sent.push(text)
      return postgres.prepared(text, values)
    },
  }
  sink = postgresSink(counting, projection, await ensurePostgresTable(postgres, projection))
  sent = []
  logs = partitions.map((partition) => partitionLog('events.g0', partition))
})
afterEach(() => dropModel(databases, projection.name))

const campaign = (partition: number) => CampaignId.parse(uuid('1', partition + 1))
const create = (partition: number, name: string) =>
  logs[partition]?.add(
    'CampaignCreated',
    { campaignId: campaign(partition), clientId: client1, name, objective: null },
    { id: campaign(partition) },
  )
const places = () =>
  Promise.all(
    partitions.map((partition) => checkpointOf(databases.postgres, projection, { topic: 'events.g0', partition })),
  )
/** Takes what all partitions hold behind these places, at one time. */
const advanceAll = (from: Awaited<ReturnType<typeof places>>) =>
  Promise.all(
    from.map((checkpoint, partition) =>
      advance(projection, sink, checkpoint, logs[partition]?.log.slice(checkpoint.offset + 1) ?? [], () => true),
    ),
  )
const names = async () => {
  const rows = await databases.postgres.query<{ names: string }>(
    `SELECT names FROM read_model.${tableName(projection)} ORDER BY id`,
  )
  return rows.map((row) => row.names)
}
const counts = () =>
  databases.postgres.query<{ applied: number; parked: number }>(
    'SELECT applied, parked FROM read_model.checkpoint WHERE model = $1 ORDER BY partition',
    [projection.name],
  )

test('Small steps of several partitions at one time are one read and one write, each counted in its own checkpoint', async () => {
  for (const partition of partitions) create(partition, `name ${partition}`)
  for (const step of await advanceAll(await places())) expect(step).toMatchObject({ type: 'moved' })
  expect(sent).toHaveLength(2)
  expect(await names()).toEqual(['name 0', 'name 1', 'name 2'])
  expect(await counts()).toEqual(partitions.map(() => ({ applied: 1, parked: 0 })))
})

test('A step whose checkpoint another runner has moved writes nothing, and those beside it are taken', async () => {
  const from = await places()
  create(1, 'of the other runner')
  const [, second] = from
  if (second === undefined) throw new Error('There is no checkpoint.')
  const other = postgresSink(databases.postgres, projection, await ensurePostgresTable(databases.postgres, projection))
  await advance(projection, other, second, logs[1]?.log ?? [], () => true)
  for (const partition of [0, 2]) create(partition, 'mine')
  logs[1]?.add('CampaignRenamed', { campaignId: campaign(1), name: 'too late' }, { id: campaign(1) })
  const steps = await advanceAll(from)
  expect(steps.map(({ type }) => type)).toEqual(['moved', 'lost', 'moved'])
  expect(sent).toHaveLength(2)
  expect(await names()).toEqual(['mine', 'of the other runner', 'mine'])
  expect(await counts()).toEqual(partitions.map(() => ({ applied: 1, parked: 0 })))
})

test('What is parked of one of them is set aside there', async () => {
  create(0, 'a')
  create(1, poison)
  create(2, poison)
  await advanceAll(await places())
  expect(sent).toHaveLength(2)
  expect(await names()).toEqual(['a'])
  expect(await counts()).toEqual([
    { applied: 1, parked: 0 },
    { applied: 0, parked: 1 },
    { applied: 0, parked: 1 },
  ])
  const parked = await databases.postgres.query(
    'SELECT partition, record_offset FROM read_model.parked WHERE model = $1 ORDER BY partition',
    [projection.name],
  )
  expect(parked).toEqual([
    { partition: 1, record_offset: 0 },
    { partition: 2, record_offset: 0 },
  ])
})

test('If the database refuses a value of one of them, the others are written, and that one parks', async () => {
  create(0, 'a')
  create(1, unstorable)
  create(2, 'c')
  for (const step of await advanceAll(await places())) expect(step).toMatchObject({ type: 'moved' })
  expect(await names()).toEqual(['a', 'c'])
  expect(await counts()).toEqual([
    { applied: 1, parked: 0 },
    { applied: 0, parked: 1 },
    { applied: 1, parked: 0 },
  ])
})
