import { readdirSync, readFileSync } from 'node:fs'

/** A process and all that descend from it: PostgreSQL's sessions, for one, are processes in groups of their own. */
export const familyOf = (pid: number): number[] => {
  if (pid <= 1) return []
  const children = Map.groupBy(
    readdirSync('/proc').filter((name) => /^\d+$/.test(name)),
    parentOf,
  )
  const family = [pid]
  for (const member of family) family.push(...(children.get(member) ?? []).map(Number))
  return family
}

/** Sends a signal to each of them; whoever is gone needs none. (0 and less would name whole groups, our own among them.) */
export const signalAll = (pids: readonly number[], signal: NodeJS.Signals): void => {
  for (const pid of pids.filter((one) => one > 1)) {
    try {
      process.kill(pid, signal)
    } catch {
      // it ended in the meantime
    }
  }
}

const parentOf = (pid: string): number => {
  try {
    // The name stands in brackets and may hold anything; state and parent follow it.
    const status = readFileSync(`/proc/${pid}/stat`, 'utf8')
    return Number(status.slice(status.lastIndexOf(')') + 2).split(' ')[1])
  } catch {
    return -1
  }
}
