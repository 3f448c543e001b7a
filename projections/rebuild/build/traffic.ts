import type { Postgres } from '@bizosaas/databases'
import type { Stop } from '@bizosaas/runtime'
import { repeatedly } from '../../runner/repeatedly.ts'

const lookEveryMs = 250
/** The relay publishes what comes in at once, so that after so long without anything there is no traffic. */
const quietAfterMs = 2_000

/** Whether events come in, by what the relay notes of its generation. While that cannot be read, it says so as well. */
export function watchTraffic(postgres: Postgres, generation: string): { isBusy: () => boolean; stop: Stop } {
  let last: number | null | undefined
  let changedAt = Number.NEGATIVE_INFINITY
  const stop = repeatedly(async () => {
    try {
      const [row] = await postgres.query<{ position: number | null }>(
        'SELECT max(position) AS position FROM relay.ledger WHERE generation = $1',
        [generation],
      )
      if (last !== undefined && row?.position !== last) changedAt = performance.now()
      last = row?.position ?? null
    } catch {
      changedAt = performance.now()
    }
  }, lookEveryMs)
  return { isBusy: () => performance.now() - changedAt < quietAfterMs, stop }
}
