import { readdirSync, readFileSync } from 'node:fs'

/** With when it was started, in the kernel's ticks: the number of a process that ended may be another's by now. */
export type Process = { readonly pid: number; readonly startedAt: string }

/** A process and all that descend from it: PostgreSQL's sessions, for one, are processes in groups of their own. */
export const familyOf = (pid: number): Process[] => {
  if (pid <= 1) return []
  const children = Map.groupBy(
    readdirSync('/proc').filter((name) => /^\d+$/.test(name)),
    (name) => Number(statusOf(name)?.[1] ?? -1),
  )
  const family = [pid]
  for (const member of family) family.push(...(children.get(member) ?? []).map(Number))
  return family.flatMap((member) => {
    const startedAt = startOf(member)
    return startedAt === undefined ? [] : [{ pid: member, startedAt }]
  })
}

/** Whether it has not ended since. */
export const isStillThere = ({ pid, startedAt }: Process): boolean => startOf(pid) === startedAt

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

const startOf = (pid: number): string | undefined => statusOf(pid)?.[19]

/** State, parent and so on, from the third field of proc_pid_stat(5) on; undefined when it has ended. */
const statusOf = (pid: number | string): string[] | undefined => {
  try {
    // The name stands in brackets and may hold anything.
    const status = readFileSync(`/proc/${pid}/stat`, 'utf8')
    return status.slice(status.lastIndexOf(')') + 2).split(' ')
  } catch {
    return undefined
  }
}
