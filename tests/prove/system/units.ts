/** The units, each a process of its own, and more than one of each: so that they take work from each other. */
import { fileURLToPath } from 'node:url'
import { upstreamsAt } from '../../../deploy/embedded/addresses.ts'
import { nodeFlags } from '../../../deploy/embedded/node-flags.ts'
import type { Part } from '../../../deploy/embedded/parts/part.ts'
import { freePort } from '../../../deploy/embedded/ports.ts'
import { askAt } from './ask-at.ts'

export type Edge = { readonly campaigns: string; readonly integrations: string; readonly query: string }

export type Units = {
  readonly parts: readonly Part[]
  /** Where each instance of the services answers. */
  readonly edges: readonly Edge[]
  /** Rejects unless the unit says that it is ready. */
  readonly askWhetherReady: (name: string) => Promise<unknown>
}

type Settings = Readonly<Record<string, string>>

const fileOf = (name: string) => fileURLToPath(new URL(`../../../${name}`, import.meta.url))

const common = {
  prepare: async () => {},
  ports: [],
  readyWithinMs: 60_000,
  stopSignal: 'SIGTERM',
  stopWithinMs: 25_000,
  damaged: /^(?!)/,
} as const

/** @param settings where the units find the parts */
export const unitsOf = async (settings: Settings): Promise<Units> => {
  const probes = new Map<string, readonly string[]>()
  const parts: Part[] = []
  const unit = (name: string, command: readonly string[], env: Settings, urls: readonly string[]): Part => {
    probes.set(name, urls)
    return {
      ...common,
      name,
      title: name,
      command: [process.execPath, ...command],
      env: { ...settings, ...env, NODE_ENV: 'production' },
      // It lives when it answers; whether it is ready depends on the others, who are being killed as well.
      probe: async (signal) => {
        await Promise.all(urls.map((url) => askAt(`${url}/livez`, signal)))
      },
    }
  }

  for (const name of ['relay-1', 'relay-2', 'runner-1', 'runner-2', 'runner-3']) {
    const port = String(await freePort())
    const url = `http://127.0.0.1:${port}`
    const program = name.startsWith('relay') ? 'streams/relay/main.ts' : 'projections/runner/main.ts'
    parts.push(unit(name, [...nodeFlags, fileOf(program)], { HEALTH_PORT: port }, [url]))
  }
  const edges: Edge[] = []
  for (const name of ['edge-1', 'edge-2']) {
    const env: Record<string, string> = {}
    const urls: Record<string, string> = {}
    // Each service of it, whichever there are, listens on a port of its own.
    for (const setting of Object.keys(settings).filter((each) => each.endsWith('_PORT'))) {
      env[setting] = String(await freePort())
      urls[setting] = `http://127.0.0.1:${env[setting]}`
    }
    // Its gateway is in front of its own services.
    env.GATEWAY_UPSTREAMS = upstreamsAt(env)
    env.JWKS_URL = `${urls.USERS_PORT}/oidc/jwks`
    const { CAMPAIGNS_PORT: campaigns = '', INTEGRATIONS_PORT: integrations = '', QUERY_PORT: query = '' } = urls
    edges.push({ campaigns, integrations, query })
    parts.push(unit(name, [...nodeFlags, fileOf('deploy/embedded/edge.ts')], env, Object.values(urls)))
  }
  return {
    parts,
    edges,
    askWhetherReady: (name) =>
      Promise.all((probes.get(name) ?? []).map((url) => askAt(`${url}/readyz`, AbortSignal.timeout(5_000)))),
  }
}
