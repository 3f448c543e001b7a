/** Puts load on a service: each client sends its next request when it has the answer to the one before. */
import { randomUUID } from 'node:crypto'
import { percentile } from '../lib/statistics.ts'
import { serveTasks } from '../lib/worker.ts'
import { type Connection, openConnection } from './connection.ts'

export type Load = {
  readonly url: string
  readonly token: string
  readonly clients: number
  /** Where the requests go in turn; if there are as many for each client, no two clients share one. */
  readonly paths: readonly string[]
  /** How long, or how many in all. */
  readonly limit: { readonly seconds: number } | { readonly commands: number }
  /** `#` in it becomes the number of the request. */
  readonly body: string
  /** What every answer must have. */
  readonly status: number
}

type Limit = { seconds: number; commands: number }

export type Taken = {
  readonly accepted: number
  readonly perSecond: number
  /** Milliseconds from sending to having the whole answer. */
  readonly p50: number
  readonly p99: number
}

serveTasks<Load, Taken>(async (load) => {
  const url = new URL(load.url)
  const connections = await Promise.all(Array.from({ length: load.clients }, () => openConnection(url)))
  const latencies: number[] = []
  const start = performance.now()
  const { seconds = Number.POSITIVE_INFINITY, commands = Number.POSITIVE_INFINITY } = load.limit as Partial<Limit>
  const end = start + seconds * 1_000

  const work = async (connection: Connection, client: number): Promise<void> => {
    let now = performance.now()
    for (let n = client; now < end && n < commands; n += load.clients) {
      const path = load.paths[n % load.paths.length] ?? ''
      const status = await connection.send(requestOf(load, url, path, latencies.length))
      if (status !== load.status) throw new Error(`POST ${path} was answered ${status} instead of ${load.status}`)
      const then = performance.now()
      latencies.push(then - now)
      now = then
    }
  }
  try {
    await Promise.all(connections.map(work))
  } finally {
    for (const { close } of connections) close()
  }
  const accepted = latencies.length
  const perSecond = accepted / ((performance.now() - start) / 1_000)
  return { accepted, perSecond, p50: percentile(latencies, 0.5), p99: percentile(latencies, 0.99) }
})

const requestOf = ({ token, body }: Load, { host }: URL, path: string, n: number): string => {
  // A name that is never the one before, of always the same length.
  const said = body.replace('#', String(n % 1_000_000).padStart(6, '0'))
  return [
    `POST ${path} HTTP/1.1`,
    `Host: ${host}`,
    `Authorization: Bearer ${token}`,
    'Content-Type: application/json',
    `Content-Length: ${said.length}`,
    `Idempotency-Key: ${randomUUID()}`,
    '',
    said,
  ].join('\r\n')
}
