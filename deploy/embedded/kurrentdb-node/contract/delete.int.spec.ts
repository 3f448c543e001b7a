import { describe, expect, test } from '@jest/globals'
import { StreamDeletedError, StreamNotFoundError } from '@kurrent/kurrentdb-client'
import { useServer } from './support/server.ts'
import { collect, event, events, failureOf, newStream, positionNow, positionOf, revisions } from './support/streams.ts'

const server = useServer()
const withEvents = async (count: number): Promise<string> => {
  const stream = newStream()
  await server.client().appendToStream(stream, events(count))
  return stream
}
const read = (stream: string) => revisions(server.client().readStream(stream))

describe('A soft deleted stream', () => {
  test('is absent to readers, both ways', async () => {
    const stream = await withEvents(3)
    expect((await server.client().deleteStream(stream)).position).toBeDefined()
    expect(await failureOf(read(stream))).toBeInstanceOf(StreamNotFoundError)
    const backwards = server.client().readStream(stream, { direction: 'backwards', fromRevision: 'end' })
    expect(await failureOf(revisions(backwards))).toBeInstanceOf(StreamNotFoundError)
  })

  test.each(['no_stream', 'any', 2n] as const)('can be written again at %s: numbering goes on', async (streamState) => {
    const stream = await withEvents(3)
    await server.client().deleteStream(stream)
    const again = await server.client().appendToStream(stream, events(2), { streamState })
    expect(again.nextExpectedRevision).toBe(4n)
    expect(await read(stream)).toEqual([3, 4])
    expect((await server.client().getStreamMetadata(stream)).metadata).toEqual({ truncateBefore: 3 })
  })

  test('does not exist for stream-exists, nor at another revision', async () => {
    const stream = await withEvents(3)
    await server.client().deleteStream(stream)
    const append = (streamState: 'stream_exists' | bigint) =>
      server.client().appendToStream(stream, event(), { streamState })
    expect(await failureOf(append('stream_exists'))).toMatchObject({ type: 'wrong-expected-version' })
    expect(await failureOf(append(1n))).toMatchObject({ type: 'wrong-expected-version', actualState: 2n })
  })

  test('comes back when its metadata is set', async () => {
    const stream = await withEvents(3)
    await server.client().deleteStream(stream)
    await server.client().setStreamMetadata(stream, { maxCount: 5 })
    expect((await server.client().getStreamMetadata(stream)).metadata).toEqual({ maxCount: 5, truncateBefore: 3 })
    expect(await read(stream)).toEqual([])
    expect(await server.client().appendToStream(stream, event())).toMatchObject({ nextExpectedRevision: 3n })
  })

  test('stays whole in $all, with the delete as an event', async () => {
    const start = await positionNow(server.client())
    const stream = await withEvents(2)
    await server.client().deleteStream(stream)
    const own = (await collect(server.client().readAll({ fromPosition: start })))
      .map(({ event: found }) => `${found?.streamId}:${found?.type}`)
      .filter((name) => name.includes(stream))
    expect(own).toEqual([`${stream}:Happened`, `${stream}:Happened`, `$$${stream}:$metadata`])
  })

  test('is deleted at the expected revision only', async () => {
    const stream = await withEvents(3)
    expect(await failureOf(server.client().deleteStream(stream, { expectedRevision: 1n }))).toMatchObject({
      type: 'wrong-expected-version',
      streamName: stream,
      expectedState: 1n,
    })
    expect(await failureOf(server.client().deleteStream(stream, { expectedRevision: 'no_stream' }))).toMatchObject({
      type: 'wrong-expected-version',
    })
    await server.client().deleteStream(stream, { expectedRevision: 2n })
  })

  test('has to have been there, if only by its metadata', async () => {
    expect(await failureOf(server.client().deleteStream(newStream()))).toMatchObject({ type: 'wrong-expected-version' })
    const implicit = newStream()
    await server.client().setStreamMetadata(implicit, { cacheControl: 10 })
    await server.client().deleteStream(implicit, { expectedRevision: 'no_stream' })
  })
})

describe('A tombstone', () => {
  test('ends a stream for ever', async () => {
    const stream = await withEvents(3)
    expect((await server.client().tombstoneStream(stream, { expectedRevision: 2n })).position).toBeDefined()
    const attempts = [
      () => read(stream),
      () => server.client().appendToStream(stream, event()),
      () =>
        server.client().appendToStream(stream, event(), { credentials: { username: 'admin', password: 'changeit' } }),
      () => server.client().deleteStream(stream),
      () => server.client().tombstoneStream(stream),
      () => server.client().setStreamMetadata(stream, { maxCount: 1 }),
    ]
    for (const attempt of attempts) expect(await failureOf(attempt())).toBeInstanceOf(StreamDeletedError)
  })

  test('can be set on a stream that never was', async () => {
    const stream = newStream()
    await server.client().tombstoneStream(stream)
    expect(await failureOf(server.client().appendToStream(stream, event()))).toBeInstanceOf(StreamDeletedError)
  })

  test('can follow a soft delete', async () => {
    const stream = await withEvents(2)
    await server.client().deleteStream(stream)
    await server.client().tombstoneStream(stream)
    expect(await failureOf(read(stream))).toBeInstanceOf(StreamDeletedError)
  })

  test('is an event of the highest revision in $all', async () => {
    const stream = await withEvents(1)
    const fromPosition = positionOf(await server.client().tombstoneStream(stream))
    const [tombstone] = await collect(server.client().readAll({ fromPosition, maxCount: 1 }))
    expect(tombstone?.event).toMatchObject({ streamId: stream, type: '$streamDeleted', revision: 2n ** 63n - 1n })
  })

  test('is set at the expected revision only', async () => {
    const stream = await withEvents(3)
    expect(await failureOf(server.client().tombstoneStream(stream, { expectedRevision: 0n }))).toMatchObject({
      type: 'wrong-expected-version',
    })
    expect(await read(stream)).toEqual([0, 1, 2])
  })
})
