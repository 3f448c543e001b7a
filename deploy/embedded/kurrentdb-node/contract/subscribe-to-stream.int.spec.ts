import { afterEach, describe, expect, test } from '@jest/globals'
import { StreamDeletedError, type StreamSubscription, type SubscribeToStreamOptions } from '@kurrent/kurrentdb-client'
import { useServer } from './support/server.ts'
import { caughtUp, errorOf, event, events, inTime, newStream, received } from './support/streams.ts'

const server = useServer()
const open: StreamSubscription[] = []
const subscribe = (stream: string, options?: SubscribeToStreamOptions): StreamSubscription => {
  const subscription = server.client().subscribeToStream(stream, options)
  open.push(subscription)
  return subscription
}

afterEach(async () => {
  await Promise.all(open.splice(0).map((subscription) => subscription.unsubscribe()))
})

const revisionsOf = ({ items }: ReturnType<typeof received>): number[] =>
  items.map(({ event: found }) => Number(found?.revision))

describe('A subscription to a stream', () => {
  test('gives what is there, says that it is live and where, and then what is appended', async () => {
    const stream = newStream()
    await server.client().appendToStream(stream, events(3))
    const subscription = subscribe(stream)
    const got = received(subscription)
    const live = new Promise<{ revision?: bigint }>((resolve) => subscription.once('caughtUp', resolve))
    expect((await inTime('caughtUp', live)).revision).toBe(2n)
    expect(revisionsOf(got)).toEqual([0, 1, 2])
    await server.client().appendToStream(newStream(), event())
    await server.client().appendToStream(stream, events(2))
    await got.count(5)
    expect(revisionsOf(got)).toEqual([0, 1, 2, 3, 4])
  })

  test('begins strictly behind the revision it was given', async () => {
    const stream = newStream()
    await server.client().appendToStream(stream, events(4))
    const got = received(subscribe(stream, { fromRevision: 1n }))
    await got.count(2)
    expect(revisionsOf(got)).toEqual([2, 3])
  })

  test('from the end gives only what comes', async () => {
    const stream = newStream()
    await server.client().appendToStream(stream, events(4))
    const subscription = subscribe(stream, { fromRevision: 'end' })
    const got = received(subscription)
    await caughtUp(subscription)
    await server.client().appendToStream(stream, event())
    await got.count(1)
    expect(revisionsOf(got)).toEqual([4])
  })

  test('waits for a stream that is not there yet', async () => {
    const stream = newStream()
    const subscription = subscribe(stream)
    const got = received(subscription)
    await caughtUp(subscription)
    await server.client().appendToStream(stream, events(2))
    await got.count(2)
    expect(revisionsOf(got)).toEqual([0, 1])
  })

  test('leaves out what the metadata hides', async () => {
    const stream = newStream()
    await server.client().appendToStream(stream, events(5))
    await server.client().setStreamMetadata(stream, { truncateBefore: 3 })
    const subscription = subscribe(stream)
    const got = received(subscription)
    await caughtUp(subscription)
    expect(revisionsOf(got)).toEqual([3, 4])
  })

  test('goes on behind a soft delete when the stream is written again', async () => {
    const stream = newStream()
    await server.client().appendToStream(stream, events(2))
    const subscription = subscribe(stream)
    const got = received(subscription)
    await caughtUp(subscription)
    await server.client().deleteStream(stream)
    await server.client().appendToStream(stream, event())
    await got.count(3)
    expect(revisionsOf(got)).toEqual([0, 1, 2])
  })

  test('of a tombstoned stream is refused', async () => {
    const stream = newStream()
    await server.client().appendToStream(stream, event())
    await server.client().tombstoneStream(stream)
    expect(await errorOf(subscribe(stream))).toBeInstanceOf(StreamDeletedError)
  })

  test('shows the tombstone, then ends with an error', async () => {
    const stream = newStream()
    await server.client().appendToStream(stream, event())
    const subscription = subscribe(stream)
    const got = received(subscription)
    await caughtUp(subscription)
    const failed = errorOf(subscription)
    await server.client().tombstoneStream(stream)
    expect(await failed).toMatchObject({ type: 'stream-deleted', streamName: stream })
    expect(got.items.map(({ event: found }) => found?.type)).toEqual(['Happened', '$streamDeleted'])
  })
})
