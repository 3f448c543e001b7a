/**
 * One command of like size through this system's command path (HTTP, decider, event store) and through Emmett with
 * Express on PostgreSQL: an event is added to a stream that has some, made durable, and answered. Both do exactly the
 * same number of commands on the same number of streams, in turns.
 */
import { randomUUID } from 'node:crypto'
import { connectEventStore } from '@bizosaas/event-store'
import pg from 'pg'
import type { Load, Taken } from './commands/load.ts'
import { startCampaigns } from './commands/service.ts'
import { createCampaign } from './lib/campaigns.ts'
import { atEnd } from './lib/clean-up.ts'
import { newEventsOf } from './lib/new-events.ts'
import { openParts } from './lib/parts.ts'
import { atLeastRatio, type Comparison, publish } from './lib/report.ts'
import { type Candidate, takeTurns } from './lib/rounds.ts'
import { newToken } from './lib/token.ts'
import { startWorker } from './lib/worker.ts'
import { startEmmett } from './peers/emmett.ts'

/** Commands on each stream, after the one that began it. */
const depth = 10
const sizes = [
  { clients: 1, streams: 100 },
  { clients: 32, streams: 640 },
] as const
/** Each process compiles what it runs often only after some ten thousand commands, so the first round does so many times more. */
const warmUp = 4
/** Emmett's driver makes 10 connections by default; with 32 clients it is no faster with 20 or 32. */
const pool = 10

const units = { rate: 'commands/s', p50: 'ms', p99: 'ms' }
const newCampaign = JSON.stringify({ clientId: randomUUID(), name: 'Spring sale', objective: null })
const newName = JSON.stringify({ name: 'Spring sale, second try #' })
const oneMore = JSON.stringify({ productId: 'spring-shoes-#', quantity: 2 })

type Size = { readonly clients: number; readonly streams: number }

export const bench = async (print: (line: string) => void, rounds: number): Promise<string> => {
  const parts = await openParts(print)
  await parts.start('kurrentdb', 'postgres')
  const POSTGRES_URL = parts.settings.POSTGRES_ADMIN_URL ?? ''
  const db = new pg.Pool({ connectionString: POSTGRES_URL, max: 1 })
  atEnd(() => db.end())
  await requireDurable(db)
  const service = await startCampaigns(parts.settings, parts.folder)
  const emmett = await startEmmett({ POSTGRES_URL, POOL: String(pool) }, print)
  const store = connectEventStore(parts.settings.KURRENTDB_URL ?? '')
  atEnd(() => store.close())
  const load = startWorker<Load, Taken>(new URL('./commands/load.ts', import.meta.url))
  const token = newToken(parts.settings)

  const send = async (url: string, { clients, streams }: Size, paths: string[], body: string, status: number) => {
    const limit = { commands: streams * depth }
    const { perSecond: rate, p50, p99 } = await load.run({ url, token, clients, paths, limit, body, status })
    return { rate, p50, p99 }
  }
  const ours = async (size: Size) => {
    const newEvents = newEventsOf(store)
    await newEvents()
    const ids = await inChunks(size.streams, () => createCampaign(service, token, newCampaign))
    const paths = ids.map((id) => `/v1/campaigns/${id}/rename`)
    const figures = await send(service, size, paths, newName, 200)
    requireLengths('The event store', [...(await newEvents()).values()], size)
    return figures
  }
  const theirs = async (size: Size) => {
    const carts = Array.from({ length: size.streams }, () => randomUUID())
    const paths = carts.map((id) => `/clients/${id}/shopping-carts/current/product-items`)
    const [url, body, status] = [emmett, oneMore, 204]
    await load.run({ url, token, clients: size.clients, paths, limit: { commands: size.streams }, body, status })
    const figures = await send(url, size, paths, body, status)
    requireLengths('Emmett', await cartLengths(db, carts), size)
    return figures
  }
  const candidates = sizes.flatMap((size): Candidate<keyof typeof units>[] => [
    { name: `BizOSaaS, ${named(size)}`, units, run: (round) => ours(sizeIn(round, size)) },
    { name: `Emmett, ${named(size)}`, units, run: (round) => theirs(sizeIn(round, size)) },
  ])
  const measured = await takeTurns(candidates, rounds, print)
  return publish('peers', measured, comparisons, [
    `Each command adds one event to a stream that has 1 to ${depth}: a campaign is renamed, or a product is put into a cart. With 1 client ${sizes[0].streams} streams get ${depth} each, with 32 clients ${sizes[1].streams}; afterwards every stream had exactly ${depth + 1}.`,
    'Both made every event durable before the answer: the embedded event store by an fsync, PostgreSQL 18 with fsync and synchronous_commit on.',
    'BizOSaaS also checks the access token and the idempotency key, validates by schema, encodes to Avro, and writes a log line a request. It remembers folded streams; Emmett reads the stream at each command.',
    `Emmett 0.42.0 as its sample uses it with Express 4, without inline projections (they would make it slower), its tables made beforehand, NODE_ENV=production, ${pool} connections: the driver's default; with 32 clients 20 or 32 make it no faster.`,
    'Services, stores and clients are a process each and share the cores.',
  ])
}

const sizeIn = (round: number, { clients, streams }: Size): Size => ({
  clients,
  streams: round === 0 ? streams * warmUp : streams,
})

const named = ({ clients }: Size): string => (clients === 1 ? '1 client' : `${clients} clients`)

const comparisons: Comparison[] = sizes.flatMap((size) => [
  {
    row: `BizOSaaS, ${named(size)}/rate`,
    beside: `Emmett, ${named(size)}/rate`,
    ...(size.clients === 32 ? { goal: atLeastRatio(2) } : {}),
  },
  { row: `BizOSaaS, ${named(size)}/p50`, beside: `Emmett, ${named(size)}/p50` },
  { row: `BizOSaaS, ${named(size)}/p99`, beside: `Emmett, ${named(size)}/p99` },
])

const requireDurable = async (db: pg.Pool): Promise<void> => {
  for (const name of ['fsync', 'synchronous_commit', 'full_page_writes']) {
    const { rows } = await db.query<{ value: string }>('SELECT current_setting($1) AS value', [name])
    if (rows[0]?.value !== 'on')
      throw new Error(`PostgreSQL runs with ${name} ${rows[0]?.value}: then nothing is equal.`)
  }
}

const cartLengths = async (db: pg.Pool, clients: readonly string[]): Promise<number[]> => {
  const streams = clients.map((id) => `shopping_cart:${id}:current`)
  const { rows } = await db.query<{ length: number }>(
    'SELECT count(*)::int AS length FROM emt_messages WHERE stream_id = ANY($1) GROUP BY stream_id',
    [streams],
  )
  return rows.map(({ length }) => length)
}

const requireLengths = (who: string, lengths: readonly number[], { streams }: Size): void => {
  const whole = lengths.filter((length) => length === depth + 1).length
  if (lengths.length !== streams || whole !== streams)
    throw new Error(`${who} has ${lengths.length} streams, ${whole} of them whole, instead of ${streams}.`)
}

const inChunks = async <Result>(count: number, run: () => Promise<Result>): Promise<Result[]> => {
  const results: Result[] = []
  while (results.length < count) {
    results.push(...(await Promise.all(Array.from({ length: Math.min(20, count - results.length) }, run))))
  }
  return results
}
