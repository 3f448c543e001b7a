/**
 * How many commands the campaigns service accepts, and how fast, through HTTP and with every event made durable; beside
 * Express alone, which sends the same body back. Service, event store, echo and clients are a process each.
 */
import { randomUUID } from 'node:crypto'
import { connectEventStore } from '@bizosaas/event-store'
import type { Load, Taken } from './commands/load.ts'
import { startCampaigns } from './commands/service.ts'
import { createCampaign } from './lib/campaigns.ts'
import { atEnd } from './lib/clean-up.ts'
import { newEventsOf } from './lib/new-events.ts'
import { openParts } from './lib/parts.ts'
import { atLeast, atMost, type Comparison, publish } from './lib/report.ts'
import { type Candidate, takeTurns } from './lib/rounds.ts'
import { newToken } from './lib/token.ts'
import { startWorker } from './lib/worker.ts'

const seconds = 3
const numbers = [1, 32] as const
/** Renamed in turn, so that no stream gets long. As many for each client. */
const renamed = 96

const units = { rate: 'commands/s', p50: 'ms', p99: 'ms' }
const newCampaign = JSON.stringify({
  clientId: randomUUID(),
  name: 'Spring sale #',
  objective: 'Bring people back who have not bought since the winter',
})
const newName = JSON.stringify({ name: 'Spring sale, second try #' })

export const bench = async (print: (line: string) => void, rounds: number): Promise<string> => {
  const parts = await openParts(print)
  await parts.start('kurrentdb')
  const service = await startCampaigns(parts.settings, parts.folder)
  const echo = await startWorker<null, string>(new URL('./commands/echo.ts', import.meta.url)).run(null)
  const load = startWorker<Load, Taken>(new URL('./commands/load.ts', import.meta.url))
  const token = newToken(parts.settings)
  const store = connectEventStore(parts.settings.KURRENTDB_URL ?? '')
  atEnd(() => store.close())
  const newEvents = newEventsOf(store)

  const run = async (task: Omit<Load, 'token' | 'limit' | 'body'>, body: string, events: number) => {
    await newEvents()
    const { accepted, perSecond, p50, p99 } = await load.run({ ...task, body, token, limit: { seconds } })
    const found = (await newEvents()).values().reduce((sum, count) => sum + count, 0)
    if (found !== accepted * events)
      throw new Error(`${accepted} commands were accepted, but ${found} events are stored`)
    return { rate: perSecond, p50, p99 }
  }
  const create = async (clients: number, url: string, events: number) =>
    run({ url, clients, paths: ['/v1/campaigns'], status: 201 }, newCampaign, events)
  const rename = async (clients: number) => {
    const campaigns = await Promise.all(
      Array.from({ length: renamed }, () => createCampaign(service, token, newCampaign)),
    )
    const paths = campaigns.map((id) => `/v1/campaigns/${id}/rename`)
    return run({ url: service, clients, paths, status: 200 }, newName, 1)
  }
  const candidates = numbers.flatMap((clients): Candidate<keyof typeof units>[] => {
    const name = (what: string) => `${what}, ${clients} ${clients === 1 ? 'client' : 'clients'}`
    return [
      { name: name('create'), units, run: () => create(clients, service, 1) },
      { name: name('rename'), units, run: () => rename(clients) },
      { name: name('echo'), units: { ...units, rate: 'requests/s' }, run: () => create(clients, echo, 0) },
    ]
  })

  const measured = await takeTurns(candidates, rounds, print)
  return publish('commands', measured, comparisons, [
    `Each client sends its next command when it has the answer; ${seconds} s a run. Access token checked, idempotency key sent, one event a command.`,
    `create makes a new campaign each time; rename goes to ${renamed} new campaigns in turn.`,
    'Every answer was 201 (rename 200), and the event store holds as many new events as commands were accepted.',
    'echo is Express 5 with express.json(), which answers 201 with the body of create.',
    'Event store: the embedded node, an fsync before each acknowledgement. Service, event store, clients share the cores.',
  ])
}

const comparisons: Comparison[] = [
  { row: 'create, 1 client/rate', beside: 'echo, 1 client/rate' },
  { row: 'create, 1 client/p50', beside: 'echo, 1 client/p50', goal: atMost(5) },
  { row: 'create, 1 client/p99', beside: 'echo, 1 client/p99' },
  { row: 'create, 32 clients/rate', beside: 'echo, 32 clients/rate', goal: atLeast(1_500) },
  { row: 'create, 32 clients/p50', beside: 'echo, 32 clients/p50' },
  { row: 'create, 32 clients/p99', beside: 'echo, 32 clients/p99' },
]
