import { setTimeout as delay } from 'node:timers/promises'
import { Problem } from '../bootstrap/problem.mjs'
import type { Part } from '../parts/part.ts'
import { type Child, inWords, startChild } from './child.ts'
import { openLogFile } from './log-file.ts'
import { explain, untilReady } from './ready.ts'

export type PartState = 'starting' | 'ready' | 'restarting' | 'stopping' | 'stopped' | 'failed'

/** A part that is kept running. */
export type Supervised = {
  readonly part: Part
  readonly stop: () => Promise<void>
}

export type Watch = {
  /** Its state or its process changed. */
  readonly changed: (part: Part, state: PartState, pid: number | null, restarts: number) => void
  /** Something a person should read. */
  readonly say: (line: string) => void
  /** It was restarted too often; the system cannot go on. */
  readonly gaveUp: (problem: Problem) => void
}

const firstPauseMs = 250
const longestPauseMs = 10_000
const mostRestarts = 8
/** After this time without an end it counts as running well, and the count of restarts begins anew. */
const settledMs = 60_000

/**
 * Starts a part, waits until it answers, and from then on starts it again whenever it ends: after a pause that doubles each time.
 *
 * @throws Problem when it does not come up the first time
 */
export async function supervise(part: Part, mark: string, logFile: string, watch: Watch): Promise<Supervised> {
  const log = openLogFile(logFile)
  const stopping = new AbortController()
  let restarts = 0
  let child = startChild(part, mark, log)
  const report = (state: PartState) => watch.changed(part, state, state === 'stopped' ? null : child.pid, restarts)

  report('starting')
  try {
    await untilReady(part, child, log)
  } catch (error) {
    report('failed')
    await child.stop()
    throw error
  }
  report('ready')

  const kept = keepRunning()

  async function keepRunning(): Promise<void> {
    for (let pauseMs = firstPauseMs; ; pauseMs = Math.min(pauseMs * 2, longestPauseMs)) {
      const since = Date.now()
      const exit = await child.exited
      if (stopping.signal.aborted) return
      if (Date.now() - since > settledMs) {
        restarts = 0
        pauseMs = firstPauseMs
      }
      restarts += 1
      report('restarting')
      if (restarts > mostRestarts) {
        report('failed')
        return watch.gaveUp(new Problem(explain(part, `${inWords(exit)} ${restarts} times in a row`, log)))
      }
      watch.say(`${part.title} ${inWords(exit)}; starting it again.`)
      if (!(await pause(pauseMs))) return
      child = startChild(part, mark, log)
      report('restarting')
      await comeBack(child)
    }
  }

  /** Waits until the restarted part answers. One that hangs is ended, so that the next round starts it again. */
  async function comeBack(restarted: Child): Promise<void> {
    const since = Date.now()
    try {
      await untilReady(part, restarted, log)
      if (stopping.signal.aborted) return
      report('ready')
      watch.say(`${part.title} is back after ${((Date.now() - since) / 1000).toFixed(1)} s.`)
    } catch {
      if (!stopping.signal.aborted) await restarted.stop()
    }
  }

  const pause = (ms: number) => delay(ms, true, { signal: stopping.signal }).catch(() => false)

  return {
    part,
    stop: async () => {
      if (stopping.signal.aborted) return
      stopping.abort()
      report('stopping')
      await child.stop()
      await kept
      report('stopped')
      log.close()
    },
  }
}
