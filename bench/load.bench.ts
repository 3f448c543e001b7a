/**
 * Commands at a fixed rate on a whole system: how long they take, and how long until a reader sees them. Latencies count
 * from the time at which a command was to be sent (open loop).
 */
import { connectEventStore } from '@bizosaas/event-store'
import { calmness } from './lib/calm.ts'
import { atEnd } from './lib/clean-up.ts'
import { newEventsOf } from './lib/new-events.ts'
import { atMost, type Comparison, publish } from './lib/report.ts'
import { percentile } from './lib/statistics.ts'
import { type System, startSystem } from './lib/system.ts'
import { startWorker } from './lib/worker.ts'
import type { Load, Taken } from './load/generate.ts'
import { newTenants } from './load/tenants.ts'

/** What can be said on the command line. */
export type Options = { readonly rate: number; readonly seconds: number | undefined; readonly parts: readonly string[] }

/** Not counted: connections, compiled code, caches. */
const warmUpSeconds = 15

export const bench = async (
  print: (line: string) => void,
  _rounds: number,
  { rate, seconds = 300 }: Options,
): Promise<string> => {
  const system = await startSystem(print)
  const { run } = await loadOn(system)
  print(`Warming up for ${warmUpSeconds} s …`)
  await run({ rate, seconds: warmUpSeconds })
  const surroundings = [await calmness(10_000)()]
  print(`${rate} commands/s for ${seconds} s …`)
  const taken = await run({ rate, seconds })
  const rows = figuresOf(taken)
  const samples = rows.map(([candidate, reading, unit, value]) => ({ candidate, reading, unit, values: [value] }))
  return publish('load', { samples, surroundings }, comparisons, [
    `${rate} commands/s for ${seconds} s, each sent at its time whether others were answered or not; latency counts from that time. 2 % are pages of 20 figures, 10 % draft a campaign, the others rename one of 1,000 of 20 tenants.`,
    'Visible: from the same time until the query API, asked with the consistency token of the command, shows it. One campaign command in 20 is followed so, and every page.',
    'Everything runs on the same cores, as by npm start: stores, broker, registry, services, relay, projections, and the load. Every accepted command is in the event store, and every answer had what its token stands for.',
  ])
}

/** Puts load on a system, and holds what was answered against what is stored. */
export const loadOn = async (system: System) => {
  const { settings } = system
  const store = connectEventStore(settings.KURRENTDB_URL ?? '')
  atEnd(() => store.close())
  const tenants = await newTenants(system)
  const newEvents = newEventsOf(store)
  await newEvents()
  const worker = startWorker<Load, Taken>(new URL('./load/generate.ts', import.meta.url))
  const urls = {
    campaigns: `http://127.0.0.1:${settings.CAMPAIGNS_PORT}`,
    integrations: `http://127.0.0.1:${settings.INTEGRATIONS_PORT}`,
    query: `http://127.0.0.1:${settings.QUERY_PORT}`,
  }
  const total = { sent: 0, accepted: 0, stored: 0 }
  return {
    run: async (options: {
      readonly rate: number
      readonly seconds: number
      readonly questions?: number
    }): Promise<Taken> => {
      const taken = await worker.run({ ...urls, tenants, questions: 0, ...options })
      const commands = taken.sent.filter(({ isCampaign }) => isCampaign)
      total.sent += commands.length
      total.accepted += commands.filter(isAccepted).length
      for (const [stream, count] of await newEvents()) if (stream.startsWith('campaign-')) total.stored += count
      // What was not answered with success may be stored all the same, also later.
      if (total.stored < total.accepted || total.stored > total.sent)
        throw new Error(
          `Of ${total.sent} commands ${total.accepted} were accepted, but ${total.stored} events are stored`,
        )
      return taken
    },
  }
}

export const isAccepted = ({ status }: { readonly status: number }): boolean => status === 200 || status === 201

type Figure = readonly [candidate: string, reading: string, unit: string, value: number]

const shares = { p50: 0.5, p99: 0.99, 'p99.9': 0.999 } as const

const figuresOf = ({ sent, seen, late }: Taken): Figure[] => {
  const visibleIn = (store: 'postgres' | 'clickhouse') =>
    seen.filter((one) => one.store === store).map(({ ms }) => ms ?? Number.POSITIVE_INFINITY)
  const latencies: readonly (readonly [string, number[]])[] = [
    ['command', sent.map(({ ms }) => ms)],
    ['visible in Postgres', visibleIn('postgres')],
    ['visible in ClickHouse', visibleIn('clickhouse')],
    ['sent late', [...late]],
  ]
  return [
    ['command', 'accepted', 'commands', sent.filter(isAccepted).length],
    ['command', 'failed', 'commands', sent.filter((one) => !isAccepted(one)).length],
    ...latencies.flatMap(([name, values]) =>
      Object.entries(shares).map(([reading, share]): Figure => [name, reading, 'ms', percentile(values, share)]),
    ),
  ]
}

const comparisons: Comparison[] = [
  { row: 'command/failed', goal: atMost(0) },
  { row: 'command/p99', goal: atMost(50) },
  { row: 'visible in Postgres/p99', goal: atMost(250) },
  { row: 'visible in ClickHouse/p99', goal: atMost(1_000) },
]
