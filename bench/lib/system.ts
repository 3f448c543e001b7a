/** A whole system, supervised as `npm start` does it, without sample data, on a folder and ports of its own. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { freePorts } from '@bizosaas/embedded/ports.ts'
import { familyOf, signalAll } from '@bizosaas/embedded/supervisor/family.ts'
import { takeStack } from '@bizosaas/embedded/supervisor/stack.ts'
import { readState } from '@bizosaas/embedded/supervisor/state.ts'
import { atEnd } from './clean-up.ts'

export type System = {
  readonly settings: Readonly<Record<string, string>>
  /** Names of everything that runs: stores, broker, and the processes of the units. */
  readonly parts: () => string[]
  /** Holds a part still, so that it keeps its connections and answers nothing; the returned function lets it go on. */
  readonly hold: (part: string) => () => void
}

export const startSystem = async (print: (line: string) => void): Promise<System> => {
  const dataFolder = await mkdtemp(join(tmpdir(), 'bizosaas-bench-'))
  atEnd(() => rm(dataFolder, { recursive: true, force: true }))
  const stack = await takeStack({
    dataFolder,
    ports: await freePorts(),
    environment: {},
    withUnits: true,
    say: print,
    gaveUp: (problem) => print(problem.message),
  })
  atEnd(stack.stop)
  await stack.start()
  const parts = () => readState(dataFolder)?.parts ?? {}
  return {
    settings: stack.settings,
    parts: () => Object.keys(parts()),
    hold: (part) => {
      const pid = parts()[part]?.pid
      if (!pid) throw new Error(`There is no process of ${part}.`)
      const family = familyOf(pid).map((process) => process.pid)
      signalAll(family, 'SIGSTOP')
      const release = () => signalAll(family, 'SIGCONT')
      atEnd(release)
      return release
    },
  }
}
