/**
 * Which generation of topics is live stands in PostgreSQL, as the end of a line that begins with the generation of the
 * settings. A unit that reads or writes topics follows that line while it runs.
 */
import { setTimeout as wait } from 'node:timers/promises'
import type { Log, Stop } from '@bizosaas/runtime'
import { StoreUnavailable } from './errors.ts'
import type { Postgres, Queryable } from './postgres.ts'

const lookEveryMs = 500

/** The end of the line that begins with `first`. */
export const liveGeneration = async (db: Queryable, first: string): Promise<string> => {
  const [found] = await db.query<{ live: string }>('SELECT relay.live_generation($1) AS live', [first])
  return found?.live ?? first
}

/**
 * Runs something on the generation that is live; when another one has become live, stops it and runs it on that one. A
 * database that is away is waited for.
 *
 * @param open starts it; what it rejects with when it is opened again later ends the process
 */
export const onLiveGeneration = async (
  db: Postgres,
  options: { readonly first: string; readonly log: Log; readonly open: (generation: string) => Promise<Stop> },
): Promise<Stop> => {
  const { first, log, open } = options
  const stopping = new AbortController()
  const { signal } = stopping
  const pause = () => wait(lookEveryMs, undefined, { signal }).catch(() => {})

  const look = async (): Promise<string | null> => {
    try {
      return await liveGeneration(db, first)
    } catch (error) {
      if (!(error instanceof StoreUnavailable)) throw error
      return null
    }
  }

  let generation = await look()
  for (; generation === null; generation = await look()) {
    log.warn('PostgreSQL is away, which says what generation of the topics is live')
    await pause()
  }
  let close = await open(generation)

  const follow = async (): Promise<void> => {
    for (;;) {
      await pause()
      if (signal.aborted) return
      const now = (await look()) ?? generation
      if (signal.aborted || now === generation || now === null) continue
      log.info({ from: generation, to: now }, 'another generation of the topics is live')
      await close()
      close = async () => {}
      close = await open(now)
      generation = now
    }
  }
  const following = follow()
  following.catch((error) => {
    setImmediate(() => {
      throw error
    })
  })
  return async () => {
    stopping.abort()
    await following.catch(() => {}) // said already
    await close()
  }
}
