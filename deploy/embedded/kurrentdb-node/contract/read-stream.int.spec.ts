import { beforeAll, describe, expect, test } from '@jest/globals'
import { binaryEvent, type ReadStreamOptions, StreamNotFoundError } from '@kurrent/kurrentdb-client'
import { useServer } from './support/server.ts'
import { collect, event, events, failureOf, newStream, numbers, revisions } from './support/streams.ts'

const server = useServer()

describe('A read of a stream', () => {
  const stream = newStream()
  const read = (options?: ReadStreamOptions) => revisions(server.client().readStream(stream, options))

  beforeAll(async () => {
    await server.client().appendToStream(stream, events(10))
  })

  test.each<[string, ReadStreamOptions, number[]]>([
    ['from the start gives all', {}, [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]],
    ['from a revision includes it', { fromRevision: 7n }, [7, 8, 9]],
    ['gives at most maxCount', { fromRevision: 3n, maxCount: 2 }, [3, 4]],
    ['from behind the end gives nothing', { fromRevision: 100n }, []],
    [
      'backwards from the end gives all',
      { direction: 'backwards', fromRevision: 'end' },
      [9, 8, 7, 6, 5, 4, 3, 2, 1, 0],
    ],
    ['backwards from a revision includes it', { direction: 'backwards', fromRevision: 2n }, [2, 1, 0]],
    [
      'backwards from behind the end begins at the last',
      { direction: 'backwards', fromRevision: 100n, maxCount: 2 },
      [9, 8],
    ],
    ['backwards gives at most maxCount', { direction: 'backwards', fromRevision: 'end', maxCount: 1 }, [9]],
  ])('%s', async (_, options, expected) => {
    expect(await read(options)).toEqual(expected)
  })

  test('names the position of every event, commit and prepare alike', async () => {
    const positions = (await collect(server.client().readStream(stream))).map(({ event }) => event?.position)
    const commits = positions.map((position) => position?.commit ?? -1n)
    expect(positions.map((position) => position?.prepare)).toEqual(commits)
    expect(commits).toEqual([...new Set(commits)].sort((a, b) => (a < b ? -1 : 1)))
  })

  test('of a stream that does not exist says so', async () => {
    const missing = newStream()
    const error = await failureOf(collect(server.client().readStream(missing)))
    expect(error).toBeInstanceOf(StreamNotFoundError)
    expect(error).toMatchObject({ streamName: missing })
  })

  test('gives a long stream whole and in order, both ways', async () => {
    const long = newStream()
    for (let i = 0; i < 3; i++) await server.client().appendToStream(long, events(1000))
    const upwards = Array.from({ length: 3000 }, (_, n) => n)
    expect(await revisions(server.client().readStream(long))).toEqual(upwards)
    const downwards = server.client().readStream(long, { direction: 'backwards', fromRevision: 'end' })
    expect(await revisions(downwards)).toEqual(upwards.toReversed())
  })

  test('gives events of a megabyte', async () => {
    const large = newStream()
    for (let i = 0; i < 3; i++) {
      await server.client().appendToStream(large, binaryEvent({ type: 'Large', data: Buffer.alloc(1_000_000, i + 1) }))
    }
    const read = await collect(server.client().readStream(large))
    const sizes = read.map(({ event: found }) => (found?.data instanceof Uint8Array ? found.data.length : 0))
    expect(sizes).toEqual([1_000_000, 1_000_000, 1_000_000])
  })

  test('sees every append that was answered before', async () => {
    const growing = newStream()
    for (let n = 0; n < 20; n++) {
      await server.client().appendToStream(growing, event(n))
      expect(await read({ maxCount: 1 })).toEqual([0])
      expect(numbers(await collect(server.client().readStream(growing)))).toHaveLength(n + 1)
    }
  })

  test('can be left in the middle', async () => {
    const left = newStream()
    await server.client().appendToStream(left, events(1000))
    for await (const { event: found } of server.client().readStream(left)) if (found?.revision === 5n) break
    expect(await read({ maxCount: 3 })).toEqual([0, 1, 2])
  })

  test('resolves links when asked to', async () => {
    const links = newStream('links')
    await server
      .client()
      .appendToStream(links, [
        binaryEvent({ type: '$>', data: Buffer.from(`4@${stream}`) }),
        binaryEvent({ type: '$>', data: Buffer.from(`99@${stream}`) }),
      ])
    const [target] = await collect(server.client().readStream(stream, { fromRevision: 4n, maxCount: 1 }))
    const [resolved, broken] = await collect(server.client().readStream(links, { resolveLinkTos: true }))
    expect(resolved?.event).toEqual(target?.event)
    expect(resolved?.link).toMatchObject({ streamId: links, revision: 0n, type: '$>' })
    expect(broken?.event).toBeUndefined()
    expect(broken?.link?.revision).toBe(1n)
    const [unresolved] = await collect(server.client().readStream(links, { maxCount: 1 }))
    expect(unresolved?.event?.type).toBe('$>')
    expect(unresolved?.link).toBeUndefined()
  })
})
