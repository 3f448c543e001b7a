import { createServer, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createHealth, type Health } from './health.ts'
import { exposeHealth } from './health-metrics.ts'
import { log } from './log.ts'
import { metrics } from './metrics.ts'
import { CannotStart, type Stop } from './unit.ts'

type Watched = {
  /** The unit's name, as its log has it. */
  readonly name: string
  readonly host: string
  /** 0 takes any free port, which the log then tells. */
  readonly port: number
}

/**
 * Starts a unit that answers nobody's requests, such as the relay, beside a small server for those who watch it:
 * `/livez`, `/readyz` (503 until it has started, and while a check fails) and `/metrics`. Without it nobody would see
 * from outside that a partition is halted or that a projection has stopped.
 *
 * @throws CannotStart when the port is taken; and whatever `start` throws
 */
export async function withProbes(
  { name, host, port }: Watched,
  start: (health: Health) => Promise<Stop>,
): Promise<Stop> {
  const unitLog = log.child({ unit: name })
  const health = createHealth((check, reason) => unitLog.warn({ check, reason }, 'not ready'))
  let started = false
  const report: Health['report'] = async () => (started ? health.report() : { ready: false, checks: {} })
  const server = createServer((request, response) => {
    const path = request.url?.split('?', 1)[0]
    answer(path, response, report).catch((error) => {
      unitLog.error({ err: error }, 'a probe could not be answered')
      response.destroy()
    })
  })
  await listen(server, name, host, port)
  const conceal = exposeHealth(name, report)
  const { port: taken } = server.address() as AddressInfo
  unitLog.info({ port: taken }, 'health and metrics')

  const close = () =>
    new Promise<void>((closed) => {
      conceal()
      server.close(() => closed())
      server.closeAllConnections()
    })
  try {
    const stop = await start(health)
    started = true
    return async () => {
      await stop()
      await close()
    }
  } catch (error) {
    await close()
    throw error
  }
}

const json = { 'Content-Type': 'application/json' }

async function answer(path: string | undefined, response: ServerResponse, report: Health['report']): Promise<void> {
  if (path === '/livez') {
    response.writeHead(200, json).end('{"alive":true}')
  } else if (path === '/readyz') {
    const found = await report()
    response.writeHead(found.ready ? 200 : 503, json).end(JSON.stringify(found))
  } else if (path === '/metrics') {
    response.writeHead(200, { 'Content-Type': metrics.contentType }).end(await metrics.metrics())
  } else {
    response.writeHead(404).end()
  }
}

function listen(server: Server, name: string, host: string, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', (cause: NodeJS.ErrnoException) => {
      const message = `${name} cannot listen on ${host}:${port} (${cause.code}): set HEALTH_PORT to a free port and HOST to an address of this machine.`
      reject(new CannotStart(message, { cause }))
    })
    server.listen(port, host, () => resolve())
  })
}
