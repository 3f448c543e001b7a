import type { TopicRecord } from '@bizosaas/kafka'
import { createLog } from '@bizosaas/runtime'
import { CampaignId } from '@bizosaas/schemas'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from '@jest/globals'
import { imbalances } from './books.ts'
import { readCheckpoints } from './checkpoint.ts'
import { postgresSink } from './postgres-sink.ts'
import type { Projection } from './projection.ts'
import { checkpointOf, dropModel, modelName, openDatabases } from './spec-support/databases.ts'
import { nameList } from './spec-support/name-list.ts'
import { client1, partitionLog, uuid } from './spec-support/records.ts'
import { ensurePostgresTable } from './tables.ts'
import { type Worker, worker } from './worker.ts'

const place = { topic: 'events.g0', partition: 0 }
const campaignId = CampaignId.parse(uuid('1', 1))
let databases: Awaited<ReturnType<typeof openDatabases>>
let projection: Projection
let work: Worker
let isUnreadable = false
/** What the topic holds. */
let log: TopicRecord[]
let add: ReturnType<typeof partitionLog>['add']

beforeAll(async () => {
  databases = await openDatabases()
}, 60_000)
afterAll(() => databases.close())
beforeEach(async () => {
  const { postgres } = databases
  projection = nameList(modelName())
  const partition = partitionLog(place.topic, place.partition)
  log = partition.log
  add = partition.add
  await checkpointOf(postgres, projection, place)
  work = worker(projection, {
    sink: postgresSink(postgres, projection, await ensurePostgresTable(postgres, projection)),
    postgres,
    passesOver: true,
    orders: async () => null,
    read: async ({ highWater }) => {
      if (isUnreadable) throw new Error('The registry is away.')
      return { records: log.slice(highWater) }
    },
    ranges: async () => [{ ...place, low: 0, high: log.length }],
    news: null,
    log: createLog({ write: () => {} }, 'debug'),
    stopping: new AbortController().signal,
  })
  await work.startAt([place])
})
afterEach(() => dropModel(databases, projection.name))

const created = () =>
  add('CampaignCreated', { campaignId, clientId: client1, name: 'a', objective: null }, { id: campaignId })
/** Of a type that the model does not handle. */
const submitted = () => add('CampaignSubmitted', { campaignId }, { id: campaignId })
/** Takes what the topic holds from an offset on. */
const takeFrom = (offset: number) => work.take({ ...place, messages: [], highWater: offset })
const standsAt = async () => (await readCheckpoints(databases.postgres, projection, [place]))[0]?.offset
const counts = () =>
  databases.postgres.query<{ applied: number; not_applicable: number; repeated: number }>(
    'SELECT applied, not_applicable, repeated FROM read_model.checkpoint WHERE model = $1',
    [projection.name],
  )

test('events that do not concern the model move its checkpoint with the next one that does, each counted once', async () => {
  submitted()
  expect(await takeFrom(0)).toBe('passed over')
  submitted()
  expect(await takeFrom(1)).toBe('passed over')
  expect(await standsAt()).toBe(-1)

  created()
  expect(await takeFrom(2)).toBe('go on')
  expect(await standsAt()).toBe(2)
  expect(await counts()).toEqual([{ applied: 1, not_applicable: 2, repeated: 0 }])
})

test('if none comes that does, they are noted by themselves, and the books are right', async () => {
  created()
  await takeFrom(0)
  submitted()
  submitted()
  await takeFrom(1)
  expect(await standsAt()).toBe(0)
  expect(await work.notePassedOver()).toEqual([[place, 'go on']])
  expect(await standsAt()).toBe(2)
  expect(await counts()).toEqual([{ applied: 1, not_applicable: 2, repeated: 0 }])
  expect(await work.notePassedOver()).toEqual([])
  const [checkpoint] = await readCheckpoints(databases.postgres, projection, [place])
  const found = await imbalances(databases.postgres, projection, checkpoint ? [checkpoint] : [])
  expect(found).toMatchObject([{ records: 0, parked: 0 }])
})

test('one that is missing among them is noticed all the same', async () => {
  submitted()
  submitted()
  submitted()
  log.splice(1, 1)
  await takeFrom(0)
  await work.notePassedOver()
  expect(await standsAt()).toBe(0)
  expect([...work.halted.values()]).toMatchObject([{ ...place, reason: expect.stringContaining('missing') }])
})

test('where somebody else has moved the checkpoint meanwhile, or holds it, it is asked for again, and nothing is lost', async () => {
  submitted()
  await takeFrom(0)
  await databases.postgres.query('UPDATE read_model.checkpoint SET orders = orders + 1 WHERE model = $1', [
    projection.name,
  ])
  expect(await work.notePassedOver()).toEqual([[place, 'ask again']])
  expect(await work.startAt([place])).toEqual([0])
  created()
  expect(await takeFrom(0)).toBe('go on')
  expect(await standsAt()).toBe(1)
  expect(await counts()).toEqual([{ applied: 1, not_applicable: 1, repeated: 0 }])
})

test('a batch from beyond them, which was fetched before the checkpoint was asked for, is asked for again and halts nothing', async () => {
  for (let n = 0; n < 4; n++) submitted()
  await takeFrom(0)
  created()
  expect(await work.startAt([place])).toEqual([0])
  expect(await takeFrom(3)).toBe('ask again')
  expect(await work.startAt([place])).toEqual([0])
  expect(await takeFrom(0)).toBe('go on')
  expect([...work.halted.values()]).toEqual([])
  expect(await standsAt()).toBe(4)
  expect(await counts()).toEqual([{ applied: 1, not_applicable: 4, repeated: 0 }])
})

test('those that are read a second time are counted once', async () => {
  submitted()
  submitted()
  await takeFrom(0)
  await takeFrom(0)
  created()
  await takeFrom(2)
  expect(await counts()).toEqual([{ applied: 1, not_applicable: 2, repeated: 0 }])
})

test('a hole that the topic itself has halts the partition', async () => {
  for (let n = 0; n < 3; n++) submitted()
  expect(await takeFrom(1)).toBe('ask again')
  await work.startAt([place])
  // The topic still begins with the second record.
  await takeFrom(1)
  await work.notePassedOver()
  expect([...work.halted.values()]).toMatchObject([{ ...place, reason: expect.stringContaining('missing') }])
})

test('a partition that was halted for a batch that could not be read goes on with it, also when nothing of it concerns the model', async () => {
  submitted()
  isUnreadable = true
  expect(await takeFrom(0)).toBe('ask later')
  isUnreadable = false
  expect(work.halted.size).toBe(1)
  await work.startAt([place])
  expect(await takeFrom(0)).toBe('go on')
  expect(work.halted.size).toBe(0)
  expect(await standsAt()).toBe(0)
})
