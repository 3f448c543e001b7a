/** What a benchmark measures against: embedded parts of its own, or those that the environment names. */
import { mkdirSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { settingsOf } from '@bizosaas/embedded/addresses.ts'
import { migrate } from '@bizosaas/embedded/migrations.ts'
import { parts } from '@bizosaas/embedded/parts/index.ts'
import { freePorts } from '@bizosaas/embedded/ports.ts'
import { readSecrets } from '@bizosaas/embedded/secrets.ts'
import { startChild } from '@bizosaas/embedded/supervisor/child.ts'
import { openLogFile } from '@bizosaas/embedded/supervisor/log-file.ts'
import { untilReady } from '@bizosaas/embedded/supervisor/ready.ts'
import { readSigningKeys } from '@bizosaas/http'
import { publishKeys } from '@bizosaas/http/testing/published-keys.ts'
import { atEnd } from './clean-up.ts'

export type PartName = 'kurrentdb' | 'kafka' | 'schema-registry' | 'postgres' | 'clickhouse' | 'valkey'

export type Parts = {
  /** Every setting to reach them. */
  readonly settings: Readonly<Record<string, string>>
  /** A folder for logs and the like; removed at the end. */
  readonly folder: string
  readonly start: (...names: PartName[]) => Promise<void>
  /** Stops those that are not needed any more, so that they take no time from what is measured next. */
  readonly stop: (...names: PartName[]) => Promise<void>
  /** Makes the tables that the units share. */
  readonly migrate: () => Promise<void>
}

const nothing = async (): Promise<void> => {}

type Running = { readonly stop: () => Promise<unknown> }

/**
 * Parts on free ports and a folder of their own. They are not kept running: one that ends makes the benchmark fail. Where
 * KURRENTDB_URL is set, the parts that the environment names are used instead, and none is started or stopped.
 *
 * @param kept a folder that stays, with what the parts hold, for the next time
 */
export const openParts = async (print: (line: string) => void, kept?: string): Promise<Parts> => {
  const folder = kept ?? (await mkdtemp(join(tmpdir(), 'bizosaas-bench-')))
  if (kept === undefined) atEnd(() => rm(folder, { recursive: true, force: true }))
  const secrets = readSecrets(folder)
  // The users service, which publishes them otherwise, is not among what is measured.
  const published = await publishKeys(() =>
    readSigningKeys(secrets.signingKeysFolder).map(({ publicKey }) => publicKey),
  )
  atEnd(published.stop)
  const keys = { JWKS_URL: published.url, SIGNING_KEYS_DIR: secrets.signingKeysFolder }
  const ports = await freePorts()

  if (process.env.KURRENTDB_URL !== undefined) {
    print('The parts are those that the environment names.')
    const given = Object.fromEntries(Object.entries(process.env).map(([name, value]) => [name, value ?? '']))
    const settings = { ...given, CAMPAIGNS_PORT: String(ports.CAMPAIGNS_PORT), ...keys }
    return { settings, folder, start: nothing, stop: nothing, migrate: nothing }
  }

  const running = new Map<PartName, Running>()
  const start = async (name: PartName): Promise<void> => {
    const describe = parts[name]
    if (describe === undefined) throw new Error(`There is no part ${name}`)
    mkdirSync(join(folder, name), { recursive: true })
    const part = describe({ folder: join(folder, name), ports, secrets })
    const log = openLogFile(join(folder, `${name}.log`))
    await part.prepare()
    const child = startChild(part, folder, log)
    running.set(name, child)
    await untilReady(part, child, log)
  }
  const stop = async (names: Iterable<PartName>): Promise<void> => {
    await Promise.all(Array.from(names, (name) => running.get(name)?.stop()))
    for (const name of names) running.delete(name)
  }
  atEnd(() => stop([...running.keys()]))
  const settings: Record<string, string> = { ...settingsOf(ports, secrets), ...keys }
  return {
    settings,
    folder,
    async start(...names) {
      print(`Starting ${names.join(', ')} …`)
      await Promise.all(names.map(start))
    },
    stop: (...names) => stop(names),
    migrate: () => migrate(settings),
  }
}
