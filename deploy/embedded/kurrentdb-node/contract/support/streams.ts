/** Streams and events of a test's own, and ways to read them. */
import { randomUUID } from 'node:crypto'
import { setTimeout as pause } from 'node:timers/promises'
import {
  type AllStreamResolvedEvent,
  type AllStreamSubscription,
  jsonEvent,
  type KurrentDBClient,
  type Position,
  type ResolvedEvent,
  type StreamSubscription,
} from '@kurrent/kurrentdb-client'

/** A name that no other test has. */
export const newStream = (prefix = 'contract'): string => `${prefix}-${randomUUID()}`

export const event = (n = 0, type = 'Happened') => jsonEvent({ type, data: { n }, metadata: { by: 'contract' } })

export const events = (count: number, type?: string) => Array.from({ length: count }, (_, n) => event(n, type))

export const collect = async <Item>(items: AsyncIterable<Item>): Promise<Item[]> => {
  const list: Item[] = []
  for await (const item of items) list.push(item)
  return list
}

/** The revisions that a read gives. */
export const revisions = async (read: AsyncIterable<ResolvedEvent>): Promise<number[]> =>
  (await collect(read)).map((resolved) => Number(resolved.event?.revision))

/** The numbers in the events that a read gives. */
export const numbers = (read: readonly (ResolvedEvent | AllStreamResolvedEvent)[]): unknown[] =>
  read.map(({ event }) => (event?.isJson ? (event.data as { n?: unknown }).n : undefined))

/** The position of the last event of an append. */
export const positionOf = ({ position }: { position?: Position | undefined }): Position => {
  if (position === undefined) throw new Error('the append was answered without a position')
  return position
}

/** The error with which something ends. */
export const failureOf = async (work: Promise<unknown>): Promise<unknown> =>
  work.then(
    (value) => {
      throw new Error(
        `it was expected to fail, but gave ${JSON.stringify(value, (_, v) => (typeof v === 'bigint' ? `${v}n` : v))}`,
      )
    },
    (error: unknown) => error,
  )

const LIMIT_MILLISECONDS = 10_000

/** Fails when something does not come in time, instead of waiting for ever. */
export const inTime = async <Value>(what: string, promise: Promise<Value>): Promise<Value> => {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(
      () => reject(new Error(`${what} did not come within ${LIMIT_MILLISECONDS} ms`)),
      LIMIT_MILLISECONDS,
    )
  })
  return Promise.race([promise, late]).finally(() => clearTimeout(timer))
}

/** Waits for what the server does in its own time. */
export const eventually = async (what: string, isSo: () => Promise<boolean>): Promise<void> => {
  const end = Date.now() + LIMIT_MILLISECONDS
  while (!(await isSo())) {
    if (Date.now() > end) throw new Error(`${what} did not come within ${LIMIT_MILLISECONDS} ms`)
    await pause(20)
  }
}

type Subscription = AllStreamSubscription | StreamSubscription

/** The next time that a subscription says it is live. */
export const caughtUp = (subscription: Subscription): Promise<void> =>
  inTime('caughtUp', new Promise((resolve) => subscription.once('caughtUp', () => resolve())))

/** The error with which a subscription ends. */
export const errorOf = (subscription: Subscription): Promise<unknown> =>
  inTime('the error', new Promise((resolve) => subscription.once('error', resolve)))

/** Everything that a subscription receives from now on; `count` waits for so many. */
export const received = (subscription: Subscription) => {
  const items: (ResolvedEvent | AllStreamResolvedEvent)[] = []
  let wake = (): void => {}
  subscription.on('data', (item: ResolvedEvent) => {
    items.push(item)
    wake()
  })
  const enough = (count: number): Promise<void> =>
    new Promise((resolve) => {
      wake = () => items.length >= count && resolve()
      wake()
    })
  return { items, count: (count: number) => inTime(`event ${count}`, enough(count)) }
}

/** A position behind which only this test's events (and other tests') come. */
export const positionNow = async (client: KurrentDBClient): Promise<Position> =>
  positionOf(await client.appendToStream(newStream('marker'), event()))
