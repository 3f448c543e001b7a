import { setTimeout as pause } from 'node:timers/promises'

const firstPauseMs = 100
const longestPauseMs = 5_000

/** The projection is being stopped; what was waited for was not done. */
export class Stopping extends Error {
  override readonly name = 'Stopping'
}

/**
 * Runs `work` again, with longer and longer pauses, as long as what it throws has to be waited for.
 * @param onWait told before each pause
 * @throws what need not be waited for; Stopping when `stopping` is aborted
 */
export async function patiently<Result>(
  work: () => Promise<Result>,
  mustWait: (error: unknown) => boolean,
  stopping: AbortSignal,
  onWait: (error: unknown) => void,
): Promise<Result> {
  for (let pauseMs = firstPauseMs; ; pauseMs = Math.min(pauseMs * 2, longestPauseMs)) {
    if (stopping.aborted) throw new Stopping('The projection is being stopped.')
    try {
      return await work()
    } catch (error) {
      if (!mustWait(error)) throw error
      onWait(error)
      await pause(pauseMs, null, { signal: stopping }).catch(() => {})
    }
  }
}
