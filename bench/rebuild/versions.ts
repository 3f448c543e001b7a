/** Orders rebuilds as the executor of orders does, by a row in `read_model.version`, and follows them in the databases. */
import { connectPostgres } from '@bizosaas/databases'
import type { Projection } from '@bizosaas/projections/runner/projection.ts'
import { atEnd } from '../lib/clean-up.ts'
import { until } from '../lib/until.ts'

export type Rebuilt = {
  /** From the order until the version is ready: joining the group, filling, indexes. */
  readonly seconds: number
  /** Events/s from when a fifth was done until all were: by then the group has shared the partitions out. */
  readonly rate: number
  /** What an event cost in the second half of that beside what it cost in the first. */
  readonly slowdown: number
  /** What an event cost in the last nine tenths beside what it cost in the first one, without that one's first fifth. */
  readonly growth: number
}

const rebuiltWithinMs = 60 * 60_000
const haltedAtMostMs = 30_000

export const openVersions = (settings: Readonly<Record<string, string>>) => {
  const postgres = connectPostgres(settings.POSTGRES_PROJECTOR_URL ?? '', {
    name: 'bench',
    connections: 2,
    statementTimeoutMs: 60_000,
  })
  atEnd(() => postgres.close())

  const dealtWith = async (name: string) => {
    const [row] = await postgres.query<{ done: string; halted: string | null; state: string }>(
      `SELECT coalesce(sum(applied + parked + not_applicable), 0) AS done, max(halted) AS halted, v.state
       FROM read_model.version v LEFT JOIN read_model.checkpoint c USING (model, version)
       WHERE model = $1 GROUP BY v.state`,
      [name],
    )
    return { done: Number(row?.done ?? 0), isReady: row?.state === 'ready', halted: row?.halted ?? null }
  }

  return {
    /** Has workers, which run already, build version 1 of a model from so many events. */
    rebuild: async ({ name, version }: Projection, events: number): Promise<Rebuilt> => {
      const start = performance.now()
      await postgres.query(
        `INSERT INTO read_model.version (model, version, definition, state) VALUES ($1, $2, $2, 'building')`,
        [name, version],
      )
      let goesOnAt = start
      /** When each hundredth was done, and how much was by then. */
      const hundredths: { readonly at: number; readonly done: number }[] = []
      await until(`${name} is rebuilt`, rebuiltWithinMs, async () => {
        const { done, isReady, halted } = await dealtWith(name)
        // What a busy machine halts goes on by itself after some seconds.
        if (halted === null) goesOnAt = performance.now()
        if (performance.now() - goesOnAt > haltedAtMostMs) throw new Error(`${name} is halted: ${halted}`)
        if (done >= ((hundredths.length + 1) * events) / 100) {
          const now = { at: performance.now(), done }
          while (done >= ((hundredths.length + 1) * events) / 100) hundredths.push(now)
        }
        return isReady
      })
      const perEvent = (from: number, to: number): number => {
        const [one, other] = [hundredths[from - 1], hundredths[to - 1]]
        if (one === undefined || other === undefined) throw new Error(`${name} is ready without all ${events} events`)
        return (other.at - one.at) / 1_000 / (other.done - one.done)
      }
      return {
        seconds: (performance.now() - start) / 1_000,
        rate: 1 / perEvent(20, 100),
        slowdown: perEvent(60, 100) / perEvent(20, 60),
        growth: perEvent(10, 100) / perEvent(2, 10),
      }
    },
  }
}
