import { mkdirSync, realpathSync } from 'node:fs'
import path from 'node:path'
import { settingsOf } from '../addresses.ts'
import { Problem } from '../bootstrap/problem.mjs'
import { step } from '../bootstrap/progress.mjs'
import { parts } from '../parts/index.ts'
import type { Part } from '../parts/part.ts'
import type { Ports } from '../ports.ts'
import { readSecrets } from '../secrets.ts'
import { refuseBadPlace } from './checks.ts'
import { endLeftovers } from './leftovers.ts'
import { lock } from './lock.ts'
import { readState, writeState } from './state.ts'
import { type Supervised, supervise, type Watch } from './supervise.ts'

export type Stack = {
  readonly settings: Readonly<Record<string, string>>
  /** Stops everything in reverse order. */
  readonly stop: () => Promise<void>
}

type Options = {
  readonly dataFolder: string
  readonly ports: Ports
  readonly say: (line: string) => void
  readonly gaveUp: (problem: Problem) => void
}

/**
 * Starts the embedded parts side by side.
 *
 * @throws Problem when one does not come up; the others are stopped again
 */
export async function startStack({ dataFolder, ports, say, gaveUp }: Options): Promise<Stack> {
  mkdirSync(path.join(dataFolder, 'logs'), { recursive: true })
  const mark = realpathSync(dataFolder)
  const unlock = await lock(mark)
  if (unlock === null) {
    throw new Problem(
      `BizOSaaS already runs on ${mark} (process ${readState(mark)?.pid}): stop it with "npm run stack -- stop", or set BIZOSAAS_DATA_DIR to another folder.`,
    )
  }
  const ended = await endLeftovers(mark)
  if (ended > 0) say(`Ended ${ended} processes that an earlier start left behind.`)

  const secrets = readSecrets(mark)
  const settings = settingsOf(ports, secrets)
  const described = Object.entries(parts).map(([name, describe]) => {
    const folder = path.join(mark, name)
    mkdirSync(folder, { recursive: true })
    return describe({ folder, ports, secrets })
  })
  await refuseBadPlace(mark, described, ports)

  let state = { pid: process.pid, startedAt: new Date().toISOString(), stopping: false, parts: {}, settings }
  const changed: Watch['changed'] = (part, of, pid, restarts) => {
    const status = { state: of, pid, restarts, ports: part.ports.map((name) => ports[name]) }
    state = { ...state, parts: { ...state.parts, [part.name]: status } }
    writeState(mark, state)
  }

  const started: Supervised[] = []
  const start = async (part: Part) => {
    const shown = step(part.title, 'preparing')
    try {
      await part.prepare()
      shown.waitFor('starting')
      const logFile = path.join(mark, 'logs', `${part.name}.log`)
      started.push(await supervise(part, mark, logFile, { changed, say, gaveUp }))
      shown.done()
    } catch (error) {
      shown.failed()
      throw error
    }
  }
  const stop = async () => {
    state = { ...state, stopping: true }
    writeState(mark, state)
    await Promise.all(started.map((supervised) => supervised.stop()))
    unlock()
  }

  const results = await Promise.allSettled(described.map(start))
  for (const result of results) {
    if (result.status === 'rejected') {
      await stop()
      throw result.reason
    }
  }
  return { settings, stop }
}
