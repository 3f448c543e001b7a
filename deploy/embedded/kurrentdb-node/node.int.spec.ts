/** What holds for this node alone, not for every KurrentDB: how it starts, refuses to start, and stops. */
import { spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm, truncate, writeFile } from 'node:fs/promises'
import { connect as connectHttp2 } from 'node:http2'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import { statusOf } from './contract/support/raw.ts'
import { connect } from './contract/support/server.ts'
import { caughtUp, collect, event, events, inTime, newStream, revisions } from './contract/support/streams.ts'
import { type SpawnedNode, spawnNode } from './spawn.ts'
import { start } from './start.ts'

const MAIN = fileURLToPath(new URL('./main.ts', import.meta.url))

let folder: string
const nodes: SpawnedNode[] = []
const spawn = async (data = folder, port = 0): Promise<SpawnedNode> => {
  const node = await spawnNode(data, port)
  nodes.push(node)
  return node
}
const portOf = ({ url }: SpawnedNode): number => Number(new URL(url).port)

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'kurrentdb-node-'))
})

afterEach(async () => {
  await Promise.all(nodes.splice(0).map((node) => node.stop('SIGKILL')))
  await rm(folder, { recursive: true, force: true })
})

describe('The node does not start, and says why and what to do,', () => {
  test.each<[string, string[], RegExp]>([
    ['without a folder', [], /--data names no folder\. Usage:/],
    ['with a port that is none', ['--data', 'x', '--port', '70000'], /--port is 70000, not a number from 0 to 65535/],
    ['with an argument that it does not know', ['--data', 'x', '--speed', '9'], /--speed.*Usage:/s],
  ])('%s', (_, args, message) => {
    const { status, stderr } = spawnSync(process.execPath, [MAIN, ...args], { encoding: 'utf8', cwd: folder })
    expect(status).toBe(1)
    expect(stderr).toMatch(message)
    expect(stderr).not.toContain('    at ')
  })

  test('when its port is taken', async () => {
    const node = await spawn()
    const second = spawnNode(join(folder, 'other'), portOf(node))
    await expect(second).rejects.toThrow(
      /^Port \d+ on 127\.0\.0\.1 is taken: stop what uses it, or choose another --port\.$/,
    )
  })

  test('when another process uses the folder', async () => {
    await spawn()
    await expect(spawnNode(folder)).rejects.toThrow(
      `Another process uses ${folder}: stop it, or choose another --data folder.`,
    )
  })

  test('when the file is no database', async () => {
    await writeFile(join(folder, 'events.sqlite'), 'x'.repeat(5000))
    await expect(spawnNode(folder)).rejects.toThrow(
      /events\.sqlite is corrupt .*: restore it from a backup, or move it away/,
    )
  })

  test('when the file is cut off', async () => {
    const node = await spawn()
    const client = connect(node.url)
    for (let i = 0; i < 20; i++) await client.appendToStream(newStream(), events(100))
    await client.dispose()
    await node.stop()
    await truncate(join(folder, 'events.sqlite'), 100_000)
    await expect(spawnNode(folder)).rejects.toThrow(/events\.sqlite is corrupt /)
  })

  test('when the file is of another version', async () => {
    await (await spawn()).stop()
    const database = new DatabaseSync(join(folder, 'events.sqlite'))
    database.exec('PRAGMA user_version = 99')
    database.close()
    await expect(spawnNode(folder)).rejects.toThrow(
      /was written by another version \(format 99, this one has 1\): start that version/,
    )
  })

  test("when the file is another program's", async () => {
    const database = new DatabaseSync(join(folder, 'events.sqlite'))
    database.exec('CREATE TABLE other (id INTEGER)')
    database.close()
    await expect(spawnNode(folder)).rejects.toThrow(/is not an event store of this program/)
  })

  test('when the folder cannot be written', async () => {
    await writeFile(join(folder, 'file'), '')
    await expect(spawnNode(join(folder, 'file', 'data'))).rejects.toThrow(
      /cannot be used as a data folder .*: check that it exists/,
    )
  })
})

describe('The node', () => {
  test('keeps everything over a stop and a start, and goes on numbering', async () => {
    const node = await spawn()
    const stream = newStream()
    const list = events(3)
    const before = connect(node.url)
    const first = await before.appendToStream(stream, list)
    await before.dispose()
    expect(await node.stop()).toBe(0)
    const client = connect((await spawn()).url)
    expect(await revisions(client.readStream(stream))).toEqual([0, 1, 2])
    // Also what the recent ids know: the same append at `any` is still a repetition.
    expect(await client.appendToStream(stream, list)).toEqual(first)
    const next = await client.appendToStream(stream, event())
    expect(next.nextExpectedRevision).toBe(3n)
    expect(next.position?.commit).toBeGreaterThan(first.position?.commit ?? 0n)
    await client.dispose()
  })

  test('stops at SIGTERM though clients subscribe', async () => {
    const node = await spawn()
    const client = connect(node.url)
    const subscription = client.subscribeToAll()
    subscription.on('error', () => {})
    await caughtUp(subscription.resume())
    expect(await inTime('the end', node.stop())).toBe(0)
    await client.dispose()
  })

  test('can be started by other code, which learns its port', async () => {
    const node = await start({ data: folder, host: '127.0.0.1', port: 0 })
    const client = connect(`kurrentdb://127.0.0.1:${node.port}?tls=false`)
    await client.appendToStream(newStream(), event())
    expect(await collect(client.readAll())).toHaveLength(2)
    await client.dispose()
    await node.stop()
  })

  test('answers keep-alive pings on a connection without calls', async () => {
    const session = connectHttp2((await spawn()).url.replace(/^kurrentdb:/, 'http:').replace(/\?.*/, ''))
    await once(session, 'connect')
    const answered = new Promise<Error | null>((resolve) => session.ping((error) => resolve(error)))
    expect(await inTime('the ping', answered)).toBeNull()
    session.destroy()
  })

  test.each([
    '/event_store.client.persistent_subscriptions.PersistentSubscriptions/Create',
    '/event_store.client.projections.Projections/Create',
    '/event_store.client.users.Users/Details',
    '/event_store.client.operations.Operations/StartScavenge',
    '/kurrentdb.protocol.v2.streams.StreamsService/AppendRecords',
  ])('does not implement %s, and says so', async (path) => {
    expect(await statusOf((await spawn()).url, path)).toBe('UNIMPLEMENTED')
  })
})
