import type { Postgres } from '@bizosaas/databases'
import { log, type Stop } from '@bizosaas/runtime'
import { messageOf } from '../runner/items.ts'
import { type Projection, tableName } from '../runner/projection.ts'
import { repeatedly } from '../runner/repeatedly.ts'
import { type VersionState, versionsIn } from './version.ts'

const lookEveryMs = 500

export type Following<Running> = {
  /** What runs now, by the name of its table. */
  readonly running: ReadonlyMap<string, Running>
  readonly stop: Stop
}

/**
 * Runs the versions that are in a state, and no others, while that changes. A database that is away changes nothing.
 *
 * @param begin starts one; never twice at once for the same
 */
export async function followVersions<Running extends { readonly stop: Stop }>(
  postgres: Postgres,
  state: VersionState,
  definitions: readonly Projection[],
  begin: (projection: Projection) => Running,
): Promise<Following<Running>> {
  const running = new Map<string, Running>()

  const look = async (): Promise<void> => {
    try {
      const wanted = new Map((await versionsIn(postgres, state, definitions)).map((each) => [tableName(each), each]))
      const over = [...running].filter(([table]) => !wanted.has(table))
      for (const [table] of over) running.delete(table)
      for (const [table, projection] of wanted) if (!running.has(table)) running.set(table, begin(projection))
      await Promise.all(over.map(([, each]) => each.stop()))
    } catch (error) {
      log.debug({ unit: 'projections', reason: messageOf(error) }, 'the versions cannot be read')
    }
  }

  await look()
  const stopLooking = repeatedly(look, lookEveryMs)
  return {
    running,
    stop: async () => {
      await stopLooking()
      await Promise.all([...running.values()].map(({ stop }) => stop()))
    },
  }
}
