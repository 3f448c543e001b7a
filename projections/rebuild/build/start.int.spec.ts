import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals'
import { type Projection, tableName } from '../../runner/projection.ts'
import { poison, unstorable } from '../../runner/spec-support/name-list.ts'
import { openSystem } from '../../runner/spec-support/system.ts'
import { until } from '../../runner/spec-support/until.ts'
import { start } from './start.ts'

let system: Awaited<ReturnType<typeof openSystem>>

beforeAll(async () => {
  system = await openSystem()
}, 60_000)

afterEach(async () => {
  for (const cleanUp of system.cleanUps.splice(0).reverse()) await cleanUp()
})

afterAll(() => system.close())

const stateOf = async ({ name }: Projection, version: number): Promise<string | undefined> => {
  const [row] = await system.databases.postgres.query<{ state: string }>(
    'SELECT state FROM read_model.version WHERE model = $1 AND version = $2',
    [name, version],
  )
  return row?.state
}

const setState = ({ name }: Projection, version: number, state: string) =>
  system.databases.postgres.query(
    `INSERT INTO read_model.version (model, version, definition, state) VALUES ($1, $2, 1, $3)
     ON CONFLICT (model, version) DO UPDATE SET state = excluded.state`,
    [name, version, state],
  )

const contents = ({ name }: Projection, version: number) =>
  system.databases.postgres.query(`SELECT * FROM read_model.${tableName({ name, version })} ORDER BY tenant_id, id`)

/** What a version's checkpoints come to, and what is parked. */
const books = async ({ name }: Projection, version: number) => {
  const { postgres } = system.databases
  const [counts] = await postgres.query<{ records: string }>(
    `SELECT sum(applied) AS applied, sum(parked) AS parked, sum(not_applicable) AS not_applicable, sum(record_offset + 1) AS records
     FROM read_model.checkpoint WHERE model = $1 AND version = $2`,
    [name, version],
  )
  const parked = await postgres.query(
    'SELECT position, stream, revision, error FROM read_model.parked WHERE model = $1 AND version = $2 ORDER BY position, stream',
    [name, version],
  )
  return { counts, parked }
}

/** A checkpoint that is there before the version's table, and does not go beyond a position. */
const holdAt = ({ name }: Projection, { topic, partition }: { topic: string; partition: number }, position: number) =>
  system.databases.postgres.query(
    `INSERT INTO read_model.checkpoint (model, version, topic, partition, position, record_offset, hold_at)
     VALUES ($1, 2, $2, $3, -1, -1, $4)`,
    [name, topic, partition, position],
  )

/** Offset of the last record that version 2 has dealt with. */
const offsetIn = async ({ name }: Projection, { partition }: { partition: number }): Promise<number | undefined> => {
  const [row] = await system.databases.postgres.query<{ record_offset: number }>(
    'SELECT record_offset FROM read_model.checkpoint WHERE model = $1 AND version = 2 AND partition = $2',
    [name, partition],
  )
  return row?.record_offset
}

/** How many workers the group has. */
const members = async (): Promise<number> => {
  const admin = system.kafka.admin()
  await admin.connect()
  try {
    const { groups } = await admin.describeGroups([`rebuild.${system.config.TOPIC_GENERATION}`])
    return groups[0]?.members.length ?? 0
  } finally {
    await admin.disconnect()
  }
}

const build = async (...definitions: Projection[]) => {
  const stop = await start({ ...system.config, REBUILD_SHARE: 100 }, definitions)
  let stopped: Promise<void> | null = null
  const once = () => (stopped ??= stop())
  system.cleanUps.push(once)
  return once
}

const program = fileURLToPath(new URL('./spec-support/build-process.ts', import.meta.url))

const spawnWorker = ({ name }: Projection): ChildProcess => {
  const config = JSON.stringify({ ...system.config, REBUILD_SHARE: 100 })
  const child = spawn(process.execPath, [program, name, config], { stdio: ['ignore', 'ignore', 'inherit'] })
  system.cleanUps.push(async () => child.kill('SIGKILL'))
  return child
}

const ended = async (child: ChildProcess): Promise<void> => {
  if (child.exitCode === null && child.signalCode === null) await once(child, 'exit')
}

