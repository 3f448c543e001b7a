import { readdirSync, readFileSync } from 'node:fs'
import { setTimeout as delay } from 'node:timers/promises'
import { markName } from './child.ts'

const endWithinMs = 20_000

/**
 * The processes of a data folder that run without a supervisor. Every part carries the folder in its environment, and the kernel shows
 * that in /proc: no list of ids to keep, none that could name a stranger by now.
 */
export function leftovers(mark: string): number[] {
  const wanted = `${markName}=${mark}`
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((pid) => pid !== process.pid && environment(pid).includes(wanted))
}

/** Ends them: first asks, then by force. @returns how many there were */
export async function endLeftovers(mark: string): Promise<number> {
  const found = leftovers(mark)
  for (const pid of found) signal(pid, 'SIGTERM')
  const deadline = Date.now() + endWithinMs
  for (let left = found; left.length > 0; left = leftovers(mark)) {
    if (Date.now() > deadline) for (const pid of left) signal(pid, 'SIGKILL')
    await delay(50)
  }
  return found.length
}

function environment(pid: number): string[] {
  try {
    return readFileSync(`/proc/${pid}/environ`, 'utf8').split('\0')
  } catch {
    return [] // it ended in the meantime, or is another user's
  }
}

function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name)
  } catch {
    // it ended in the meantime
  }
}
