import { Busy } from './errors.ts'

/** Runs at most `limit` tasks at once; of the others `mostWaiting` wait, first come, first served. @throws Busy for what comes on top */
export function slots(limit: number, mostWaiting: number): <Result>(task: () => Promise<Result>) => Promise<Result> {
  const waiting: (() => void)[] = []
  let free = limit
  return async (task) => {
    if (free > 0) free--
    else if (waiting.length >= mostWaiting) throw new Busy(`${waiting.length} appends`)
    else await new Promise<void>((resolve) => waiting.push(resolve))
    try {
      return await task()
    } finally {
      const next = waiting.shift()
      if (next) next()
      else free++
    }
  }
}
