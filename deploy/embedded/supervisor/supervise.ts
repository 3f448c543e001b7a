import { setTimeout as delay } from 'node:timers/promises'
import { Problem } from '../bootstrap/problem.mjs'
import type { Part } from '../parts/part.ts'
import { inWords, startChild } from './child.ts'
import { openLogFile } from './log-file.ts'
import { explain, untilReady } from './ready.ts'

export type PartState = 'starting' | 'ready' | 'restarting' | 'stopping' | 'stopped' | 'failed'

/** A part that is kept running. */
export type Supervised = {
  /** Settles when it answers for the first time. Rejects with a Problem when it does not come up; it is not tried again then. */
  readonly ready: Promise<void>
  /** May be called at any time, also before it is ready. */
  readonly stop: () => Promise<void>
}

export type Watch = {
  /** Its state or its process changed. */
  readonly changed: (part: Part, state: PartState, pid: number | null, restarts: number) => void
  /** Something a person should read. */
  readonly say: (line: string) => void
  /** It does not come up again; the system cannot go on. */
  readonly gaveUp: (problem: Problem) => void
}

/** Starts in a row that did not become ready. An end of one that was ready never counts: it may be killed as often as one likes. */
const mostFailures = 8

export type Pauses = { readonly first: number; readonly longest: number; readonly settled: number }

/** In milliseconds; after `settled` without an end a part counts as running well, and its pauses begin anew. */
const usualPauses: Pauses = { first: 250, longest: 10_000, settled: 10_000 }

/** Starts a part, and from when it answered starts it again whenever it ends: after a pause that doubles each time. */
export function supervise(
  part: Part,
  mark: string,
  logFile: string,
  watch: Watch,
  pauses: Pauses = usualPauses,
): Supervised {
  const log = openLogFile(logFile)
  const stopping = new AbortController()
  let restarts = 0
  let child = startChild(part, mark, log)
  const report = (state: PartState) => watch.changed(part, state, state === 'stopped' ? null : child.pid, restarts)

  const ready = firstStart()
  const kept = ready.then(keepRunning, () => {})

  async function firstStart(): Promise<void> {
    report('starting')
    try {
      await untilReady(part, child, log)
      report('ready')
    } catch (error) {
      await child.stop()
      report('failed')
      throw error
    }
  }

  async function keepRunning(): Promise<void> {
    let pauseMs = pauses.first
    let failures = 0
    for (;;) {
      const since = Date.now()
      const exit = await child.exited
      if (stopping.signal.aborted) return
      if (Date.now() - since > pauses.settled) pauseMs = pauses.first
      if (failures >= mostFailures) {
        report('failed')
        watch.gaveUp(new Problem(explain(part, `${inWords(exit)} and did not come up ${failures} times in a row`, log)))
        return
      }
      restarts += 1
      report('restarting')
      watch.say(`${part.title} ${inWords(exit)}; starting it again.`)
      await delay(pauseMs, null, { signal: stopping.signal }).catch(() => {})
      if (stopping.signal.aborted) return
      pauseMs = Math.min(pauseMs * 2, pauses.longest)
      failures = (await restart()) ? 0 : failures + 1
    }
  }

  /**
   * One that does not answer in its time is ended, so that the next round starts it again.
   *
   * @returns whether it became ready
   */
  async function restart(): Promise<boolean> {
    const since = Date.now()
    child = startChild(part, mark, log)
    report('restarting')
    try {
      await untilReady(part, child, log)
      if (stopping.signal.aborted) return true
      report('ready')
      watch.say(`${part.title} is back after ${((Date.now() - since) / 1000).toFixed(1)} s.`)
      return true
    } catch {
      if (!stopping.signal.aborted) await child.stop()
      return false
    }
  }

  const stop = async () => {
    stopping.abort()
    report('stopping')
    await child.stop()
    await kept
    report('stopped')
    log.close()
  }
  return { ready, stop }
}
