/** Keeps one process running as a supervisor does: whatever ends is started again, whoever ended it, for ever. */
import { setTimeout as pause } from 'node:timers/promises'
import type { Part } from '../../../deploy/embedded/parts/part.ts'
import { type Child, inWords, startChild } from '../../../deploy/embedded/supervisor/child.ts'
import { familyOf, isStillThere, type Process, signalAll } from '../../../deploy/embedded/supervisor/family.ts'
import { openLogFile } from '../../../deploy/embedded/supervisor/log-file.ts'
import { untilReady } from '../../../deploy/embedded/supervisor/ready.ts'

export type Keeper = {
  readonly name: string
  /** Whether the process that runs now has answered. */
  readonly isUp: () => boolean
  /** The process that runs now; null between two of them. */
  readonly pid: () => number | null
  /** Ends the process at once, as a power cut would. @returns whether there was one */
  readonly kill: () => boolean
  /** Asks it to end; it is started again. Resolves when it has ended. */
  readonly restart: () => Promise<void>
  /** Suspends the process and its children. @returns what wakes up just those; null when there is none */
  readonly freeze: () => (() => void) | null
  /** How often it ended without being told to. */
  readonly ends: () => number
  /** Ends it for good. */
  readonly stop: () => Promise<void>
}

const firstPauseMs = 100
const longestPauseMs = 5_000
/** After so long without an end the pauses begin anew. */
const settledMs = 10_000

/** @param mark the data folder: every process carries it in its environment */
export const keep = (part: Part, mark: string, logFile: string): Keeper => {
  const log = openLogFile(logFile)
  let child: Child = startChild(part, mark, log)
  let running = true
  let up = false
  let told = false
  let stopping = false
  let ends = 0
  const frozen: Process[] = []
  const signal = (processes: readonly Process[], name: NodeJS.Signals) =>
    signalAll(
      processes.filter(isStillThere).map(({ pid }) => pid),
      name,
    )

  const run = async (): Promise<void> => {
    const started = child
    await untilReady(part, started, log).then(
      () => {
        up = started === child
      },
      // One that does not answer in its time is ended, and so the next is started.
      () => (stopping ? undefined : started.stop()),
    )
  }

  const kept = (async () => {
    let pauseMs = firstPauseMs
    for (;;) {
      const since = Date.now()
      void run()
      const exit = await child.exited
      running = false
      up = false
      if (stopping) return
      if (told || Date.now() - since > settledMs) pauseMs = firstPauseMs
      if (!told) ends += 1
      log.write(Buffer.from(`-- ${part.name} ${inWords(exit)}${told ? ', as it was told' : ''}; starting it again\n`))
      told = false
      await pause(pauseMs)
      pauseMs = Math.min(2 * pauseMs, longestPauseMs)
      if (stopping) return
      child = startChild(part, mark, log)
      running = true
    }
  })()

  return {
    name: part.name,
    isUp: () => up,
    pid: () => (running ? child.pid : null),
    kill: () => {
      if (!running) return false
      told = true
      signalAll([child.pid], 'SIGKILL')
      return true
    },
    restart: async () => {
      if (!running) return
      told = true
      await child.stop()
    },
    freeze: () => {
      if (!running) return null
      const family = familyOf(child.pid)
      frozen.push(...family)
      signal(family, 'SIGSTOP')
      // Also when the process was killed meanwhile: its children would stay as they are for ever, and keep what they share.
      return () => signal(family, 'SIGCONT')
    },
    ends: () => ends,
    stop: async () => {
      stopping = true
      signal(frozen, 'SIGCONT')
      if (running) await child.stop()
      await kept
      log.close()
    },
  }
}
