/** Puts load on a service: each client sends its next request when it has the answer to the one before. */
import { randomUUID } from 'node:crypto'
import { percentile } from '../lib/statistics.ts'
import { serveTasks } from '../lib/worker.ts'
import { openConnection } from './connection.ts'

export type Load = {
  readonly url: string
  readonly token: string
  /** One client each, and where it sends its requests. */
  readonly paths: readonly string[]
  readonly seconds: number
  /** `#` in it becomes the number of the request. */
  readonly body: string
  /** What every answer must have. */
  readonly status: number
}

export type Taken = {
  readonly accepted: number
  readonly perSecond: number
  /** Milliseconds from sending to having the whole answer. */
  readonly p50: number
  readonly p99: number
}

serveTasks<Load, Taken>(async (load) => {
  const url = new URL(load.url)
  const clients = await Promise.all(load.paths.map(async (path) => ({ path, connection: await openConnection(url) })))
  const latencies: number[] = []
  const start = performance.now()
  const end = start + load.seconds * 1_000

  const work = async ({ path, connection }: (typeof clients)[number]): Promise<void> => {
    for (let now = performance.now(); now < end; ) {
      const status = await connection.send(requestOf(load, url, path, latencies.length))
      if (status !== load.status) throw new Error(`POST ${path} was answered ${status} instead of ${load.status}`)
      const then = performance.now()
      latencies.push(then - now)
      now = then
    }
  }
  try {
    await Promise.all(clients.map(work))
  } finally {
    for (const { connection } of clients) connection.close()
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