describe('a rebuild worker', () => {
  test('fills several versions to the end, and they hold what the runner made', async () => {
    const { newModel, newPartition, send } = system
    const [one, other] = [newModel(), newModel()]
    for (let n = 0; n < 3; n++) {
      const { log, create, rename, submit } = newPartition()
      for (let campaign = 1; campaign <= 20; campaign++) create(campaign, `a\t"${campaign}"\\ ’\n{}`)
      for (let campaign = 1; campaign <= 20; campaign += 2) rename(campaign, 'b')
      submit(1)
      rename(4, poison)
      rename(4, 'c')
      rename(5, unstorable)
      rename(5, 'd')
      rename(6, 'e')
      await send(log)
    }
    for (const { projection, run } of [one, other]) {
      const { stop } = await run()
      await setState(projection, 2, 'building')
      await until(
        () => books(projection, 1),
        ({ counts }) => Number(counts?.records) >= 3 * 36,
      )
      await stop()
    }

    await build(one.projection, other.projection)
    for (const { projection } of [one, other]) {
      await until(
        () => stateOf(projection, 2),
        (state) => state === 'ready',
      )
      expect(await contents(projection, 2)).toEqual(await contents(projection, 1))
      expect(await books(projection, 2)).toEqual(await books(projection, 1))
    }
  }, 60_000)

  test('loses and repeats nothing, wherever workers are killed', async () => {
    const { newModel, newPartition, send } = system
    const model = newModel()
    for (let n = 0; n < 8; n++) {
      const { log, create, rename } = newPartition()
      for (let campaign = 1; campaign <= 900; campaign++) create(campaign, 'a')
      for (let campaign = 1; campaign <= 900; campaign++) rename(campaign, 'b')
      rename(7, poison)
      rename(7, 'c')
      await send(log)
    }
    const { projection } = model
    const { stop } = await model.run()
    await until(
      () => books(projection, 1),
      ({ counts }) => Number(counts?.records) >= 8 * 1_802,
      60_000,
    )
    await stop()
    await setState(projection, 2, 'building')
    const records = async () => Number((await books(projection, 2)).counts?.records ?? 0)

    let killed = 0
    for (let round = 0; round < 2; round++) {
      const before = await records()
      const workers = [0, 1].map(() => spawnWorker(projection))
      // Some of its partitions are written, others are being written or not begun.
      await until(records, (now) => now > before, 60_000)
      for (const worker of workers) if (worker.kill('SIGKILL')) killed++
      await Promise.all(workers.map(ended))
    }
    expect(killed).toBe(4)
    expect(await stateOf(projection, 2)).toBe('building')

    const last = spawnWorker(projection)
    await until(
      () => stateOf(projection, 2),
      (state) => state === 'ready',
      60_000,
    )
    last.kill('SIGTERM')
    await ended(last)
    expect(await contents(projection, 2)).toEqual(await contents(projection, 1))
    expect(await books(projection, 2)).toEqual(await books(projection, 1))
  }, 240_000)

  test('lets go of a version that is paused, and goes on where it was when it is resumed', async () => {
    const { newModel, newPartition, send, databases } = system
    const model = newModel()
    const { projection } = model
    const { place, log, create } = newPartition()
    create(1, 'a')
    const { position } = create(2, 'b')
    create(3, 'c')
    await send(log)
    await model.run()
    // Held before its end, it stays on its way.
    await holdAt(projection, place, position)
    await setState(projection, 2, 'building')
    await build(projection)
    await until(
      () => offsetIn(projection, place),
      (offset) => offset === 1,
    )

    await setState(projection, 2, 'paused')
    await until(members, (found) => found === 0)
    await databases.postgres.query('UPDATE read_model.checkpoint SET hold_at = NULL WHERE model = $1', [
      projection.name,
    ])
    expect(await stateOf(projection, 2)).toBe('paused')
    expect(await offsetIn(projection, place)).toBe(1)

    await setState(projection, 2, 'building')
    await until(
      () => stateOf(projection, 2),
      (state) => state === 'ready',
    )
    const made = await books(projection, 2)
    await until(
      () => books(projection, 1),
      ({ counts }) => counts?.records === made.counts?.records,
    )
    expect(made).toEqual(await books(projection, 1))
    expect(await contents(projection, 2)).toEqual(await contents(projection, 1))
  }, 120_000)

  test('says why a table cannot be finished, and finishes it once that is mended', async () => {
    const { newModel, newPartition, send, databases } = system
    const folder = await mkdtemp(join(tmpdir(), 'bizosaas-spec-'))
    system.cleanUps.push(() => rm(folder, { recursive: true }))
    const table = pathToFileURL(join(folder, 'table.sql'))
    const sql = await readFile(new URL('../../runner/spec-support/name-list.sql', import.meta.url), 'utf8')
    await writeFile(table, `${sql} CREATE INDEX ON {table} ((1 / revision));`)
    const projection: Projection = { ...newModel().projection, table }
    const { log, create } = newPartition()
    create(1, 'a')
    await send(log)
    await setState(projection, 2, 'building')
    await build(projection)
    const halts = async () => {
      const rows = await databases.postgres.query<{ halted: string }>(
        'SELECT halted FROM read_model.checkpoint WHERE model = $1 AND version = 2 AND halted IS NOT NULL',
        [projection.name],
      )
      return rows.map(({ halted }) => halted)
    }
    const [halted] = await until(halts, ({ length }) => length === 1)
    expect(halted).toMatch(/its table cannot be finished: .*division by zero/)
    expect(await stateOf(projection, 2)).toBe('building')

    await databases.postgres.query(
      `UPDATE read_model.${tableName({ name: projection.name, version: 2 })} SET revision = 1`,
    )
    await until(
      () => stateOf(projection, 2),
      (state) => state === 'ready',
    )
    await until(halts, ({ length }) => length === 0)
  }, 60_000)

  test('leaves a version alone that is cancelled and whose table is dropped, and goes on with the others', async () => {
    const { newModel, newPartition, send, databases } = system
    const [gone, kept] = [newModel().projection, newModel().projection]
    const { place, log, create } = newPartition()
    const { position } = create(1, 'a')
    create(2, 'b')
    await send(log)
    await holdAt(gone, place, position)
    await setState(gone, 2, 'building')
    await build(gone, kept)
    await until(
      () => offsetIn(gone, place),
      (offset) => offset === 0,
    )
    await databases.postgres.transaction(async (tx) => {
      const of = [gone.name]
      await tx.query("UPDATE read_model.version SET state = 'cancelled' WHERE model = $1", of)
      // In the order of those who write, as orders do: the other way round the two could wait for each other.
      await tx.query('DELETE FROM read_model.checkpoint WHERE model = $1', of)
      await tx.query(`DROP TABLE read_model.${tableName({ name: gone.name, version: 2 })}`)
    })
    await setState(kept, 2, 'building')
    await until(
      () => stateOf(kept, 2),
      (state) => state === 'ready',
    )
    await expect(contents(gone, 2)).rejects.toThrow('does not exist')
    expect(await offsetIn(kept, place)).toBe(1)
  }, 120_000)
})
