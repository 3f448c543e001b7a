import { setTimeout as wait } from 'node:timers/promises'

/**
 * Asks again while a broker says that trying again can help. One that has just become a partition's leader, by a new topic
 * or a failover, says for a moment that it is not, or that it does not know the topic.
 */
export const patiently = async <Result>(ask: () => Promise<Result>, attempts = 50): Promise<Result> => {
  try {
    return await ask()
  } catch (error) {
    if (attempts === 1 || (error as { retriable?: boolean }).retriable !== true) throw error
    await wait(100)
    return patiently(ask, attempts - 1)
  }
}
