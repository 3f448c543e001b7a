import { describe, expect, test } from '@jest/globals'
import { jsonEvent } from '@kurrent/kurrentdb-client'
import { useServer } from './support/server.ts'
import { collect, events, eventually, failureOf, newStream, positionNow, revisions } from './support/streams.ts'

const server = useServer()
const withEvents = async (count: number): Promise<string> => {
  const stream = newStream()
  await server.client().appendToStream(stream, events(count))
  return stream
}
const read = (stream: string) => revisions(server.client().readStream(stream))

describe("A stream's metadata", () => {
  test('comes back as it was set, own keys too', async () => {
    const stream = newStream()
    const metadata = {
      maxAge: 200,
      maxCount: 12,
      truncateBefore: 1,
      cacheControl: 15,
      acl: { readRoles: ['admin'], writeRoles: ['admin'] },
      kitten: '😾',
    }
    await server.client().setStreamMetadata(stream, metadata)
    expect((await server.client().getStreamMetadata(stream)).metadata).toEqual(metadata)
  })

  test('is absent before it is set', async () => {
    expect(await server.client().getStreamMetadata(newStream())).toEqual({ streamName: expect.any(String) })
  })

  test('has revisions of its own, which can be expected', async () => {
    const stream = newStream()
    const set = ($maxCount: number, streamState: 'no_stream' | bigint) => {
      const metadata = jsonEvent({ type: '$metadata', data: { $maxCount } })
      return server.client().appendToStream(`$$${stream}`, metadata, { streamState })
    }
    await set(1, 'no_stream')
    await set(2, 0n)
    expect(await failureOf(set(3, 0n))).toMatchObject({ type: 'wrong-expected-version', actualState: 1n })
    expect((await server.client().getStreamMetadata(stream)).metadata).toEqual({ maxCount: 2 })
  })

  test('shows its newest version alone', async () => {
    const stream = newStream()
    for (const maxCount of [1, 2, 3]) await server.client().setStreamMetadata(stream, { maxCount })
    expect(await read(`$$${stream}`)).toEqual([2])
  })

  test('may be set before the stream exists', async () => {
    const stream = newStream()
    await server.client().setStreamMetadata(stream, { maxCount: 2 })
    await server.client().appendToStream(stream, events(20))
    expect(await read(stream)).toEqual([18, 19])
  })
})

describe('A read of a stream', () => {
  test('begins at $maxCount events before the end, and moves with it', async () => {
    const stream = await withEvents(6)
    await server.client().setStreamMetadata(stream, { maxCount: 3 })
    expect(await read(stream)).toEqual([3, 4, 5])
    await server.client().appendToStream(stream, events(2))
    expect(await read(stream)).toEqual([5, 6, 7])
  })

  test('begins at $tb', async () => {
    const stream = await withEvents(6)
    await server.client().setStreamMetadata(stream, { truncateBefore: 4 })
    expect(await read(stream)).toEqual([4, 5])
    const backwards = server.client().readStream(stream, { direction: 'backwards', fromRevision: 'end' })
    expect(await revisions(backwards)).toEqual([5, 4])
  })

  test('begins at the later one of $tb and $maxCount', async () => {
    const stream = await withEvents(10)
    await server.client().setStreamMetadata(stream, { truncateBefore: 7, maxCount: 5 })
    expect(await read(stream)).toEqual([7, 8, 9])
    await server.client().setStreamMetadata(stream, { truncateBefore: 3, maxCount: 2 })
    expect(await read(stream)).toEqual([8, 9])
  })

  test('truncated to its end is empty, but not absent', async () => {
    const stream = await withEvents(3)
    await server.client().setStreamMetadata(stream, { truncateBefore: 3 })
    expect(await read(stream)).toEqual([])
    expect(await server.client().appendToStream(stream, events(1), { streamState: 2n })).toMatchObject({
      nextExpectedRevision: 3n,
    })
  })

  test('leaves out what is older than $maxAge, and counts only what it gives', async () => {
    const stream = await withEvents(3)
    await server.client().setStreamMetadata(stream, { maxAge: 2 })
    await eventually('the end of their age', async () => (await read(stream)).length === 0)
    await server.client().appendToStream(stream, events(2))
    expect(await read(stream)).toEqual([3, 4])
    expect(await revisions(server.client().readStream(stream, { maxCount: 1 }))).toEqual([3])
  })

  test('hides nothing from $all', async () => {
    const start = await positionNow(server.client())
    const stream = await withEvents(4)
    await server.client().setStreamMetadata(stream, { truncateBefore: 3 })
    const all = await collect(server.client().readAll({ fromPosition: start }))
    expect(all.filter(({ event }) => event?.streamId === stream)).toHaveLength(4)
  })
})
