import { CampaignId } from '@bizosaas/schemas'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { advance } from './advance.ts'
import { postgresSink } from './postgres-sink.ts'
import { type FoldProjection, type Projection, type Recorded, tableName } from './projection.ts'
import { checkpointOf, dropModel, modelName, openDatabases } from './spec-support/databases.ts'
import { nameList, poison, unstorable } from './spec-support/name-list.ts'
import { client1, partitionLog, uuid } from './spec-support/records.ts'
import { ensurePostgresTable } from './tables.ts'

const projection = nameList(modelName())
const table = `read_model.${tableName(projection)}`
const always = () => true
let databases: Awaited<ReturnType<typeof openDatabases>>

beforeAll(async () => {
  databases = await openDatabases()
})

afterAll(async () => {
  await dropModel(databases, projection.name)
  await databases.close()
})

const campaignIn = (event: Recorded): string => ('campaignId' in event.data ? event.data.campaignId : '')

let partitions = 0

/** An empty partition of its own, with campaigns of its own, and a runner for it. */
async function setUp() {
  const partition = partitions++
  const place = { topic: 'events.g0', partition }
  const { log, add } = partitionLog(place.topic, partition)
  const { postgres } = databases
  const campaign = (n: number) => CampaignId.parse(uuid('1', partition * 1000 + n))
  return {
    log,
    create: (n: number, name: string) =>
      add(
        'CampaignCreated',
        { campaignId: campaign(n), clientId: client1, name, objective: null },
        { id: campaign(n) },
      ),
    rename: (n: number, name: string) => add('CampaignRenamed', { campaignId: campaign(n), name }, { id: campaign(n) }),
    archive: (n: number) => add('CampaignArchived', { campaignId: campaign(n) }, { id: campaign(n) }),
    sink: async () => postgresSink(postgres, projection, await ensurePostgresTable(postgres, projection)),
    checkpoint: () => checkpointOf(postgres, projection, place),
    rows: async () => {
      const found = await postgres.query<{ id: string; names: string }>(
        `SELECT id, names FROM ${table} WHERE id = ANY ($1) ORDER BY id`,
        [[1, 2, 3, 4, 5].map(campaign)],
      )
      return found.map(({ names }) => names)
    },
    parked: () =>
      postgres.query<{ revision: number; error: string | null }>(
        `SELECT stream, revision, error FROM read_model.parked
         WHERE model = $1 AND partition = $2 ORDER BY position`,
        [projection.name, partition],
      ),
    hold: (position: number | null, seconds: number | null = null) =>
      postgres.query(
        `UPDATE read_model.checkpoint SET hold_at = $3, held_until = now() + make_interval(secs => $4)
         WHERE model = $1 AND partition = $2`,
        [projection.name, partition, position, seconds],
      ),
    counts: async () => {
      const [row] = await postgres.query(
        `SELECT applied, parked, not_applicable, record_offset, recorded_at, halted FROM read_model.checkpoint
         WHERE model = $1 AND partition = $2`,
        [projection.name, partition],
      )
      return row
    },
  }
}

