import { mkdirSync, realpathSync } from 'node:fs'
import path from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { settingsOf } from '../addresses.ts'
import { Problem } from '../bootstrap/problem.mjs'
import { step } from '../bootstrap/progress.mjs'
import { migrate } from '../migrations.ts'
import { parts } from '../parts/index.ts'
import type { Part } from '../parts/part.ts'
import type { Ports } from '../ports.ts'
import { readSecrets } from '../secrets.ts'
import { unitProcesses } from '../unit-processes.ts'
import { refuseBadPlace } from './checks.ts'
import { endLeftovers } from './leftovers.ts'
import { lock } from './lock.ts'
import { readState, type State, writeState } from './state.ts'
import { type Supervised, supervise, type Watch } from './supervise.ts'

const stopsWithinMs = 60_000

/** Everything that is supervised on one data folder. */
export type Stack = {
  /** Every setting that a unit needs to take part. */
  readonly settings: Readonly<Record<string, string>>
  /** Starts the parts side by side, and then the units on them. @throws Problem when one does not come up */
  readonly start: () => Promise<void>
  /** Stops in reverse order what was started so far; may be called during the start, and more than once. */
  readonly stop: () => Promise<void>
}

export type StackOptions = {
  readonly dataFolder: string
  readonly ports: Ports
  /** Settings beside those that the stack computes. */
  readonly environment: Readonly<Record<string, string | undefined>>
  readonly withUnits: boolean
  readonly say: (line: string) => void
  readonly gaveUp: (problem: Problem) => void
}

/**
 * Takes the data folder for this process.
 *
 * @throws Problem when another process has it
 */
export async function takeStack({
  dataFolder,
  ports,
  environment,
  withUnits,
  say,
  gaveUp,
}: StackOptions): Promise<Stack> {
  mkdirSync(path.join(dataFolder, 'logs'), { recursive: true })
  const mark = realpathSync(dataFolder)
  const unlock = await takeLock(mark)
  const ended = await endLeftovers(mark)
  if (ended > 0) say(`Ended ${ended} ${ended === 1 ? 'process' : 'processes'} that an earlier start left behind.`)

  const secrets = readSecrets(mark)
  // Whoever puts a proxy in front says what the system is called from outside.
  const issuer = environment.JWT_ISSUER ? { JWT_ISSUER: environment.JWT_ISSUER } : {}
  const settings = { ...settingsOf(ports, secrets), ...issuer }
  const place = (name: string) => {
    const folder = path.join(mark, name)
    mkdirSync(folder, { recursive: true })
    return { folder, ports, secrets }
  }
  const layers = [Object.entries(parts).map(([name, describe]) => describe(place(name)))]
  if (withUnits) layers.push(unitProcesses(ports, { ...environment, ...settings }))

  let state: State = { pid: process.pid, startedAt: new Date().toISOString(), stopping: false, parts: {}, settings }
  const remember = (change: Partial<State>) => {
    state = { ...state, ...change }
    writeState(mark, state)
  }
  const changed: Watch['changed'] = (part, of, pid, restarts) => {
    const status = { state: of, pid, restarts, ports: part.ports.map((name) => ports[name]) }
    remember({ parts: { ...state.parts, [part.name]: status } })
  }

  const started: Supervised[][] = []
  const startPart = async (part: Part, layer: Supervised[]) => {
    const shown = step(part.title, 'preparing')
    try {
      await part.prepare()
      if (state.stopping) return shown.skip()
      shown.waitFor('starting')
      const supervised = supervise(part, mark, path.join(mark, 'logs', `${part.name}.log`), { changed, say, gaveUp })
      layer.push(supervised)
      await supervised.ready
      shown.done()
    } catch (error) {
      if (state.stopping) return shown.skip()
      shown.failed()
      throw error
    }
  }

  const start = async () => {
    await refuseBadPlace(mark, layers.flat(), ports)
    for (const [index, layer] of layers.entries()) {
      if (index > 0) await migrate(settings)
      if (state.stopping) return
      const running: Supervised[] = []
      started.push(running)
      await Promise.all(layer.map((part) => startPart(part, running)))
    }
  }

  let stopped: Promise<void> | undefined
  const stopAll = async () => {
    remember({ stopping: true })
    for (const layer of started.reverse()) await Promise.all(layer.map((supervised) => supervised.stop()))
    unlock()
  }
  const stop = () => {
    stopped ??= stopAll()
    return stopped
  }
  return { settings, start, stop }
}

/** Takes the lock; one that is about to be released is waited for. */
async function takeLock(mark: string): Promise<() => void> {
  const deadline = Date.now() + stopsWithinMs
  for (;;) {
    const unlock = await lock(mark)
    if (unlock !== null) return unlock
    const other = readState(mark)
    if (!other?.stopping || Date.now() > deadline) {
      throw new Problem(
        `BizOSaaS already runs on ${mark} (process ${other?.pid}): stop it with "npm run stack -- stop", or set BIZOSAAS_DATA_DIR to another folder.`,
      )
    }
    await delay(100)
  }
}
