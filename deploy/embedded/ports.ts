import { randomInt } from 'node:crypto'
import { createServer } from 'node:net'
import type { SettingName } from '@bizosaas/runtime'

/** What listens, by the setting that says where. */
export const portNames = [
  'KURRENTDB_PORT',
  'KAFKA_PORT',
  'KAFKA_CONTROLLER_PORT',
  'SCHEMA_REGISTRY_PORT',
  'POSTGRES_PORT',
  'CLICKHOUSE_HTTP_PORT',
  'VALKEY_PORT',
  'USERS_PORT',
  'CAMPAIGNS_PORT',
  'ANALYTICS_PORT',
  'INTEGRATIONS_PORT',
  'QUERY_PORT',
  'ROUTE_POLICIES_PORT',
  'GATEWAY_PORT',
  'HEALTH_PORT',
] as const satisfies readonly SettingName[]

export type PortName = (typeof portNames)[number]
export type Ports = Readonly<Record<PortName, number>>

/**
 * Below those that the kernel lends to outgoing connections: of these, one may take the port of a part while that is down,
 * or connect to itself there, and the part does not come up again.
 */
const [lowest, highest] = [10_000, 32_767]

/** A free port for each name. All are held until the last is found, so that they differ. */
export async function freePorts(): Promise<Ports> {
  const held = await Promise.all(portNames.map(async (name) => ({ name, ...(await holdAny()) })))
  await Promise.all(held.map(({ release }) => release()))
  return Object.fromEntries(held.map(({ name, port }) => [name, port])) as Ports
}

export async function freePort(): Promise<number> {
  const { port, release } = await holdAny()
  await release()
  return port
}

/** @returns whether something already listens on the port, on 127.0.0.1 or on every address */
export async function isTaken(port: number): Promise<boolean> {
  try {
    const { release } = await hold(port)
    await release()
    return false
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EADDRINUSE') return true
    throw error
  }
}

async function holdAny(): ReturnType<typeof hold> {
  for (;;) {
    try {
      return await hold(randomInt(lowest, highest + 1))
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE') throw error
    }
  }
}

function hold(port: number): Promise<{ port: number; release: () => Promise<void> }> {
  return new Promise((resolve, reject) => {
    const server = createServer()
    server.once('error', reject)
    server.listen({ port, host: '127.0.0.1', exclusive: true }, () => {
      const address = server.address()
      const release = () => new Promise<void>((released) => server.close(() => released()))
      resolve({ port: typeof address === 'object' && address !== null ? address.port : port, release })
    })
  })
}
