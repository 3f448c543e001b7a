import { setTimeout as pause } from 'node:timers/promises'

const loops: (() => Promise<unknown>)[] = []

/** Ends all that is done again and again, when a test fails as well. */
export const stopDoing = () => Promise.all(loops.map((stop) => stop()))

/** Does something again and again until it is told to stop, and keeps what went wrong. */
export const keepDoing = (everyMs: number, work: (time: number) => Promise<void>) => {
  const failures: string[] = []
  let times = 0
  let stopped = false
  const done = (async () => {
    while (!stopped) {
      times += 1
      await work(times).catch((error) => failures.push(String(error)))
      await pause(everyMs)
    }
  })()
  const stop = async () => {
    stopped = true
    await done
    return failures
  }
  loops.push(stop)
  return { times: () => times, stop }
}
