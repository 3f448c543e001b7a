import { createLog } from '@bizosaas/runtime'
import { CampaignId } from '@bizosaas/schemas'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { postgresSink } from './postgres-sink.ts'
import { checkpointOf, dropModel, modelName, openDatabases } from './spec-support/databases.ts'
import { nameList } from './spec-support/name-list.ts'
import { client1, partitionLog, uuid } from './spec-support/records.ts'
import { ensurePostgresTable } from './tables.ts'
import { worker } from './worker.ts'

let databases: Awaited<ReturnType<typeof openDatabases>>

beforeAll(async () => {
  databases = await openDatabases()
}, 60_000)

afterAll(() => databases.close())

test('who is held for a comparison is not told that there is another runner, and who meets one is', async () => {
  const { postgres } = databases
  const projection = nameList(modelName())
  const { log: records, add } = partitionLog('events.g0', 0)
  const campaignId = CampaignId.parse(uuid('1', 1))
  add('CampaignCreated', { campaignId, clientId: client1, name: 'a', objective: null }, { id: campaignId })
  const place = { topic: 'events.g0', partition: 0 }
  await checkpointOf(postgres, projection, place)
  const said: string[] = []
  const work = worker(projection, {
    sink: postgresSink(postgres, projection, await ensurePostgresTable(postgres, projection)),
    postgres,
    orders: async () => null,
    read: async () => ({ records }),
    passesOver: false,
    ranges: async () => [{ ...place, low: 0, high: 1 }],
    news: null,
    log: createLog({ write: (line) => void said.push(line) }, 'debug'),
    stopping: new AbortController().signal,
  })
  const take = () => work.take({ ...place, highWater: 1, messages: [] })
  const set = (change: string) =>
    postgres.query(`UPDATE read_model.checkpoint SET ${change} WHERE model = $1`, [projection.name])
  try {
    await work.startAt([place])
    await set('hold_at = position')
    expect(await take()).toBe('ask again')
    expect(said).toEqual([expect.stringContaining('the checkpoint was held there')])

    await work.startAt([place])
    expect(await take()).toBe('ask soon')
    await set('hold_at = NULL, orders = orders + 1')
    await work.startAt([place])
    await set('orders = orders + 1')
    expect(await take()).toBe('ask again')
    expect(said.at(-1)).toContain('another runner has moved the checkpoint')

    await work.startAt([place])
    expect(await take()).toBe('go on')
  } finally {
    await dropModel(databases, projection.name)
  }
})
