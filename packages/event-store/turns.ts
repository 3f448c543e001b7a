import { Busy, StoreUnavailable } from './errors.ts'

export type InTurn = <Result>(key: string, task: () => Promise<Result>) => Promise<Result>

/**
 * Runs the tasks of one key one after the other, those of different keys side by side. Writers of one stream in one
 * process would only make each other decide again. When a task finds the store unavailable, those that wait behind it
 * fail with it, instead of waiting for the same time limit one by one. When `most` of one key are there already, further
 * ones are told so, instead of waiting longer than anybody would, and keeping other keys from being served.
 */
export function turns(most: number): InTurn {
  const lines = new Map<string, { last: Promise<unknown>; length: number }>()
  return async (key, task) => {
    const line = lines.get(key)
    if (line !== undefined && line.length >= most) throw new Busy(`${line.length} commands on ${key}`)
    const mine = line === undefined ? task() : line.last.then(task, (fault) => afterFault(fault, task))
    const now = { last: mine, length: (line?.length ?? 0) + 1 }
    if (line === undefined) lines.set(key, now)
    else Object.assign(line, now)
    try {
      return await mine
    } finally {
      leave(key)
    }
  }

  function leave(key: string): void {
    const line = lines.get(key)
    if (line === undefined) return
    line.length--
    if (line.length === 0) lines.delete(key)
  }
}

function afterFault<Result>(fault: unknown, task: () => Promise<Result>): Promise<Result> {
  if (fault instanceof StoreUnavailable) throw fault
  return task()
}