describe('the Postgres sink', () => {
  test('writes, changes and removes rows, and moves the checkpoint with them', async () => {
    const { create, rename, archive, log, sink, checkpoint, rows, counts } = await setUp()
    const fresh = await sink()
    create(1, 'a')
    create(2, 'x')
    const first = await advance(projection, fresh, await checkpoint(), log, always)
    expect(first).toMatchObject({ type: 'moved', to: { position: 103, offset: 1 } })
    rename(1, 'b "quoted", {braced} \\ back')
    archive(2)
    // A runner that remembers nothing reads the rows that it changes.
    await advance(projection, await sink(), await checkpoint(), log.slice(2), always)
    expect(await rows()).toEqual(['a,b "quoted", {braced} \\ back'])
    expect(await counts()).toEqual({
      applied: 4,
      parked: 0,
      not_applicable: 0,
      record_offset: 3,
      recorded_at: '2026-11-22T00:00:03.000000Z',
      halted: null,
    })
  })

  test('changes nothing when batches are replayed', async () => {
    const { create, rename, log, sink, checkpoint, rows, counts } = await setUp()
    create(1, 'a')
    rename(1, 'b')
    const mine = await sink()
    await advance(projection, mine, await checkpoint(), log, always)
    const before = await counts()
    const again = await advance(projection, mine, await checkpoint(), log, always)
    expect(again).toMatchObject({ type: 'moved', done: { applied: [], alreadyApplied: 2 } })
    expect(await rows()).toEqual(['a,b'])
    expect(await counts()).toEqual(before)
  })

  test('moves no checkpoint beyond where it is held, also for a runner that has not heard of it', async () => {
    const { create, rename, log, sink, checkpoint, rows, hold } = await setUp()
    create(1, 'a')
    rename(1, 'b')
    const mine = await sink()
    const unaware = await checkpoint()
    await hold(log[0]?.position ?? null)
    expect(await advance(projection, mine, unaware, log, always)).toEqual({ type: 'lost' })
    const held = await advance(projection, mine, await checkpoint(), log, always)
    const there = { type: 'moved', held: true, to: { position: log[0]?.position } }
    expect(held).toMatchObject(there)
    expect(await advance(projection, mine, await checkpoint(), log, always)).toMatchObject(there)
    expect(await rows()).toEqual(['a'])
    await hold(null)
    expect(await advance(projection, mine, await checkpoint(), log, always)).toMatchObject({ held: false })
    expect(await rows()).toEqual(['a,b'])
  })

  test('is held no longer than whoever holds it said', async () => {
    const { create, rename, log, sink, checkpoint, rows, hold } = await setUp()
    create(1, 'a')
    rename(1, 'b')
    const mine = await sink()
    await checkpoint()
    await hold(log[0]?.position ?? null, 60)
    expect(await advance(projection, mine, await checkpoint(), log, always)).toMatchObject({
      type: 'moved',
      held: true,
    })
    await hold(log[0]?.position ?? null, 0)
    expect(await advance(projection, mine, await checkpoint(), log, always)).toMatchObject({ held: false })
    expect(await rows()).toEqual(['a,b'])
  })

  test('lets one of two runners write, and neither rows nor counts of the other', async () => {
    const { create, rename, log, sink, checkpoint, rows, parked, counts } = await setUp()
    create(1, 'a')
    const [one, two] = [await sink(), await sink()]
    const start = await checkpoint()
    await advance(projection, one, start, log, always)
    rename(1, 'b')
    create(2, poison)
    // The second still believes in the beginning, and would apply everything again on top.
    expect(await advance(projection, two, start, log, always)).toEqual({ type: 'lost' })
    expect(await rows()).toEqual(['a'])
    expect(await parked()).toEqual([])
    expect(await counts()).toMatchObject({ applied: 1, parked: 0 })
  })

  test('fences two runners that write at the same moment', async () => {
    const { create, rename, log, sink, checkpoint, rows, counts } = await setUp()
    create(1, 'a')
    for (let n = 0; n < 40; n++) rename(1, String(n))
    const run = async () => {
      const mine = await sink()
      let lost = 0
      for (;;) {
        const from = await checkpoint()
        if (from.offset === log.length - 1) return lost
        const step = await advance(projection, mine, from, log.slice(from.offset + 1, from.offset + 2), always)
        if (step.type === 'lost') lost += 1
      }
    }
    const losses = await Promise.all([run(), run(), run()])
    expect(losses.reduce((a, b) => a + b)).toBeGreaterThan(0)
    expect(await rows()).toEqual([['a', ...Array(40).keys()].join(',')])
    expect(await counts()).toMatchObject({ applied: 41, parked: 0, not_applicable: 0 })
  })

  test('remembers no row that another runner may have changed meanwhile', async () => {
    const { create, rename, log, sink, checkpoint, rows } = await setUp()
    create(1, 'a')
    const [one, two] = [await sink(), await sink()]
    await advance(projection, one, await checkpoint(), log, always)
    rename(1, 'b')
    await advance(projection, two, await checkpoint(), log, always)
    rename(1, 'c')
    await advance(projection, one, await checkpoint(), log, always)
    expect(await rows()).toEqual(['a,b,c'])
  })

  test('parks a stream from its poison on, in order, and applies all others', async () => {
    const { create, rename, log, sink, checkpoint, rows, parked, counts } = await setUp()
    create(1, 'a')
    create(2, 'x')
    rename(1, poison)
    rename(2, 'y')
    rename(1, 'c')
    await advance(projection, await sink(), await checkpoint(), log, always)
    rename(1, 'd')
    rename(2, 'z')
    await advance(projection, await sink(), await checkpoint(), log, always)
    expect(await rows()).toEqual(['a', 'x,y,z'])
    expect(await parked()).toMatchObject([
      { revision: 1, error: 'Error: This name is poison.' },
      { revision: 2, error: null },
      { revision: 3, error: null },
    ])
    expect(await counts()).toMatchObject({ applied: 4, parked: 3, not_applicable: 0, record_offset: 6 })
  })

  test('finds the value that the database refuses, parks its stream from there, and keeps the rest of the batch', async () => {
    const { create, rename, log, sink, checkpoint, rows, parked, counts } = await setUp()
    for (const n of [1, 2, 3, 4]) create(n, 'a')
    rename(3, 'b')
    rename(3, unstorable)
    rename(3, 'd')
    rename(4, unstorable)
    rename(1, 'e')
    await advance(projection, await sink(), await checkpoint(), log, always)
    expect(await rows()).toEqual(['a,e', 'a', 'a,b', 'a'])
    expect(await parked()).toMatchObject([
      { revision: 2, error: expect.stringContaining('invalid byte sequence') },
      { revision: 3, error: null },
      { revision: 1, error: expect.stringContaining('invalid byte sequence') },
    ])
    expect(await counts()).toMatchObject({ applied: 6, parked: 3 })
  })

  test('parks two streams that write the same row, which the database takes one by one and not together', async () => {
    const { create, rename, log, checkpoint, rows, parked, counts } = await setUp()
    const { postgres } = databases
    // Its keys differ by their letters' case, which is none to the database.
    const clashing: Projection = {
      ...(projection as FoldProjection),
      id: (event) => {
        const id = campaignIn(event)
        return event.stream.endsWith(':twin') ? id.toUpperCase() : id
      },
    }
    create(1, 'a')
    const record = create(2, 'x')
    log.push({ ...record, offset: 2, position: 106, prev: 103, stream: `${record.stream}:twin` })
    log.push({ ...rename(1, 'b'), offset: 3, position: 109, prev: 106 })
    log.splice(3, 1)
    const sink = postgresSink(postgres, projection, await ensurePostgresTable(postgres, projection))
    expect(await advance(clashing, sink, await checkpoint(), log, always)).toMatchObject({ type: 'moved' })
    expect(await rows()).toEqual(['a,b'])
    expect(await parked()).toMatchObject([
      { stream: record.stream, error: expect.stringContaining('a second time') },
      { stream: `${record.stream}:twin`, error: expect.stringContaining('a second time') },
    ])
    expect(await counts()).toMatchObject({ applied: 2, parked: 2 })
  })

  test('keeps a parked event as it stands in the topic', async () => {
    const { create, log, sink, checkpoint } = await setUp()
    const record = create(1, poison)
    await advance(projection, await sink(), await checkpoint(), log, always)
    const [kept] = await databases.postgres.query(
      'SELECT * FROM read_model.parked WHERE model = $1 AND event_id = $2 AND partition = $3',
      [projection.name, record.eventId, record.partition],
    )
    expect(kept).toMatchObject({
      stream: record.stream,
      position: record.position,
      record_offset: record.offset,
      tenant_id: record.metadata?.tenantId,
      client_id: client1,
      type: 'CampaignCreated',
      schema_version: record.version,
      bytes: record.bytes,
      metadata: record.metadata,
    })
  })

  test('writes nothing of a batch that parks more than it may', async () => {
    const { create, log, sink, checkpoint, rows, counts } = await setUp()
    create(1, 'a')
    create(2, poison)
    const step = await advance(projection, await sink(), await checkpoint(), log, () => false)
    expect(step).toMatchObject({ type: 'burst', poisoned: [{ error: 'Error: This name is poison.' }] })
    expect(await rows()).toEqual([])
    expect(await counts()).toMatchObject({ applied: 0, parked: 0, record_offset: -1 })
  })

  test('applies what precedes a gap and names it', async () => {
    const { create, log, sink, checkpoint, rows } = await setUp()
    create(1, 'a')
    create(2, 'x')
    create(3, 'z')
    const step = await advance(projection, await sink(), await checkpoint(), log.toSpliced(1, 1), always)
    expect(step).toMatchObject({ type: 'moved', to: { position: 100 }, gap: { at: 106, prev: 103, last: 100 } })
    expect(await rows()).toEqual(['a'])
  })
})
