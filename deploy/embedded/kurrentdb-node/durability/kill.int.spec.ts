import { randomUUID } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { jsonEvent, type KurrentDBClient } from '@kurrent/kurrentdb-client'
import { connect } from '../contract/support/server.ts'
import { collect } from '../contract/support/streams.ts'
import { type SpawnedNode, spawnNode } from '../spawn.ts'

/** One append of 1 to 5 events to 1 to 3 streams; its events carry its id and how many they are. */
type Attempt = { readonly id: string; readonly streams: readonly string[]; readonly size: number }

const ROUNDS = 6
const WRITERS = 32

/** A small generator of its own, so that a failed run can be repeated by its seed (mulberry32). */
const seeded = (seed: number): (() => number) => {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let t = Math.imul(state ^ (state >>> 15), 1 | state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296
  }
}

describe('kill -9 in the middle of concurrent appends', () => {
  let folder: string
  const answered = new Map<string, Attempt>()

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'kurrentdb-kill-'))
  })
  afterAll(() => rm(folder, { recursive: true, force: true }))

  const write = async (client: KurrentDBClient, attempt: Attempt): Promise<void> => {
    const of = (stream: string) =>
      Array.from({ length: attempt.size }, (_, n) =>
        jsonEvent({
          type: 'Attempted',
          data: { attempt: attempt.id, stream, n, of: attempt.size * attempt.streams.length },
        }),
      )
    const [first = '', ...others] = attempt.streams
    if (others.length === 0) await client.appendToStream(first, of(first))
    else
      await client.multiStreamAppend(
        attempt.streams.map((streamName) => ({ streamName, expectedState: 'any', events: of(streamName) })),
      )
    answered.set(attempt.id, attempt)
  }

  /** Appends from many writers until the node is gone. */
  const writeUntilKilled = async (node: SpawnedNode, random: () => number): Promise<void> => {
    const client = connect(node.url)
    let killed = false
    const writer = async (): Promise<void> => {
      while (!killed) {
        const streams = Array.from({ length: 1 + Math.floor(random() * 3) }, () => `kill-${randomUUID()}`)
        await write(client, { id: randomUUID(), streams, size: 1 + Math.floor(random() * 5) }).catch(() => {})
      }
    }
    const writers = Array.from({ length: WRITERS }, writer)
    const enough = answered.size + 50 + Math.floor(random() * 300)
    while (answered.size < enough) await new Promise(setImmediate)
    await node.stop('SIGKILL')
    killed = true
    await client.dispose()
    await Promise.all(writers)
  }

  test.each(Array.from({ length: ROUNDS }, (_, round) => 1000 + round))(
    'loses no answered append and leaves no half one (seed %i)',
    async (seed) => {
      await writeUntilKilled(await spawnNode(folder), seeded(seed))

      const node = await spawnNode(folder)
      const client = connect(node.url)
      const stored = new Map<string, number>()
      const expected = new Map<string, number>()
      const positions: bigint[] = []
      for (const { event } of await collect(client.readAll())) {
        if (event?.type !== 'Attempted') continue
        const { attempt, of } = event.data as unknown as { attempt: string; of: number }
        stored.set(attempt, (stored.get(attempt) ?? 0) + 1)
        expected.set(attempt, of)
        positions.push(event.position?.commit ?? -1n)
      }
      expect([...answered.keys()].filter((id) => !stored.has(id))).toEqual([])
      expect([...stored].filter(([id, count]) => count !== expected.get(id))).toEqual([])
      expect(positions).toEqual(positions.toSorted((a, b) => (a < b ? -1 : 1)))
      expect(new Set(positions).size).toBe(positions.length)
      await client.dispose()
      await node.stop('SIGKILL')
    },
    60_000,
  )
})
