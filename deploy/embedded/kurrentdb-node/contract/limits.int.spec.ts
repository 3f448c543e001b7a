import { describe, expect, test } from '@jest/globals'
import { type AppendToStreamOptions, binaryEvent, MaxAppendSizeExceededError } from '@kurrent/kurrentdb-client'
import { useServer } from './support/server.ts'
import { event, events, failureOf, newStream, revisions } from './support/streams.ts'

const server = useServer()
const MEBIBYTE = 1024 * 1024
const large = (bytes: number) => binaryEvent({ type: 'Large', data: Buffer.alloc(bytes, 1) })
const absent = { type: 'stream-not-found' }

describe.each<[string, AppendToStreamOptions]>([
  ['BatchAppend', {}],
  ['Append', { credentials: { username: 'admin', password: 'changeit' } }],
])('An append by %s', (_, way) => {
  test('of more than a mebibyte is refused, and the connection goes on', async () => {
    const stream = newStream()
    const error = await failureOf(server.client().appendToStream(stream, large(MEBIBYTE + 1), way))
    expect(error).toBeInstanceOf(MaxAppendSizeExceededError)
    expect(error).toMatchObject({ maxAppendSize: MEBIBYTE })
    expect(await failureOf(revisions(server.client().readStream(stream)))).toMatchObject(absent)
    await server.client().appendToStream(stream, event(), way)
  })

  test('of less than a mebibyte is taken', async () => {
    await server.client().appendToStream(newStream(), large(MEBIBYTE - 1000), way)
  })

  test('is measured as a whole', async () => {
    const stream = newStream()
    const parts = Array.from({ length: 5 }, () => large(MEBIBYTE / 4))
    expect(await failureOf(server.client().appendToStream(stream, parts, way))).toBeInstanceOf(
      MaxAppendSizeExceededError,
    )
    expect(await failureOf(revisions(server.client().readStream(stream)))).toMatchObject(absent)
  })

  test('that comes after its deadline is refused', async () => {
    const attempt = server.client().appendToStream(newStream(), events(30_000), { ...way, deadline: 1 })
    expect(await failureOf(attempt)).toMatchObject({ type: 'deadline-exceeded' })
    await server.client().appendToStream(newStream(), event(), way)
  })
})

describe('An append to several streams', () => {
  test('of more than a mebibyte is refused as a whole', async () => {
    const [a, b] = [newStream(), newStream()]
    const request = (streamName: string) => ({
      streamName,
      expectedState: 'any' as const,
      events: [large(MEBIBYTE * 0.6)],
    })
    expect(await failureOf(server.client().multiStreamAppend([request(a), request(b)]))).toMatchObject({
      type: 'transaction-max-size-exceeded',
      maxSize: MEBIBYTE,
    })
    expect(await failureOf(revisions(server.client().readStream(a)))).toMatchObject(absent)
  })
})
