import { readdirSync, readFileSync } from 'node:fs'

const msPerTick = 10

export type Process = { readonly pid: number; readonly cpuMs: number }

/**
 * A process and all that descend from it, parents first, with the CPU time that each took itself and its ended children.
 * A process group would not do: PostgreSQL gives each of its processes one of its own.
 */
export const treeOf = (root: number): Process[] => {
  const children = new Map<number, Process[]>()
  const tree: Process[] = []
  for (const name of readdirSync('/proc')) {
    if (!/^\d+$/.test(name)) continue
    const fields = statOf(name)
    const one = {
      pid: Number(name),
      cpuMs: msPerTick * fields.slice(11, 15).reduce((sum, ticks) => sum + Number(ticks), 0),
    }
    const parent = Number(fields[1])
    if (one.pid === root) tree.push(one)
    else children.set(parent, [...(children.get(parent) ?? []), one])
  }
  for (const { pid } of tree) tree.push(...(children.get(pid) ?? []))
  return tree
}

/** The fields of proc(5), /proc/pid/stat, from the state on: the name before it may hold anything. */
const statOf = (pid: string): string[] => {
  try {
    return readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1)?.split(' ') ?? []
  } catch {
    return [] // it has ended meanwhile
  }
}
