import { fileURLToPath } from 'node:url'
import { host } from './addresses.ts'
import { flowFlags } from './flow-flags.ts'
import type { Part } from './parts/part.ts'
import type { Ports } from './ports.ts'

type Environment = Readonly<Record<string, string | undefined>>

/** The two Node processes that hold the units, so that a replay cannot stall requests. */
export function unitProcesses(ports: Ports, environment: Environment): Part[] {
  const services = [ports.CAMPAIGNS_PORT, ports.ANALYTICS_PORT, ports.INTEGRATIONS_PORT, ports.QUERY_PORT]
  const common = {
    prepare: async () => {},
    readyWithinMs: 60_000,
    stopSignal: 'SIGTERM',
    stopWithinMs: 25_000,
    damaged: /^(?!)/,
  } as const
  const fileOf = (name: string) => fileURLToPath(new URL(name, import.meta.url))
  const env = { ...environment, NODE_ENV: 'production' }
  return [
    {
      ...common,
      name: 'flow',
      title: 'Relay and projections',
      ports: ['HEALTH_PORT'],
      command: [process.execPath, ...flowFlags, fileOf('flow.ts')],
      env: { ...env, HEALTH_PORT: String(ports.HEALTH_PORT) },
      probe: (signal) => askWhetherReady(ports.HEALTH_PORT, signal),
    },
    {
      ...common,
      name: 'edge',
      title: 'Services',
      ports: ['CAMPAIGNS_PORT', 'ANALYTICS_PORT', 'INTEGRATIONS_PORT', 'QUERY_PORT'],
      command: [process.execPath, fileOf('edge.ts')],
      env,
      probe: async (signal) => {
        await Promise.all(services.map((port) => askWhetherReady(port, signal)))
      },
    },
  ]
}

async function askWhetherReady(port: number, signal: AbortSignal): Promise<void> {
  const answer = await fetch(`http://${host}:${port}/readyz`, { signal })
  const report = await answer.text()
  if (!answer.ok) throw new Error(`/readyz on port ${port} answers ${answer.status} ${report}`)
}
