import { randomUUID } from 'node:crypto'
import { describe, expect, test } from '@jest/globals'
import {
  type AppendToStreamOptions,
  binaryEvent,
  type EventData,
  jsonEvent,
  WrongExpectedVersionError,
} from '@kurrent/kurrentdb-client'
import { useServer } from './support/server.ts'
import { collect, event, events, failureOf, newStream, positionOf, revisions } from './support/streams.ts'

const server = useServer()

/** The client takes the call of its own when an append has credentials, else the long batch call. */
const ways: [string, AppendToStreamOptions][] = [
  ['by BatchAppend', {}],
  ['by Append', { credentials: { username: 'admin', password: 'changeit' } }],
]

describe.each(ways)('An append %s', (_, way) => {
  const append = (stream: string, list: EventData[] = [event()], options: AppendToStreamOptions = {}) =>
    server.client().appendToStream(stream, list, { ...way, ...options })

  test('answers the revision and the position of its last event', async () => {
    const stream = newStream()
    const first = await append(stream, events(3))
    const second = await append(stream, events(2))
    expect(first.nextExpectedRevision).toBe(2n)
    expect(second.nextExpectedRevision).toBe(4n)
    const stored = await collect(server.client().readStream(stream))
    expect(stored[2]?.event?.position).toEqual(first.position)
    expect(stored[4]?.event?.position).toEqual(second.position)
    expect(positionOf(second).commit).toBeGreaterThan(positionOf(first).commit)
  })

  test('at no-stream succeeds for the first writer alone', async () => {
    const stream = newStream()
    await append(stream, [event()], { streamState: 'no_stream' })
    const error = await failureOf(append(stream, [event()], { streamState: 'no_stream' }))
    expect(error).toBeInstanceOf(WrongExpectedVersionError)
    expect(error).toMatchObject({ streamName: stream, expectedState: 'no_stream', actualState: 0n })
  })

  test('at a revision succeeds when it is the last one, and else names both', async () => {
    const stream = newStream()
    await append(stream, events(3))
    await append(stream, [event()], { streamState: 2n })
    expect(await failureOf(append(stream, [event()], { streamState: 2n }))).toMatchObject({
      type: 'wrong-expected-version',
      streamName: stream,
      expectedState: 2n,
      actualState: 3n,
    })
    expect(await failureOf(append(stream, [event()], { streamState: 7n }))).toMatchObject({ actualState: 3n })
    expect(await revisions(server.client().readStream(stream))).toEqual([0, 1, 2, 3])
  })

  test('at a revision of a stream that does not exist fails', async () => {
    expect(await failureOf(append(newStream(), [event()], { streamState: 0n }))).toMatchObject({
      expectedState: 0n,
      actualState: 'no_stream',
    })
  })

  test('at stream-exists fails without a stream, and succeeds with one', async () => {
    const stream = newStream()
    expect(await failureOf(append(stream, [event()], { streamState: 'stream_exists' }))).toMatchObject({
      expectedState: 'stream_exists',
      actualState: 'no_stream',
    })
    await append(stream)
    expect(await append(stream, [event()], { streamState: 'stream_exists' })).toMatchObject({
      nextExpectedRevision: 1n,
    })
  })

  test('at stream-exists succeeds when only metadata was set', async () => {
    const stream = newStream()
    await server.client().setStreamMetadata(stream, { cacheControl: 1 })
    expect(await append(stream, [event()], { streamState: 'stream_exists' })).toMatchObject({
      nextExpectedRevision: 0n,
    })
  })

  test('of no events answers the current revision and stores none', async () => {
    const stream = newStream()
    await append(stream, events(2))
    expect(await append(stream, [], { streamState: 1n })).toMatchObject({ success: true, nextExpectedRevision: 1n })
    expect(await failureOf(append(stream, [], { streamState: 0n }))).toMatchObject({ actualState: 1n })
    expect(await revisions(server.client().readStream(stream))).toEqual([0, 1])
  })

  test('keeps ids, types, data and metadata as they were sent', async () => {
    const stream = newStream('contract.Ünïcode–流')
    const id = randomUUID()
    const before = Date.now()
    await append(stream, [
      jsonEvent({ id, type: 'Größe 变化', data: { text: 'CC ‐ 1830 "€"', list: [1, null] }, metadata: { who: 'ä' } }),
      binaryEvent({ type: 'Bytes', data: Buffer.from([0, 255, 128]), metadata: Buffer.from('not json') }),
      jsonEvent({ type: 'Bare', data: 'text' }),
    ])
    const [json, bytes, bare] = (await collect(server.client().readStream(stream))).map((resolved) => resolved.event)
    expect(json).toMatchObject({
      streamId: stream,
      id,
      type: 'Größe 变化',
      isJson: true,
      data: { text: 'CC ‐ 1830 "€"', list: [1, null] },
      metadata: { who: 'ä' },
    })
    // The client's reader cuts the milliseconds off.
    expect(json?.created.getTime()).toBeGreaterThanOrEqual(before - 1000)
    expect(bytes?.isJson).toBe(false)
    expect(Buffer.from(bytes?.data as Uint8Array)).toEqual(Buffer.from([0, 255, 128]))
    expect(Buffer.from(bytes?.metadata as Uint8Array).toString()).toBe('not json')
    expect(bare).toMatchObject({ data: 'text', metadata: undefined })
  })
})

describe('Appends', () => {
  test('at the same revision and time have one winner', async () => {
    const stream = newStream()
    const attempts = await Promise.allSettled(
      Array.from({ length: 20 }, () => server.client().appendToStream(stream, event(), { streamState: 'no_stream' })),
    )
    expect(attempts.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
    expect(await revisions(server.client().readStream(stream))).toEqual([0])
  })

  test('that are refused do not stop those beside them', async () => {
    const streams = Array.from({ length: 30 }, () => newStream())
    const attempts = await Promise.allSettled(
      streams.map((stream, n) =>
        server.client().appendToStream(stream, events(2), { streamState: n % 3 === 0 ? 5n : 'no_stream' }),
      ),
    )
    expect(attempts.map(({ status }) => status === 'rejected')).toEqual(streams.map((_, n) => n % 3 === 0))
  })

  test('of one connection to one stream keep their order', async () => {
    const stream = newStream()
    const answers = await Promise.all(
      Array.from({ length: 100 }, (_, n) => server.client().appendToStream(stream, event(n))),
    )
    expect(answers.map((answer) => Number(answer.nextExpectedRevision))).toEqual(answers.map((_, n) => n))
  })

  test('may be more than the server takes at once', async () => {
    const streams = Array.from({ length: 100 }, () => newStream())
    const flood = Array.from({ length: 5000 }, (_, n) =>
      server.client().appendToStream(streams[n % 100] ?? '', event(n)),
    )
    await Promise.all(flood)
    expect(await revisions(server.client().readStream(streams[42] ?? ''))).toHaveLength(50)
  })

  test('may come in several parts', async () => {
    const stream = newStream()
    await server.client().appendToStream(stream, events(500), { batchAppendSize: 1024, streamState: 'no_stream' })
    expect(await revisions(server.client().readStream(stream))).toEqual(Array.from({ length: 500 }, (_, n) => n))
  })
})
