/** Prints what a node achieves through the official client. KURRENTDB_URL names another server than a fresh node. */
import { randomUUID } from 'node:crypto'
import { closeSync, fsyncSync, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { performance } from 'node:perf_hooks'
import { jsonEvent, KurrentDBClient } from '@kurrent/kurrentdb-client'
import { spawnNode } from './spawn.ts'

/** About 390 bytes stored, like an event of this system. */
const event = () =>
  jsonEvent({
    type: 'BudgetRevised',
    data: {
      campaignId: randomUUID(),
      budget: { amountMicros: 1_250_000_000, currency: 'USD' },
      reason: 'more of August',
    },
    metadata: {
      tenantId: randomUUID(),
      commandId: randomUUID(),
      recordedAt: '2026-11-22T23:38:28.123456Z',
      actor: 'user:17',
    },
  })

const median = (values: readonly number[]): number => values.toSorted((a, b) => a - b)[values.length >> 1] ?? Number.NaN

const seconds = async (work: () => Promise<unknown>): Promise<number> => {
  const start = performance.now()
  await work()
  return (performance.now() - start) / 1000
}

/** Runs `times` pieces of work, `width` at a time. */
const concurrently = async (times: number, width: number, work: () => Promise<unknown>): Promise<void> => {
  let left = times
  const lane = async (): Promise<void> => {
    while (left-- > 0) await work()
  }
  await Promise.all(Array.from({ length: width }, lane))
}

const fsyncMilliseconds = (folder: string): number => {
  const file = openSync(join(folder, 'fsync-probe'), 'w')
  const block = Buffer.alloc(4096)
  const times = Array.from({ length: 200 }, () => {
    writeSync(file, block)
    const start = performance.now()
    fsyncSync(file)
    return performance.now() - start
  })
  closeSync(file)
  return median(times)
}

const report = (name: string, value: number, unit: string): void =>
  console.log(`${name.padEnd(44)} ${value >= 100 ? Math.round(value) : value.toFixed(2)} ${unit}`)

const measure = async (client: KurrentDBClient): Promise<void> => {
  const append = (events = 1) => client.appendToStream(`measure-${randomUUID()}`, Array.from({ length: events }, event))
  await concurrently(500, 32, () => append())
  report('sequential appends', 2000 / (await seconds(() => concurrently(2000, 1, () => append()))), '/s')
  report('appends, 64 in flight', 20_000 / (await seconds(() => concurrently(20_000, 64, () => append()))), '/s')
  const tens = await seconds(() => concurrently(2000, 64, () => append(10)))
  report('appends of 10 events, 64 in flight', 20_000 / tens, 'events/s')

  const streamName = `measure-${randomUUID()}`
  await client.appendToStream(streamName, Array.from({ length: 20 }, event))
  const read = async (): Promise<void> => {
    for await (const _ of client.readStream(streamName));
  }
  await read()
  report('reads of a stream of 20, one after another', 500 / (await seconds(() => concurrently(500, 1, read))), '/s')

  let count = 0
  const all = await seconds(async () => {
    for await (const _ of client.readAll({ maxCount: 100_000 })) count++
  })
  report('readAll', count / all, 'events/s')
  let seen = 0
  const caughtUp = await seconds(async () => {
    const subscription = client.subscribeToAll()
    for await (const _ of subscription) if (++seen === count) break
  })
  report('subscription to $all, catching up', seen / caughtUp, 'events/s')
  report('append to live subscriber, p50', await liveLatency(client, append), 'ms')
}

const liveLatency = async (client: KurrentDBClient, append: () => Promise<unknown>): Promise<number> => {
  const subscription = client.subscribeToAll({ fromPosition: 'end' })
  await new Promise((resolve) => subscription.once('caughtUp', resolve))
  const times: number[] = []
  for (let i = 0; i < 300; i++) {
    const start = performance.now()
    const arrived = new Promise((resolve) => subscription.once('data', resolve))
    await Promise.all([append(), arrived])
    times.push(performance.now() - start)
  }
  await subscription.unsubscribe()
  return median(times)
}

const folder = mkdtempSync(join(tmpdir(), 'kurrentdb-node-measure-'))
const node = process.env.KURRENTDB_URL ? null : await spawnNode(folder)
const url = process.env.KURRENTDB_URL ?? node?.url ?? ''
const client = KurrentDBClient.connectionString(`${url}${url.includes('?') ? '&' : '?'}discoveryInterval=5`)
try {
  report('fsync of 4 KiB, p50', fsyncMilliseconds(folder), 'ms')
  await measure(client)
} finally {
  await client.dispose()
  await node?.stop()
  rmSync(folder, { recursive: true, force: true })
}
process.exit(0)
