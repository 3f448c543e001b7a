import type { Postgres, Queryable } from '@bizosaas/databases'
import { repeatedly } from '../../runner/repeatedly.ts'

/** Well below the time after which the server ends a transaction in which nothing happens. */
const signOfLifeEveryMs = 10_000

/**
 * Does something while nobody else does it who asks by the same name, in whatever process. The name is held by a transaction that
 * does nothing else, so that it is free again when this process or its connection dies.
 *
 * @param work is told when it is not alone any more
 * @returns false at once if somebody does it
 */
export async function alone(
  postgres: Postgres,
  name: string,
  work: (lost: AbortSignal) => Promise<unknown>,
): Promise<boolean> {
  return postgres.transaction(async (tx) => {
    if (!(await isFree(tx, name))) return false
    const lost = new AbortController()
    const stop = repeatedly(async () => {
      await tx.query('SELECT').catch(() => lost.abort())
    }, signOfLifeEveryMs)
    try {
      await work(lost.signal)
    } finally {
      await stop()
    }
    return true
  })
}

/** Whether nobody does what goes by this name; then nobody begins it before the transaction ends. */
export async function isFree(tx: Queryable, name: string): Promise<boolean> {
  const [lock] = await tx.query<{ got: boolean }>('SELECT pg_try_advisory_xact_lock(hashtextextended($1, 0)) AS got', [
    name,
  ])
  return lock?.got ?? false
}

/** By which name the version of a rebuild is compared with the one that serves. */
export const comparing = (rebuildId: string): string => `verify ${rebuildId}`
