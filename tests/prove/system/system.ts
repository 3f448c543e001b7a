/**
 * A whole system of its own: the embedded parts, each behind a cable that can be damaged, and on them the units as separate
 * processes, more than one of each.
 */
import { appendFile, mkdir, realpath } from 'node:fs/promises'
import { join } from 'node:path'
import { settingsOf } from '../../../deploy/embedded/addresses.ts'
import { migrate } from '../../../deploy/embedded/migrations.ts'
import { parts as embeddedParts } from '../../../deploy/embedded/parts/index.ts'
import type { Part } from '../../../deploy/embedded/parts/part.ts'
import { freePorts, type Ports } from '../../../deploy/embedded/ports.ts'
import { readSecrets } from '../../../deploy/embedded/secrets.ts'
import { leftovers } from '../../../deploy/embedded/supervisor/leftovers.ts'
import { until } from '../../flow/until.ts'
import { type Cable, layCable } from './cable.ts'
import { type Keeper, keep } from './keeper.ts'
import { type Edge, unitsOf } from './units.ts'

type Settings = Readonly<Record<string, string>>

export type ProvenSystem = {
  /** Where the parts are, past the cables: for those who look on. */
  readonly settings: Settings
  readonly edges: readonly Edge[]
  /** Every process, by the name of its part or unit. */
  readonly keepers: ReadonlyMap<string, Keeper>
  /** By the name of the part. */
  readonly cables: ReadonlyMap<string, Cable>
  /** What is not as it should be, by name; none when every part answers and every unit says that it is ready. */
  readonly ailing: () => Promise<string[]>
  readonly stop: () => Promise<void>
  /** Processes of this system that still run. */
  readonly orphans: () => number[]
}

/** Which of the ports a part is reached at. */
const portOf = {
  kurrentdb: 'KURRENTDB_PORT',
  kafka: 'KAFKA_PORT',
  'schema-registry': 'SCHEMA_REGISTRY_PORT',
  postgres: 'POSTGRES_PORT',
  clickhouse: 'CLICKHOUSE_HTTP_PORT',
  valkey: 'VALKEY_PORT',
} as const satisfies Record<string, keyof Ports>

const startsWithinMs = 120_000

export const startSystem = async (folder: string): Promise<ProvenSystem> => {
  await mkdir(join(folder, 'logs'), { recursive: true })
  const mark = await realpath(folder)
  const ports = await freePorts()
  const secrets = readSecrets(mark)
  const cables = new Map<string, Cable>()
  const keepers = new Map<string, Keeper>()
  let stopped: Promise<void> | undefined
  const stop = () => {
    stopped ??= stopAll()
    return stopped
  }
  const stopAll = async () => {
    const all = [...keepers.values()].reverse()
    const isUnit = ({ name }: Keeper) => !(name in portOf)
    await Promise.all(all.filter(isUnit).map((keeper) => keeper.stop()))
    await Promise.all(all.filter((keeper) => !isUnit(keeper)).map((keeper) => keeper.stop()))
    await Promise.all([...cables.values()].map((cable) => cable.close()))
  }
  const start = (part: Part): void => {
    keepers.set(part.name, keep(part, mark, join(mark, 'logs', `${part.name}.log`)))
  }

  try {
    const proxied: Record<string, number> = { ...ports }
    for (const [name, port] of Object.entries(portOf)) {
      const cable = await layCable(ports[port])
      cables.set(name, cable)
      proxied[port] = cable.port
    }
    const parts = await Promise.all(
      Object.entries(embeddedParts).map(async ([name, describe]) => {
        const place = join(mark, name)
        await mkdir(place, { recursive: true })
        const part = describe({ folder: place, ports, secrets })
        await part.prepare()
        return part
      }),
    )
    await advertise(join(mark, 'kafka'), cables.get('kafka')?.port ?? 0)
    for (const part of parts) start(part)
    await until('every part answers', startsWithinMs, () => [...keepers.values()].every((keeper) => keeper.isUp()))

    const settings = settingsOf(ports, secrets)
    await migrate(settings)
    const units = await unitsOf({
      ...settingsOf(proxied as Ports, secrets),
      BIZOSAAS_ENV_FILE: '/dev/null',
      NODE_COMPILE_CACHE: join(mark, 'compile-cache'),
    })
    for (const unit of units.parts) start(unit)

    const ailing = async () => {
      const found = await Promise.all(
        [...keepers.values()].map(async (keeper) => ({
          name: keeper.name,
          ailment: await ailmentOf(keeper, () => units.askWhetherReady(keeper.name)),
        })),
      )
      const isRelay = ({ name }: { name: string }) => name.startsWith('relay')
      // Two relays supersede each other all the time: one of them works, and that is enough.
      const relayed = found.some((each) => isRelay(each) && each.ailment === null)
      return found.flatMap((each) => (each.ailment === null || (relayed && isRelay(each)) ? [] : [each.ailment]))
    }
    return {
      settings,
      edges: units.edges,
      keepers,
      cables,
      ailing,
      stop,
      orphans: () => leftovers(mark),
    }
  } catch (error) {
    await stop()
    throw error
  }
}

const ailmentOf = async (keeper: Keeper, ask: () => Promise<unknown>): Promise<string | null> => {
  if (!keeper.isUp()) return `${keeper.name} does not run`
  return ask().then(
    () => null,
    (error: Error) => `${keeper.name}: ${error.message}`,
  )
}

/**
 * Kafka tells its clients where to find it: behind the cable. And a broker that was killed may come back before half a
 * minute of the storm is over.
 */
const advertise = (folder: string, port: number): Promise<void> =>
  appendFile(
    join(folder, 'server.properties'),
    `advertised.listeners=PLAINTEXT://127.0.0.1:${port}\nbroker.session.timeout.ms=3000\nbroker.heartbeat.interval.ms=500\n`,
  )
