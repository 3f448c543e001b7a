/** Runs the tasks of one lane one after the other, whatever becomes of them, and those of different lanes side by side. */
export function lanes(): <Result>(lane: string, task: () => Promise<Result>) => Promise<Result> {
  const last = new Map<string, Promise<unknown>>()
  return async (lane, task) => {
    const before = last.get(lane) ?? Promise.resolve()
    const mine = before.then(task, task)
    last.set(lane, mine)
    try {
      return await mine
    } finally {
      if (last.get(lane) === mine) last.delete(lane)
    }
  }
}
