import { StoreUnavailable } from './errors.ts'

export type InTurn = <Result>(key: string, task: () => Promise<Result>) => Promise<Result>

/**
 * Runs the tasks of one key one after the other, those of different keys side by side. Writers of one stream in one
 * process would only make each other decide again. When a task finds the store unavailable, those that wait behind it
 * fail with it, instead of waiting for the same time limit one by one.
 */
export function turns(): InTurn {
  const last = new Map<string, Promise<unknown>>()
  return async (key, task) => {
    const before = last.get(key)
    const mine = before === undefined ? task() : before.then(task, (fault) => afterFault(fault, task))
    last.set(key, mine)
    try {
      return await mine
    } finally {
      if (last.get(key) === mine) last.delete(key)
    }
  }
}

function afterFault<Result>(fault: unknown, task: () => Promise<Result>): Promise<Result> {
  if (fault instanceof StoreUnavailable) throw fault
  return task()
}
