import { afterEach, describe, expect, test } from '@jest/globals'
import {
  type AllStreamSubscription,
  type Position,
  type SubscribeToAllOptions,
  streamNameFilter,
} from '@kurrent/kurrentdb-client'
import { useServer } from './support/server.ts'
import {
  caughtUp,
  event,
  events,
  inTime,
  newStream,
  numbers,
  positionNow,
  positionOf,
  received,
} from './support/streams.ts'

const server = useServer()
const open: AllStreamSubscription[] = []
const subscribe = (options?: SubscribeToAllOptions): AllStreamSubscription => {
  const subscription = server.client().subscribeToAll(options)
  open.push(subscription)
  return subscription
}

afterEach(async () => {
  await Promise.all(open.splice(0).map((subscription) => subscription.unsubscribe()))
})

describe('A subscription to $all', () => {
  test('is confirmed, catches up, says so, and then gives what is appended', async () => {
    const stream = newStream()
    const start = await positionNow(server.client())
    await server.client().appendToStream(stream, events(3))
    const subscription = subscribe({ fromPosition: start, filter: streamNameFilter({ prefixes: [stream] }) })
    const confirmed = new Promise((resolve) => subscription.once('confirmation', resolve))
    const got = received(subscription)
    await inTime('the confirmation', confirmed)
    await caughtUp(subscription)
    expect(numbers(got.items)).toEqual([0, 1, 2])
    await server.client().appendToStream(stream, [event(3), event(4)])
    await got.count(5)
    expect(numbers(got.items)).toEqual([0, 1, 2, 3, 4])
  })

  test('begins strictly behind the position it was given', async () => {
    const stream = newStream()
    const first = positionOf(await server.client().appendToStream(stream, event(0)))
    const second = positionOf(await server.client().appendToStream(stream, event(1)))
    const subscription = subscribe({ fromPosition: first })
    const got = received(subscription)
    await got.count(1)
    expect(got.items[0]?.event?.position).toEqual(second)
  })

  test('from the end gives only what comes', async () => {
    const stream = newStream()
    await server.client().appendToStream(stream, event(0))
    const subscription = subscribe({ fromPosition: 'end' })
    const got = received(subscription)
    await caughtUp(subscription)
    await server.client().appendToStream(stream, event(1))
    await got.count(1)
    expect(got.items.some(({ event: found }) => found?.streamId === stream && found.revision === 0n)).toBe(false)
  })

  test('without an event since says that it is live at once, and at which position', async () => {
    const position = await positionNow(server.client())
    const subscription = subscribe({ fromPosition: position })
    const info = await inTime(
      'caughtUp',
      new Promise<{ date?: Date }>((resolve) => subscription.once('caughtUp', resolve)),
    )
    expect(Math.abs((info.date?.getTime() ?? 0) - Date.now())).toBeLessThan(60_000)
  })

  test('loses and repeats nothing while appends go on', async () => {
    const stream = newStream()
    const start = await positionNow(server.client())
    const appends = Array.from({ length: 300 }, (_, n) => server.client().appendToStream(stream, event(n)))
    const subscription = subscribe({ fromPosition: start, filter: streamNameFilter({ prefixes: [stream] }) })
    const got = received(subscription)
    await Promise.all(appends)
    for (let n = 300; n < 600; n++) void server.client().appendToStream(stream, event(n))
    await got.count(600)
    expect(numbers(got.items)).toEqual(Array.from({ length: 600 }, (_, n) => n))
  })

  test('of a slow client gets everything in the end', async () => {
    const stream = newStream()
    const start = await positionNow(server.client())
    const subscription = subscribe({ fromPosition: start, filter: streamNameFilter({ prefixes: [stream] }) })
    await caughtUp(subscription)
    subscription.pause()
    for (let i = 0; i < 30; i++) {
      await server.client().appendToStream(
        stream,
        events(300).map((item) => ({ ...item, data: { n: 0, pad: 'x'.repeat(500) } })),
      )
    }
    const got = received(subscription)
    subscription.resume()
    await got.count(9000)
    expect(got.items.map(({ event: found }) => Number(found?.revision))).toEqual(
      Array.from({ length: 9000 }, (_, n) => n),
    )
  }, 30_000)

  test('ends when it is left', async () => {
    const subscription = subscribe({ fromPosition: 'end' })
    await caughtUp(subscription)
    const ended = new Promise((resolve) => subscription.once('end', resolve))
    subscription.resume()
    await subscription.unsubscribe()
    await inTime('the end', ended)
  })
})

describe('A filtered subscription to $all', () => {
  /** Runs until `count` events passed, and answers them in one list with the checkpoints as they came. */
  const record = async (stream: string, from: Position, checkpointInterval: number, maxSearchWindow: number) => {
    const log: { readonly kind: 'event' | 'checkpoint'; readonly commit: bigint }[] = []
    const checkpointReached = async (_: unknown, { commit }: Position): Promise<void> => {
      log.push({ kind: 'checkpoint', commit })
    }
    const filter = streamNameFilter({ prefixes: [stream], checkpointInterval, maxSearchWindow, checkpointReached })
    const subscription = subscribe({ fromPosition: from, filter })
    subscription.on('data', ({ event: found }) => log.push({ kind: 'event', commit: found?.position.commit ?? -1n }))
    await caughtUp(subscription)
    return { log, subscription }
  }

  test('gives a checkpoint when it is live, at the end of what it looked at', async () => {
    const stream = newStream()
    const start = await positionNow(server.client())
    await server.client().appendToStream(stream, events(2))
    const last = positionOf(await server.client().appendToStream(newStream('unwanted'), events(10)))
    const { log } = await record(stream, start, 1, 1000)
    expect(log.filter(({ kind }) => kind === 'event')).toHaveLength(2)
    expect(log.at(-1)?.kind).toBe('checkpoint')
    expect(log.at(-1)?.commit).toBeGreaterThanOrEqual(positionOf({ position: last }).commit)
  })

  test('gives checkpoints though nothing passes', async () => {
    const start = await positionNow(server.client())
    for (let i = 0; i < 5; i++) await server.client().appendToStream(newStream('unwanted'), events(20))
    const { log } = await record(newStream('nothing'), start, 1, 10)
    const checkpoints = log.filter(({ kind }) => kind === 'checkpoint')
    expect(checkpoints).toHaveLength(log.length)
    expect(checkpoints.length).toBeGreaterThanOrEqual(10)
  })

  test('never gives a checkpoint ahead of an event that is still to come', async () => {
    const stream = newStream()
    const start = await positionNow(server.client())
    for (let n = 0; n < 40; n++) {
      await server.client().appendToStream(n % 3 === 0 ? stream : newStream('unwanted'), events(3))
    }
    const { log, subscription } = await record(stream, start, 1, 5)
    for (let n = 0; n < 40; n++) {
      await server.client().appendToStream(n % 3 === 0 ? stream : newStream('unwanted'), events(3))
    }
    const passed = () => log.filter(({ kind }) => kind === 'event').length
    await inTime(
      'all events',
      new Promise<void>((resolve) => {
        const look = (): void => void (passed() >= 84 && resolve())
        subscription.on('data', look)
        look()
      }),
    )
    const positions = log.map(({ commit }) => commit)
    expect(positions).toEqual(positions.toSorted((a, b) => (a < b ? -1 : 1)))
    expect(log.filter(({ kind }) => kind === 'checkpoint').length).toBeGreaterThanOrEqual(20)
  })
})
