import { execFileSync } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from '@jest/globals'
import { binaryEvent, UnavailableError } from '@kurrent/kurrentdb-client'
import { connect } from '../contract/support/server.ts'
import { collect, failureOf, newStream, revisions } from '../contract/support/streams.ts'
import { type SpawnedNode, spawnNode } from '../spawn.ts'

/** Lets a process's files grow to 3 MiB; then every write fails, as on a full disk. It needs no privileges. */
const WITHOUT_ROOM = ['sh', '-c', 'ulimit -S -f 6144 && exec "$0" "$@"']
const makeRoom = ({ process: child }: SpawnedNode): void => {
  execFileSync('prlimit', ['--pid', String(child.pid), '--fsize=unlimited:'])
}

let folder: string
let node: SpawnedNode

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'kurrentdb-full-'))
  node = await spawnNode(folder, 0, WITHOUT_ROOM)
})
afterEach(async () => {
  await node.stop('SIGKILL')
  await rm(folder, { recursive: true, force: true })
})

/** Three events, too large for what room is left in the end. */
const large = () => Array.from({ length: 3 }, (_, n) => binaryEvent({ type: 'Large', data: Buffer.alloc(100_000, n) }))

test('Without room an append is an error and leaves nothing; with room again the node goes on', async () => {
  const client = connect(node.url)
  const answered: string[] = []
  const refused: string[] = []
  let error: unknown
  while (error === undefined) {
    const streams = Array.from({ length: 4 }, () => newStream())
    const attempts = await Promise.allSettled(streams.map((stream) => client.appendToStream(stream, large())))
    for (const [index, attempt] of attempts.entries()) {
      const stream = streams[index] ?? ''
      if (attempt.status === 'fulfilled') answered.push(stream)
      else refused.push(stream)
      if (attempt.status === 'rejected') error = attempt.reason
    }
    expect(answered.length).toBeLessThan(100)
  }
  expect(error).toBeInstanceOf(UnavailableError)
  expect(answered.length).toBeGreaterThan(0)

  const reader = connect(node.url)
  for (const stream of answered) expect(await revisions(reader.readStream(stream))).toEqual([0, 1, 2])
  for (const stream of refused) {
    expect(await failureOf(revisions(reader.readStream(stream)))).toMatchObject({ type: 'stream-not-found' })
  }

  makeRoom(node)
  const again = refused[0] ?? ''
  await reader.appendToStream(again, large(), { streamState: 'no_stream' })
  const all = await collect(reader.readAll())
  expect(all.filter(({ event }) => event?.type === 'Large')).toHaveLength((answered.length + 1) * 3)
  await reader.dispose()
  await client.dispose()

  await node.stop('SIGKILL')
  node = await spawnNode(folder)
  const later = connect(node.url)
  for (const stream of [...answered, again]) expect(await revisions(later.readStream(stream))).toEqual([0, 1, 2])
  await later.dispose()
}, 60_000)
