import { fileURLToPath } from 'node:url'
import { projections } from '@bizosaas/projections/all.ts'
import { host } from './addresses.ts'
import { nodeFlags } from './node-flags.ts'
import type { Part } from './parts/part.ts'
import type { Ports } from './ports.ts'

type Environment = Readonly<Record<string, string | undefined>>

/** The two Node processes that hold the units, so that a replay cannot stall requests. */
export function unitProcesses(ports: Ports, environment: Environment): Part[] {
  const services = [
    'CAMPAIGNS_PORT',
    'ANALYTICS_PORT',
    'INTEGRATIONS_PORT',
    'QUERY_PORT',
    'USERS_PORT',
    'ROUTE_POLICIES_PORT',
    'GATEWAY_PORT',
  ] as const
  const common = {
    prepare: async () => {},
    // A laptop that is busy with something else takes long to start them; one that cannot start says so before.
    readyWithinMs: 120_000,
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
      command: [process.execPath, ...nodeFlags, fileOf('flow.ts')],
      env: { ...env, HEALTH_PORT: String(ports.HEALTH_PORT) },
      probe: readyButForLostModels(ports.HEALTH_PORT),
    },
    {
      ...common,
      name: 'edge',
      title: 'Services',
      ports: services,
      command: [process.execPath, ...nodeFlags, fileOf('edge.ts')],
      env,
      probe: async (signal) => {
        await Promise.all(services.map((port) => askWhetherReady(ports[port], signal)))
      },
    },
  ]
}

const patienceMs = 20_000

/**
 * A read model that is lost waits for an operator, who needs the rest of the system to have it built anew. So what is not ready
 * but for read models counts as up, once all of them had the time to begin.
 */
function readyButForLostModels(port: number): Part['probe'] {
  const models = new Set(projections.map(({ name }) => name))
  let since: number | null = null
  return async (signal) => {
    const answer = await fetch(`http://${host}:${port}/readyz`, { signal }).catch((error) => {
      since = null // it is being started
      throw error
    })
    const report = await answer.text()
    if (answer.ok) return
    const checks = Object.entries((JSON.parse(report) as { checks: Readonly<Record<string, string>> }).checks)
    if (checks.length > 0) since ??= Date.now()
    const onlyModelsFail = checks.every(([name, found]) => found === 'ok' || models.has(name))
    if (since === null || Date.now() - since < patienceMs || !onlyModelsFail)
      throw new Error(`/readyz on port ${port} answers ${answer.status} ${report}`)
  }
}

async function askWhetherReady(port: number, signal: AbortSignal): Promise<void> {
  const answer = await fetch(`http://${host}:${port}/readyz`, { signal })
  const report = await answer.text()
  if (!answer.ok) throw new Error(`/readyz on port ${port} answers ${answer.status} ${report}`)
}
