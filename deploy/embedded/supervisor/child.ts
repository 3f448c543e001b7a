import { spawn } from 'node:child_process'
import { constants } from 'node:os'
import { asUser } from '../parts/as-user.ts'
import type { Part } from '../parts/part.ts'
import type { LogFile } from './log-file.ts'

export type Exit = { readonly code: number | null; readonly signal: NodeJS.Signals | null }

/** One run of a part. */
export type Child = {
  readonly pid: number
  /** Settles once, when the process has ended. */
  readonly exited: Promise<Exit>
  /** Asks it to end, and ends it by force when it takes longer than its part allows. */
  readonly stop: () => Promise<Exit>
}

/** The variable that marks every process of a data folder, so that the next start finds those that outlived their supervisor. */
export const markName = 'EMBEDDED_IN'

/**
 * Starts a part in a session of its own, so that Ctrl-C in the terminal reaches the supervisor alone, which stops parts in order.
 *
 * @param mark the data folder, as found again by `leftovers`
 */
export function startChild(part: Part, mark: string, log: LogFile): Child {
  const [file = '', ...args] = asUser(part.command, part.user ?? null, part.stopSignal)
  const child = spawn(file, args, {
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, ...part.env, [markName]: mark },
  })
  child.stdout.on('data', log.write)
  child.stderr.on('data', log.write)
  const exited = new Promise<Exit>((resolve) => {
    child.on('error', (error) => {
      log.write(Buffer.from(`${error.message}\n`))
      resolve({ code: 127, signal: null })
    })
    child.on('exit', (code, signal) => {
      endGroup(child.pid)
      resolve({ code, signal })
    })
  })
  const stop = async () => {
    const force = setTimeout(() => endGroup(child.pid), part.stopWithinMs)
    child.kill(part.stopSignal)
    const exit = await exited
    clearTimeout(force)
    return exit
  }
  return { pid: child.pid ?? 0, exited, stop }
}

/** Ends whatever is left of the part's own process group. */
function endGroup(pid: number | undefined): void {
  try {
    if (pid) process.kill(-pid, 'SIGKILL')
  } catch {
    // nobody is left
  }
}

/** @returns how a process ended, in words */
export function inWords({ code, signal }: Exit): string {
  if (signal !== null) return `was ended by ${signal} (${constants.signals[signal]})`
  return `ended with exit code ${code}`
}
