import { setTimeout as pause } from 'node:timers/promises'

/** Asks again and again until the answer is true. @throws when the time is over, with the last error */
export const until = async (what: string, withinMs: number, holds: () => boolean | Promise<boolean>): Promise<void> => {
  const deadline = Date.now() + withinMs
  for (;;) {
    if (await holds()) return
    if (Date.now() > deadline) throw new Error(`Not within ${withinMs / 1000} s: ${what}`)
    await pause(50)
  }
}
