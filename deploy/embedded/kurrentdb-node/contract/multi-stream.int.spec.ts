import { describe, expect, test } from '@jest/globals'
import { type AppendStreamRequest, binaryEvent, jsonEvent } from '@kurrent/kurrentdb-client'
import { useServer } from './support/server.ts'
import { collect, event, events, failureOf, newStream, positionNow, revisions } from './support/streams.ts'

const server = useServer()
const append = (...requests: AppendStreamRequest[]) => server.client().multiStreamAppend(requests)
const to = (
  streamName: string,
  list: AppendStreamRequest['events'],
  expectedState: AppendStreamRequest['expectedState'] = 'any',
): AppendStreamRequest => ({ streamName, events: list, expectedState })
const read = (stream: string) => revisions(server.client().readStream(stream))

describe('An append to several streams', () => {
  test('answers every revision, and the position of the last event', async () => {
    const [a, b] = [newStream(), newStream()]
    await server.client().appendToStream(a, events(2))
    const answer = await append(to(a, events(2), 1n), to(b, events(3), 'no_stream'))
    expect(answer.responses).toEqual([
      { streamName: a, revision: 3n },
      { streamName: b, revision: 2n },
    ])
    const last = (await collect(server.client().readStream(b))).at(-1)
    expect(last?.event?.position?.commit).toBe(answer.position)
  })

  test('gives each event a position of its own, in the order of the streams', async () => {
    const [a, b] = [newStream(), newStream()]
    const start = await positionNow(server.client())
    await append(to(a, events(2)), to(b, events(2)))
    const own = (await collect(server.client().readAll({ fromPosition: start }))).filter(({ event: found }) =>
      [a, b].includes(found?.streamId ?? ''),
    )
    expect(own.map(({ event: found }) => found?.streamId)).toEqual([a, a, b, b])
    expect(new Set(own.map(({ event: found }) => found?.position.commit)).size).toBe(4)
  })

  test('stores nothing anywhere when one stream is at another revision', async () => {
    const [a, b] = [newStream(), newStream()]
    await server.client().appendToStream(b, events(2))
    expect(await failureOf(append(to(a, events(1), 'no_stream'), to(b, events(1), 0n)))).toMatchObject({
      type: 'wrong-expected-version',
      streamName: b,
      expectedState: 0n,
      actualState: 1n,
    })
    expect(await failureOf(read(a))).toMatchObject({ type: 'stream-not-found' })
    expect(await read(b)).toEqual([0, 1])
  })

  test('stores nothing anywhere when one stream is tombstoned', async () => {
    const [a, b] = [newStream(), newStream()]
    await server.client().tombstoneStream(b)
    expect(await failureOf(append(to(a, events(1)), to(b, events(1))))).toMatchObject({
      type: 'stream-tombstoned',
      stream: b,
    })
    expect(await failureOf(read(a))).toMatchObject({ type: 'stream-not-found' })
  })

  test('repeated as a whole is answered as the first time', async () => {
    const [a, b] = [newStream(), newStream()]
    const requests = [to(a, events(2), 'no_stream'), to(b, events(1), 'no_stream')]
    const first = await append(...requests)
    await server.client().appendToStream(a, events(1))
    expect(await append(...requests)).toEqual(first)
    expect(await read(a)).toEqual([0, 1, 2])
  })

  test('repeated in part fails, and stores nothing', async () => {
    const [a, b] = [newStream(), newStream()]
    const repeated = to(a, events(2), 'no_stream')
    await append(repeated)
    await failureOf(append(repeated, to(b, events(1), 'no_stream')))
    expect(await failureOf(read(b))).toMatchObject({ type: 'stream-not-found' })
  })

  test('takes all expectations', async () => {
    const [a, b, c] = [newStream(), newStream(), newStream()]
    await server.client().appendToStream(c, events(1))
    await append(to(a, events(1), 'any'), to(b, events(1), 'no_stream'), to(c, events(1), 'stream_exists'))
    expect(await failureOf(append(to(newStream(), events(1), 'stream_exists')))).toMatchObject({
      expectedState: 'stream_exists',
      actualState: 'no_stream',
    })
  })

  test('keeps types, data and metadata of JSON and binary events', async () => {
    const [a, b] = [newStream(), newStream()]
    const json = jsonEvent({ type: 'Json', data: { n: 1 }, metadata: { tenant: 't', at: '2026-11-22' } })
    const binary = binaryEvent({ type: 'Binary', data: Buffer.from([1, 2, 3]) })
    await append(to(a, [json]), to(b, [binary]))
    const [first] = await collect(server.client().readStream(a))
    const [second] = await collect(server.client().readStream(b))
    expect(first?.event).toMatchObject({ id: json.id, type: 'Json', isJson: true, data: { n: 1 } })
    expect(first?.event?.metadata).toMatchObject({ tenant: 't', at: '2026-11-22' })
    expect(second?.event).toMatchObject({ id: binary.id, type: 'Binary', isJson: false })
    expect(Buffer.from(second?.event?.data as Uint8Array)).toEqual(Buffer.from([1, 2, 3]))
  })

  test('names every stream once', async () => {
    const stream = newStream()
    await failureOf(append(to(stream, [event()]), to(stream, [event()])))
    expect(await failureOf(read(stream))).toMatchObject({ type: 'stream-not-found' })
  })

  test('at the same time as others has one winner a stream', async () => {
    const claim = newStream('claim')
    const facts = Array.from({ length: 10 }, () => newStream())
    const attempts = await Promise.allSettled(
      facts.map((fact) => append(to(claim, [event()], 'no_stream'), to(fact, [event()], 'no_stream'))),
    )
    expect(attempts.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
    const stored = await Promise.allSettled(facts.map(read))
    expect(stored.map(({ status }) => status)).toEqual(attempts.map(({ status }) => status))
  })
})
