import { setTimeout as pause } from 'node:timers/promises'

const askEveryMs = 10

/** Waits for a condition. @throws when it does not come true in time */
export const until = async (what: string, limitMs: number, isTrue: () => Promise<boolean>): Promise<void> => {
  const end = performance.now() + limitMs
  while (!(await isTrue())) {
    if (performance.now() > end) throw new Error(`Not within ${limitMs / 1000} s: ${what}`)
    await pause(askEveryMs)
  }
}
